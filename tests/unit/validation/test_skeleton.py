"""The AWS CLI's skeleton, filled in by and by."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from airflow_sm_training.sagemaker import model, validation
from airflow_sm_training.validation.skeleton import check_skeleton
from tests.unit.sagemaker.botocore_versions import knows_all_fields
from tests.unit.sagemaker.test_shapes import valid_request

pytestmark = knows_all_fields
DATA = Path(__file__).parents[2] / "data"


def skeleton(name="create"):
    return json.loads((DATA / f"cli_skeleton_{name}.json").read_text("utf-8"))


def found(request, operation=validation.CREATE):
    def check(request):
        return validation.violations(operation, request)

    violations = check_skeleton(model.input_shape(operation.name), request, check)
    return {violation.path: str(violation) for violation in violations}


def test_each_part_of_an_empty_skeleton_is_one_thing_to_do():
    said = found(skeleton())
    required = {path for path, text in said.items() if "delete it" not in text}

    assert all("." not in path and "fill it in" in text for path, text in said.items())
    assert required == {
        "TrainingJobName",
        "AlgorithmSpecification",
        "RoleArn",
        "OutputDataConfig",
        "ResourceConfig",
        "StoppingCondition",
    }
    assert said["OutputDataConfig"].endswith("fill it in (S3OutputPath is required in it)")
    # What has no placeholder that could be told from a choice stays out of it.
    assert not {"RemoteDebugConfig", "EnableNetworkIsolation"} & set(said)


def test_an_update_skeleton_is_told_in_the_same_way():
    assert set(found(skeleton("update"), validation.UPDATE)) == {
        "TrainingJobName",
        "ProfilerConfig",
        "ProfilerRuleConfigurations",
    }


@pytest.mark.parametrize("section", sorted(set(skeleton()) - {"EnableManagedSpotTraining"}))
def test_a_section_left_over_is_one_thing_to_do_at_most(section):
    request = {section: skeleton()[section], **valid_request()}
    request[section] = skeleton()[section]

    said = found(request)

    assert {path.partition(".")[0].partition("[")[0] for path in said} <= {section}
    assert len(said) <= 1


def test_a_placeholder_inside_a_filled_section_is_named_with_what_it_takes():
    stopping = {"MaxRuntimeInSeconds": 3600, "MaxWaitTimeInSeconds": 0, "MaxPendingTimeInSeconds": 0}
    output = {"KmsKeyId": "alias/models", "S3OutputPath": "", "CompressionType": "GZIP"}

    assert found(valid_request(StoppingCondition=stopping, OutputDataConfig=output)) == {
        "OutputDataConfig.S3OutputPath": "OutputDataConfig.S3OutputPath: is still ''; fill it in",
        "StoppingCondition.MaxPendingTimeInSeconds": "StoppingCondition.MaxPendingTimeInSeconds: is still 0; fill it "
        "in, or delete it: it is optional (1800 to 2419200)",
        "StoppingCondition.MaxWaitTimeInSeconds": "StoppingCondition.MaxWaitTimeInSeconds: is still 0; fill it in, or "
        "delete it: it is optional (1 or more)",
    }


def test_one_of_several_entries_keeps_its_place():
    channels = [*[{**skeleton()["InputDataConfig"][0]}] * 1]
    data = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/train"}}
    request = valid_request(InputDataConfig=[channels[0], {"ChannelName": "tr@in", "DataSource": data}])

    said = found(request)

    assert set(said) == {"InputDataConfig[0]", "InputDataConfig[1].ChannelName"}
    assert "does not match" in said["InputDataConfig[1].ChannelName"]


@pytest.mark.parametrize(
    "fields",
    [
        {"HyperParameters": {"flag": ""}},
        {"Environment": {"EMPTY": ""}},
        {"Tags": [{"Key": "team", "Value": ""}]},
        {"OutputDataConfig": {"S3OutputPath": "s3://bucket/output", "KmsKeyId": ""}},
    ],
)
def test_what_may_be_empty_is_no_placeholder(fields):
    assert found(valid_request(**fields)) == {}
