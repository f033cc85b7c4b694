from __future__ import annotations

import botocore.exceptions
import pytest

from airflow_sm_training.sagemaker import errors
from airflow_sm_training.sagemaker.translation import translated


def client_error(code, status=400, message="said so"):
    response = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return botocore.exceptions.ClientError(response, "DescribeTrainingJob")


def outcome(error, **keywords):
    with pytest.raises(errors.SageMakerTrainingError) as raised, translated("describe job x", **keywords):
        raise error
    return raised.value


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (client_error("ThrottlingException"), errors.ServiceUnavailable),
        (client_error("SlowDown", 503), errors.ServiceUnavailable),
        (client_error("InternalFailure", 500), errors.ServiceUnavailable),
        (client_error("SomethingNew", 502), errors.ServiceUnavailable),
        (client_error("ExpiredTokenException"), errors.ServiceUnavailable),
        (client_error("ValidationException"), errors.RequestRejected),
        (client_error("ResourceNotFound"), errors.TrainingJobNotFound),
        (client_error("AccessDeniedException"), errors.AccessDenied),
        (client_error("UnrecognizedClientException", 403), errors.CredentialsUnusable),
        (client_error("InvalidSignatureException", 403), errors.CredentialsUnusable),
        (client_error("ResourceInUse"), errors.TrainingJobNameTaken),
        (client_error("ResourceLimitExceeded"), errors.QuotaExceeded),
        (client_error("SomethingNew"), errors.SageMakerTrainingError),
        (botocore.exceptions.EndpointConnectionError(endpoint_url="http://127.0.0.1:1/"), errors.ServiceUnavailable),
        (botocore.exceptions.ReadTimeoutError(endpoint_url="http://127.0.0.1:1/"), errors.ServiceUnavailable),
        (ConnectionResetError("reset by peer"), errors.ServiceUnavailable),
        (TimeoutError(), errors.ServiceUnavailable),
        (botocore.exceptions.NoCredentialsError(), errors.CredentialsUnusable),
        (botocore.exceptions.NoRegionError(), errors.CredentialsUnusable),
        (botocore.exceptions.ParamValidationError(report="Unknown parameter"), errors.RequestRejected),
        (
            botocore.exceptions.UnknownServiceError(service_name="x", known_service_names="y"),
            errors.SageMakerTrainingError,
        ),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else str(value)[:60],
)
def test_each_error_of_botocore_has_one_meaning(error, expected):
    found = outcome(error)

    assert type(found) is expected
    assert str(found).startswith("Could not describe job x: ")


def test_validation_means_not_found_where_only_the_name_can_be_wrong():
    found = outcome(client_error("ValidationException", message="Requested resource not found."), named_job=True)

    assert type(found) is errors.TrainingJobNotFound


def test_the_message_names_the_code_and_the_address():
    assert "(AccessDeniedException)" in str(outcome(client_error("AccessDeniedException")))
    unreachable = botocore.exceptions.EndpointConnectionError(endpoint_url="http://127.0.0.1:1/")
    assert "http://127.0.0.1:1/" in str(outcome(unreachable))


def test_other_errors_pass_through():
    with pytest.raises(ZeroDivisionError), translated("divide"):
        raise ZeroDivisionError
