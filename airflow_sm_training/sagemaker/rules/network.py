"""Rules about network isolation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_sm_training.sagemaker.rules.images import needs_network
from airflow_sm_training.sagemaker.rules.reading import shown
from airflow_sm_training.sagemaker.rules.rule import Finding, guide, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_sm_training.sagemaker.rules.reading import Part


@rule("network-isolation-image", guide("mkt-algo-model-internet-free"))
def network_isolation_image(request: Part) -> Iterator[Finding]:
    """
    Network isolation is not supported by the managed SageMaker containers for Chainer and for Reinforcement
    Learning, as they require access to Amazon S3.
    """
    isolation, image = request["EnableNetworkIsolation"], request.at("AlgorithmSpecification", "TrainingImage").text
    if isolation.is_on and image and needs_network(image):
        message = (
            f"True cannot be used with {shown(image)}, which reads from Amazon S3; turn it off, or change the image"
        )
        yield Finding(isolation, message, (False,))


RULES = (network_isolation_image,)
