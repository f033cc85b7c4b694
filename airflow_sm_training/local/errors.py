"""
The errors that the endpoint answers, with SageMaker's codes and wording.

Source of codes: https://docs.aws.amazon.com/sagemaker/latest/APIReference/CommonErrors.html and the operations' pages.
"""

from __future__ import annotations

from http import HTTPStatus

ACCOUNT_ID = "123456789012"
"""The account that everything here belongs to; moto's own."""


class ServiceError(Exception):
    """
    An operation was refused.

    :param code: the error code that a client branches on.
    :param message: SageMaker's wording.
    :param status: HTTP status.
    """

    def __init__(self, code: str, message: str, status: int = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(code, message, status)
        self.code = code
        self.message = message
        self.status = status

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


def validation_error(message: str) -> ServiceError:
    """Return the error for a request that is wrong."""
    return ServiceError("ValidationException", message)


def requested_resource_not_found() -> ServiceError:
    """Return what Describe and Stop say of an unknown job; really a ValidationException."""
    return validation_error("Requested resource not found.")


def resource_not_found(arn: str) -> ServiceError:
    """Return what Update and Delete say of an unknown job."""
    return ServiceError("ResourceNotFound", f"Could not find training job {arn}")


def resource_in_use(message: str) -> ServiceError:
    """Return the error for a name that is taken, and for a job that still runs."""
    return ServiceError("ResourceInUse", message)


def limit_exceeded(instance_type: str, usage: str, limit: int, utilization: int, delta: int) -> ServiceError:
    """
    Return the error of an account-level quota.

    :param usage: what the quota counts, such as ``training job usage``.
    :param limit: the quota, in instances.
    :param utilization: instances in use.
    :param delta: instances asked for.
    """
    message = (
        f"The account-level service limit '{instance_type} for {usage}' is {limit} Instances, with current "
        f"utilization of {utilization} Instances and a request delta of {delta} Instances. Please use AWS Service "
        "Quotas to request an increase for this quota. If AWS Service Quotas is not available, contact AWS support to "
        "request an increase for this quota."
    )
    return ServiceError("ResourceLimitExceeded", message)


def throttled() -> ServiceError:
    """Return the error of an account that asks too often."""
    return ServiceError("ThrottlingException", "Rate exceeded")


def access_denied(service: str, operation: str) -> ServiceError:
    """Return the error of a policy that does not allow the operation."""
    message = (
        f"User: arn:aws:iam::{ACCOUNT_ID}:user/test is not authorized to perform: {service}:{operation} "
        f"because no identity-based policy allows the {service}:{operation} action"
    )
    return ServiceError("AccessDeniedException", message)


def internal_failure(status: int) -> ServiceError:
    """
    Return SageMaker's own failure.

    :param status: 503 for an unavailable service; anything else from 500 up is an internal failure.
    """
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        return ServiceError(
            "ServiceUnavailable", "The request has failed due to a temporary failure of the server.", status
        )
    return ServiceError("InternalFailure", "The request processing has failed because of an unknown error.", status)


def missing_authentication() -> ServiceError:
    """Return the error of a request that no AWS client signed."""
    return ServiceError("MissingAuthenticationToken", "Missing Authentication Token", HTTPStatus.FORBIDDEN)
