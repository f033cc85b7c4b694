"""Script mode and defaults through the operator: both paths, both over the wire, and what Airflow shows of them."""

from __future__ import annotations

import io
import itertools
import json
import re
import tarfile
from types import SimpleNamespace

import pytest

from airflow_sm_training.compat import AirflowFailException
from airflow_sm_training.local.faults import Fault
from airflow_sm_training.local.timeline import Step
from airflow_sm_training.operators import request_sources
from airflow_sm_training.operators.training_job import SageMakerCreateTrainingJobOperator
from airflow_sm_training.sagemaker import errors
from airflow_sm_training.sagemaker.script_mode import ScriptMode
from airflow_sm_training.sagemaker.statuses import SecondaryStatus as Phase
from tests.integration.airflow_runs import load_dag, xcoms
from tests.integration.task_runs import BUCKET, ROLE_ARN, TaskRun, config

SCRIPT = """
import argparse
import glob
from net import NAME
parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int)
print(f"net={NAME} epochs={parser.parse_args().epochs} files={sorted(glob.glob('*.py'))}")
"""
numbers = itertools.count()


@pytest.fixture(params=[True, False], ids=["deferrable", "synchronous"])
def run(request, endpoint):
    return TaskRun(deferrable=request.param, run_id=f"run-{next(numbers)}")


@pytest.fixture
def submit(endpoint):
    """Submit a job that follows a timeline, so that nobody but the operator writes into S3."""

    def submit(**parameters):
        name = f"scripted-{next(numbers)}"
        endpoint.script(f"{name}*", [Step(Phase.TRAINING, 0.05)])
        run = TaskRun(deferrable=False, run_id=f"run-{next(numbers)}")
        request = parameters.pop("request", None) or config(TrainingJobName=name)
        return run(request, wait_for_completion=False, **parameters)

    return submit


@pytest.fixture
def text(capsys, caplog):
    """Return what the task logged: to standard output under Airflow 3, through ``logging`` under Airflow 2."""
    caplog.set_level("INFO")
    return lambda: capsys.readouterr().out + caplog.text


@pytest.fixture
def source(tmp_path):
    (tmp_path / "train.py").write_text(SCRIPT)
    (tmp_path / "net.py").write_text("NAME = 'small'\n")
    (tmp_path / ".env").write_text("PASSWORD=hunter22\n")
    return tmp_path


def script_request(**fields):
    """A request that has nothing to run of its own."""
    request = config(**fields)
    del request["AlgorithmSpecification"]["ContainerEntrypoint"]
    return request


def connection_with(endpoint, defaults):
    connection = json.loads(endpoint.airflow_connection)
    connection["extra"]["training_job_defaults"] = defaults
    return json.dumps(connection)


def objects(endpoint, prefix):
    return [item["Key"] for item in endpoint.client("s3").list_objects_v2(Bucket=BUCKET, Prefix=prefix)["Contents"]]


def test_a_real_script_runs_with_its_modules_and_arguments(run, endpoint, source, text):
    result = run(
        script_request(HyperParameters={"epochs": "{{ params.epochs }}"}),
        params={"epochs": 3, "script": "train.py", "prefix": f"s3://{BUCKET}/code-{run.run_id}"},
        script_mode=ScriptMode("{{ params.script }}", source, s3_prefix="{{ params.prefix }}"),
    )

    said = text()
    assert "net=small epochs=3 files=['net.py', 'train.py']" in said
    assert re.search(rf"Packed {source}: 2 files, \d+ bytes, digest [0-9a-f]{{12}}; uploaded to s3://{BUCKET}/", said)
    assert re.search(r"Left out .* look secret: \.env\..* write !\.env into \.sagemakerignore", said)
    assert "hunter22" not in said
    (key,) = objects(endpoint, f"code-{run.run_id}/")
    values = result["hyper_parameters"]
    assert json.loads(values["sagemaker_submit_directory"]) == f"s3://{BUCKET}/{key}"
    assert json.loads(values["sagemaker_region"]) == "us-east-1"
    archive = io.BytesIO(endpoint.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read())
    with tarfile.open(fileobj=archive) as tar:
        assert tar.getnames() == ["net.py", "train.py"]


def test_a_job_in_network_isolation_reads_its_script_from_a_channel(run, source, text):
    run(script_request(EnableNetworkIsolation=True), script_mode=ScriptMode("train.py", source))

    assert "net=small" in text()


def test_the_same_content_is_uploaded_once_whatever_the_task_and_however_often_it_is_tried(
    endpoint, submit, source, text
):
    script = ScriptMode("train.py", source, s3_prefix=f"s3://{BUCKET}/once-{next(numbers)}")
    submit(script_mode=script)
    submit(script_mode=script)
    name = f"retried-{next(numbers)}"
    endpoint.script(f"{name}*", [Step(Phase.TRAINING, None)])
    retried = TaskRun(deferrable=False)
    for _ in range(2):
        retried(config(TrainingJobName=name), wait_for_completion=False, script_mode=script)

    assert endpoint.requests["s3:PutObject"] == 1
    assert endpoint.requests["s3:HeadObject"] == 4
    assert text().count("already there, reused: s3://") >= 3


def test_changed_content_is_uploaded_beside_the_old(endpoint, submit, source):
    prefix = f"changed-{next(numbers)}"
    script = ScriptMode("train.py", source, s3_prefix=f"s3://{BUCKET}/{prefix}")
    submit(script_mode=script)
    (source / "net.py").write_text("NAME = 'large'\n")
    submit(script_mode=script)

    assert len(objects(endpoint, prefix)) == 2


def test_the_output_path_takes_the_script_where_no_prefix_is_given(endpoint, submit, source):
    path = f"s3://{BUCKET}/team-{next(numbers)}"
    submit(
        script_mode=ScriptMode("train.py", source),
        defaults={"OutputDataConfig": {"S3OutputPath": path}},
        request={key: value for key, value in config().items() if key != "OutputDataConfig"},
    )

    (key,) = objects(endpoint, path.removeprefix(f"s3://{BUCKET}/") + "/code/")
    assert re.fullmatch(r"team-\d+/code/[0-9a-f]{32}/sourcedir\.tar\.gz", key)


def test_a_kms_key_is_used(endpoint, submit, source):
    prefix = f"kms-{next(numbers)}"
    submit(script_mode=ScriptMode("train.py", source, s3_prefix=f"s3://{BUCKET}/{prefix}", kms_key_id="alias/code"))

    (key,) = objects(endpoint, prefix)
    head = endpoint.client("s3").head_object(Bucket=BUCKET, Key=key)
    assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", "alias/code")


@pytest.mark.parametrize(
    ("request_", "script", "says"),
    [
        (config(RoleArn="not a role!"), {}, "RoleArn"),
        (config(ResourceConfig={"InstanceTyp": "ml.m5.large"}), {}, "did you mean 'InstanceType'"),
        (config(HyperParameters={"sagemaker_program": "x"}), {}, "Both script_mode and HyperParameters"),
        (config(), {"entry_point": "tran.py"}, "Did you mean 'train.py'"),
        (config(), {"source_dir": "/nowhere/at/all"}, "'/nowhere/at/all' does not exist on this worker"),
        (config(), {"s3_prefix": "https://bucket/code"}, "s3://bucket/prefix"),
        (config(), {"unknown": 1}, "'unknown' is unknown"),
    ],
)
def test_what_is_wrong_is_found_before_anything_is_sent(endpoint, submit, source, request_, script, says):  # noqa: PLR0917
    with pytest.raises(AirflowFailException, match=says):
        submit(request=request_, script_mode={"entry_point": "train.py", "source_dir": str(source), **script})

    assert endpoint.requests["s3:PutObject"] == endpoint.requests["CreateTrainingJob"] == 0


def test_a_bucket_that_does_not_exist_spends_no_retry_and_buys_nothing(endpoint, submit, source):
    with pytest.raises(AirflowFailException, match=r"no S3 bucket 'nobodys-bucket'\. Create it, or correct s3_prefix"):
        submit(script_mode=ScriptMode("train.py", source, s3_prefix="s3://nobodys-bucket/x"))

    assert endpoint.requests["CreateTrainingJob"] == 0


def test_without_permission_to_look_it_uploads(endpoint, submit, source):
    endpoint.faults.add(Fault("deny", ["s3:HeadObject"]))
    submit(script_mode=ScriptMode("train.py", source, s3_prefix=f"s3://{BUCKET}/denied-{next(numbers)}"))

    assert endpoint.requests["s3:PutObject"] == 1


@pytest.mark.parametrize(
    ("fault", "expected", "says"),
    [
        (Fault("deny", ["s3:PutObject"]), AirflowFailException, "with s3:PutObject.*Grant this action"),
        (Fault("server_error", ["s3:*"]), errors.ServiceUnavailable, "upload the training script"),
    ],
    ids=["denied", "unavailable"],
)
def test_an_upload_that_fails_is_told_and_retried_only_if_that_helps(endpoint, submit, source, fault, expected, says):  # noqa: PLR0917
    endpoint.faults.add(fault)
    with pytest.raises(expected, match=says):
        submit(
            script_mode=ScriptMode("train.py", source, s3_prefix=f"s3://{BUCKET}/failing-{next(numbers)}"),
            botocore_config={"retries": {"total_max_attempts": 1}},
        )

    assert endpoint.requests["CreateTrainingJob"] == 0


VPC = {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}


def test_request_over_operator_over_connection(endpoint, submit, monkeypatch):
    team = {
        "RoleArn": "arn:aws:iam::123456789012:role/Connection",
        "VpcConfig": VPC,
        "Environment": {"A": "connection", "B": "connection", "C": "connection"},
        "Tags": [{"Key": "cost", "Value": "42"}],
    }
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", connection_with(endpoint, team))
    request = config(TrainingJobName=f"merged-{next(numbers)}", Environment={"A": "request"})
    del request["RoleArn"]

    result = submit(
        request=request,
        params={"team": "vision"},
        defaults={
            "RoleArn": ROLE_ARN,
            "Environment": {"A": "operator", "B": "operator"},
            "Tags": [{"Key": "team", "Value": "{{ params.team }}"}],
            "ResourceConfig": {"VolumeSizeInGB": "{{ 10 * 3 }}", "VolumeKmsKeyId": "key-1"},
        },
    )

    assert result["role_arn"] == ROLE_ARN
    assert result["environment"] == {"A": "request", "B": "operator", "C": "connection"}
    assert result["vpc_config"] == {"subnets": ["subnet-1"], "security_group_ids": ["sg-1"]}
    assert result["resource_config"]["volume_size_in_gb"] == 1  # the request's own
    assert result["resource_config"]["volume_kms_key_id"] == "key-1"
    tags = endpoint.client("sagemaker").list_tags(ResourceArn=result["training_job_arn"])["Tags"]
    assert {"Key": "team", "Value": "vision"} in tags
    assert {"Key": "cost", "Value": "42"} in tags
    assert len(tags) == 2 + 5


@pytest.mark.parametrize(
    ("team", "own", "says"),
    [
        ({"RolArn": "r"}, None, r"extra of the Airflow connection 'aws_default'.*did you mean 'RoleArn'"),
        (["RoleArn"], None, r"extra of the Airflow connection 'aws_default': .* not list"),
        (None, {"VpcConfig": {"Subnet": []}}, r"defaults of task 'train' .*VpcConfig\.Subnet"),
        (None, {"TrainingJobName": "x"}, "defaults of task 'train': TrainingJobName cannot be a default"),
        ({"Tags": [{"Key": f"k{n}", "Value": "v"} for n in range(46)]}, None, r"Tags: has 46 tags, .*drop 1"),
    ],
)
def test_wrong_defaults_spend_no_retry_and_name_where_they_are(endpoint, submit, monkeypatch, team, own, says):  # noqa: PLR0917
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", connection_with(endpoint, team))
    with pytest.raises(AirflowFailException, match=f"(?s){says}"):
        submit(defaults=own)

    assert endpoint.requests["CreateTrainingJob"] == 0


@pytest.mark.parametrize(
    ("connection", "config_"),
    [(RuntimeError("the vault is sealed"), {}), ({"training_job_defaults": "{no json"}, {}), ({}, "no mapping")],
)
def test_what_is_only_shown_fails_no_task(monkeypatch, connection, config_):
    def get_connection(_):
        if isinstance(connection, Exception):
            raise connection
        return SimpleNamespace(extra_dejson=connection)

    monkeypatch.setattr(request_sources.BaseHook, "get_connection", get_connection)
    operator = SageMakerCreateTrainingJobOperator(task_id="train", config="{{ later }}", defaults={"RoleArn": "r"})
    operator.config = config_
    operator.render_template_fields({})

    assert operator.config == config_


DAG = f"""
from airflow.providers.common.compat.sdk import dag
from airflow_sm_training.operators.training_job import SageMakerCreateTrainingJobOperator
from airflow_sm_training.sagemaker.script_mode import ScriptMode

CONFIG = {{
    "AlgorithmSpecification": {{"TrainingImage": "sklearn", "TrainingInputMode": "File"}},
    "HyperParameters": {{"epochs": "{{{{ params.epochs }}}}"}},
}}


@dag(schedule=None, params={{"epochs": 2}})
def shows_defaults():
    parameters = {{
        "script_mode": ScriptMode("train.py", "src", s3_prefix="s3://{BUCKET}/epochs-{{{{ params.epochs }}}}"),
        "defaults": {{"ResourceConfig": {{"InstanceType": "ml.m5.large", "InstanceCount": "{{{{ 1 }}}}"}}}},
        "wait_for_completion": False,
    }}
    SageMakerCreateTrainingJobOperator(task_id="one", config=CONFIG, **parameters)
    SageMakerCreateTrainingJobOperator.partial(task_id="many", **parameters).expand(config=[CONFIG])


shows_defaults()
"""


def test_airflow_shows_the_merged_request_and_nothing_else_of_the_connection(
    airflow_database, endpoint, tmp_path, monkeypatch
):
    team = {
        "RoleArn": ROLE_ARN,
        "OutputDataConfig": {"S3OutputPath": f"s3://{BUCKET}/team"},
        "ResourceConfig": {"InstanceType": "ml.p5.48xlarge", "VolumeSizeInGB": 10},
        "StoppingCondition": {"MaxRuntimeInSeconds": 60},
        # Airflow masks it for the "token" in its name.
        "Environment": {"TOKENIZER": "abcdef123"},
    }
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", connection_with(endpoint, team))
    (tmp_path / "src").mkdir()
    (tmp_path / "src/train.py").write_text("print('trained')")
    (tmp_path / "shows_defaults.py").write_text(DAG)
    monkeypatch.setattr("airflow.settings.DAGS_FOLDER", str(tmp_path))

    dag_run = load_dag("shows_defaults", tmp_path).test()

    assert dag_run.state == "success"
    for task_id in ("one", "many"):
        shown = rendered_fields(dag_run, task_id)
        request = shown["config"]
        assert request["RoleArn"] == ROLE_ARN
        assert request["OutputDataConfig"] == team["OutputDataConfig"]
        assert request["ResourceConfig"]["InstanceType"] == "ml.m5.large"
        assert request["ResourceConfig"]["VolumeSizeInGB"] == 10
        assert str(request["ResourceConfig"]["InstanceCount"]) == "1"
        assert shown["script_mode"]["s3_prefix"] == f"s3://{BUCKET}/epochs-2"
        assert request["Environment"] == {"TOKENIZER": "***"}
        assert "test" not in json.dumps(shown).replace("shows_defaults", "")  # login and password
        (job,) = xcoms(dag_run, task_id)
        assert job["resource_config"]["instance_type"] == "ml.m5.large"
    assert objects(endpoint, "epochs-2") == objects(endpoint, "epochs-2/")


def rendered_fields(dag_run, task_id):
    from airflow.models.renderedtifields import RenderedTaskInstanceFields
    from airflow.utils.session import create_session

    with create_session() as session:
        rows = session.query(RenderedTaskInstanceFields).filter_by(run_id=dag_run.run_id, task_id=task_id)
        return rows.one().rendered_fields
