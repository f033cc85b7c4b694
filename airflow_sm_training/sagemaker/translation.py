"""
What botocore raises, in our own words: one error class, the thing that it happened to, and the remedy.

Decided from error codes and exception types, never from the text of a message.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from airflow_sm_training.sagemaker import errors

if TYPE_CHECKING:
    from collections.abc import Iterator

# https://docs.aws.amazon.com/sagemaker/latest/APIReference/CommonErrors.html and botocore's own retry rules.
THROTTLING_CODES = frozenset(
    {
        "BandwidthLimitExceeded",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "TooManyRequestsException",
    },
)
TRANSIENT_CODES = frozenset(
    {
        "InternalError",
        "InternalFailure",
        "InternalServerError",
        "InternalServiceException",
        "RequestTimeout",
        "RequestTimeoutException",
        "ServiceUnavailable",
        "ServiceUnavailableException",
    },
)
EXPIRED_CODES = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"})
DENIED_CODES = frozenset(
    {"AccessDenied", "AccessDeniedException", "NotAuthorized", "OptInRequired", "UnauthorizedOperation"},
)
BAD_CREDENTIALS_CODES = frozenset(
    {
        "IncompleteSignature",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "MissingAuthenticationToken",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    },
)
NOT_FOUND_CODES = frozenset({"ResourceNotFound", "ResourceNotFoundException", "NoSuchEntity"})
INVALID_CODES = frozenset(
    {
        "InvalidParameterCombination",
        "InvalidParameterValue",
        "MissingParameter",
        "ParamValidationError",
        "SerializationException",
        "ValidationError",
        "ValidationException",
    },
)
_SERVER_ERROR = 500


@contextmanager
def translated(doing: str, *, training_job_name: str | None = None, named_job: bool = False) -> Iterator[None]:
    """
    Raise this project's errors in place of botocore's.

    :param doing: what is being tried, such as ``"describe training job x"``; it starts the message.
    :param training_job_name: the job concerned.
    :param named_job: whether the request holds nothing that can be wrong but the job's name. SageMaker answers
        ``ValidationException`` both to a wrong request and to an unknown name, and this tells them apart.
    """
    import botocore.exceptions

    try:
        yield
    except botocore.exceptions.ClientError as error:
        raise _from_client_error(error, doing, training_job_name, named_job=named_job) from error
    except (botocore.exceptions.BotoCoreError, OSError) as error:
        raise _from_botocore_error(error, doing, training_job_name) from error


def _from_client_error(error: Any, doing: str, name: str | None, *, named_job: bool) -> errors.SageMakerTrainingError:
    details = error.response.get("Error", {})
    code, said = details.get("Code", "Unknown"), details.get("Message", "")
    http_status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    error_class, remedy = _class_and_remedy(code, http_status, named_job=named_job)
    message = f"Could not {doing}: {said.rstrip('.') or code} ({code}).{remedy}"
    return error_class(message, training_job_name=name, code=code)


def _class_and_remedy(
    code: str, http_status: int, *, named_job: bool
) -> tuple[type[errors.SageMakerTrainingError], str]:
    if code in THROTTLING_CODES or code in TRANSIENT_CODES or code in EXPIRED_CODES:
        return errors.ServiceUnavailable, ""
    if code in NOT_FOUND_CODES or (named_job and code in INVALID_CODES):
        return errors.TrainingJobNotFound, " Check the name, the region and the account."
    for codes, error_class, remedy in _CLASSES:
        if code in codes:
            return error_class, remedy
    if http_status >= _SERVER_ERROR:
        return errors.ServiceUnavailable, ""
    return errors.SageMakerTrainingError, ""


_CLASSES: tuple[tuple[frozenset[str], type[errors.SageMakerTrainingError], str], ...] = (
    (INVALID_CODES, errors.RequestRejected, " Correct the request; a retry would be refused again."),
    (DENIED_CODES, errors.AccessDenied, " Grant this action to the identity of the Airflow connection."),
    (
        BAD_CREDENTIALS_CODES,
        errors.CredentialsUnusable,
        " Check the access key and the secret key of the Airflow connection.",
    ),
    (frozenset({"ResourceInUse"}), errors.TrainingJobNameTaken, ""),
    (
        frozenset({"ResourceLimitExceeded"}),
        errors.QuotaExceeded,
        " Wait for running jobs to end or ask AWS for a higher quota; the retries of the task apply.",
    ),
)


def _from_botocore_error(error: Exception, doing: str, name: str | None) -> errors.SageMakerTrainingError:
    import botocore.exceptions as botocore_exceptions

    credentials = (
        botocore_exceptions.NoCredentialsError,
        botocore_exceptions.PartialCredentialsError,
        botocore_exceptions.ProfileNotFound,
        botocore_exceptions.NoRegionError,
        botocore_exceptions.TokenRetrievalError,
    )
    said = str(error).rstrip(".") or type(error).__name__
    if isinstance(error, credentials):
        remedy = "Fill in the Airflow connection, or give the worker a role."
        if isinstance(error, botocore_exceptions.NoRegionError):
            remedy = "Set region_name on the operator or in the extra of the Airflow connection."
        return errors.CredentialsUnusable(f"Could not {doing}: {said}. {remedy}", training_job_name=name)
    if isinstance(error, botocore_exceptions.ParamValidationError):
        return errors.RequestRejected(f"Could not {doing}: {said}.", training_job_name=name)
    if isinstance(error, (botocore_exceptions.HTTPClientError, botocore_exceptions.ConnectionError, OSError)):
        remedy = "Check the network, and endpoint_url in the extra of the Airflow connection."
        return errors.ServiceUnavailable(f"Could not {doing}: {said}. {remedy}", training_job_name=name)
    return errors.SageMakerTrainingError(f"Could not {doing}: {said}.", training_job_name=name)
