"""
Whose image a registry path names.

Sources: https://docs.aws.amazon.com/sagemaker/latest/dg-ecr-paths/sagemaker-algo-docker-registry-paths.html and
https://github.com/aws/sagemaker-python-sdk/tree/v2.200.0/src/sagemaker/image_uri_config
"""

from __future__ import annotations

import re

_PATH = re.compile(r"(?P<account>\d{12})\.dkr\.ecr\.[a-z0-9-]+\.[a-z0-9.]+/(?P<repository>[a-z0-9._/-]+)(?:[:@].*)?")
_ACCOUNTS_OF_ALGORITHMS = frozenset(
    {
        "174872318107",
        "226302683700",
        "249704162688",
        "257386234256",
        "286214385809",
        "306986355934",
        "351501993468",
        "364406365360",
        "382416733822",
        "387376663083",
        "390948362332",
        "404615174143",
        "433757028032",
        "438346466558",
        "455444449433",
        "469771592824",
        "475088953585",
        "490574956308",
        "501404015308",
        "544295431143",
        "632365934929",
        "644912444149",
        "664544806723",
        "669576153137",
        "685385470294",
        "712309505854",
        "749696950732",
        "811284229777",
        "813361260812",
        "825641698319",
        "835164637446",
        "855470959533",
        "991648021394",
    }
)
_ALGORITHMS = frozenset(
    {
        "blazingtext",
        "factorization-machines",
        "image-classification",
        "ipinsights",
        "kmeans",
        "knn",
        "linear-learner",
        "ntm",
        "object-detection",
        "object2vec",
        "pca",
        "randomcutforest",
        "semantic-segmentation",
        "seq2seq",
    }
)
_ACCOUNTS_OF_CHAINER_AND_REINFORCEMENT_LEARNING = frozenset({"462105765813", "520713654638"})
_CHAINER_AND_REINFORCEMENT_LEARNING = ("sagemaker-chainer", "sagemaker-rl-")


def is_builtin_algorithm(image: str) -> bool:
    """
    Whether the path names one of SageMaker's built-in algorithms.

    :param image: registry path of an image.
    """
    account, repository = _owner(image)
    return account in _ACCOUNTS_OF_ALGORITHMS and repository in _ALGORITHMS


def needs_network(image: str) -> bool:
    """
    Whether the path names one of the managed images that do not run in network isolation.

    :param image: registry path of an image.
    """
    account, repository = _owner(image)
    in_family = repository.startswith(_CHAINER_AND_REINFORCEMENT_LEARNING)
    return in_family and account in _ACCOUNTS_OF_CHAINER_AND_REINFORCEMENT_LEARNING


def _owner(image: str) -> tuple[str, str]:
    match = _PATH.fullmatch(image)
    return (match["account"], match["repository"]) if match else ("", "")
