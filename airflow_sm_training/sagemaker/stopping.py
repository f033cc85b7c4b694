"""Stop a job once, and be sure of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_sm_training.sagemaker.backoff import full_jitter
from airflow_sm_training.sagemaker.clock import Clock
from airflow_sm_training.sagemaker.errors import ServiceUnavailable, TrainingJobNotFound
from airflow_sm_training.sagemaker.statuses import TrainingJobStatus

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from airflow_sm_training.sagemaker.description import TrainingJobDescription

_TRIES = 12


async def stop_running_job(
    describe: Callable[[], Awaitable[TrainingJobDescription]],
    stop: Callable[[], Awaitable[None]],
    *,
    clock: Clock | None = None,
) -> bool:
    """
    Ask SageMaker to stop a job that runs. A job that has ended, is stopping or is gone needs no request.

    Looking first keeps it at one request for a job when several parties want it stopped, and finds out whether a
    request whose response was lost got through.

    :param describe: asks SageMaker about the job.
    :param stop: asks it to stop the job.
    :param clock: the time.
    :return: whether the job was asked to stop.
    :raises ServiceUnavailable: if SageMaker could not be reached for some minutes.
    :raises SageMakerTrainingError: for what trying again does not mend.
    """
    clock = clock or Clock()
    asked = False
    for failures in range(1, _TRIES + 1):
        try:
            if (await describe()).status != TrainingJobStatus.IN_PROGRESS:
                return asked
            asked = True
            await stop()
        except TrainingJobNotFound:
            return asked
        except ServiceUnavailable:
            if failures == _TRIES:
                raise
            await clock.sleep(full_jitter(failures))
        else:
            return True
    return asked
