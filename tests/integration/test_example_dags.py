"""The example Dags, run whole with ``dag.test()`` against the local endpoint; triggers run inline there."""

from __future__ import annotations

import io
import json
import tarfile
from datetime import datetime, timedelta

import boto3
import pytest

from tests.integration.airflow_runs import load_dag, xcoms

pytestmark = pytest.mark.usefixtures("airflow_database")


@pytest.fixture
def endpoint(local_sagemaker, monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", local_sagemaker.airflow_connection)
    return local_sagemaker


@pytest.fixture
def unpack(endpoint):
    """Return a function that reads the files of a ``.tar.gz`` at the endpoint by its S3 URI."""
    s3 = boto3.client(
        "s3",
        region_name="us-east-1",
        endpoint_url=endpoint.endpoint_url,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )

    def read(uri):
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        archive = io.BytesIO(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
        with tarfile.open(fileobj=archive) as tar:
            return {
                member.name.removeprefix("./"): tar.extractfile(member).read()
                for member in tar.getmembers()
                if member.isfile()
            }

    return read


def run(dag_id, **params):
    dag_run = load_dag(dag_id).test(run_conf=params)
    assert dag_run.state == "success"
    return dag_run


def predict_digits(files):
    """Load a model and return how many of some digits it gets right."""
    import joblib
    from sklearn.datasets import load_digits

    model = joblib.load(io.BytesIO(files["model.joblib"]))
    digits = load_digits()
    return model.score(digits.data / 16, digits.target)


def test_smallest_training_job_brings_its_file_back(unpack):
    dag_run = run("smallest_training_job")

    (job,) = xcoms(dag_run, "train")
    assert job["training_job_status"] == "Completed"
    assert unpack(job["model_artifacts"]["s3_model_artifacts"]) == {"greeting.txt": b"hello\n"}


def test_train_digits_hands_on_an_accurate_model_as_clean_data(unpack):
    dag_run = run("train_digits", epochs=5)

    (checked,) = xcoms(dag_run, "check_model")
    assert checked["accuracy"] > 0.9
    assert predict_digits(unpack(checked["model"])) > 0.9

    (job,) = xcoms(dag_run, "train")
    json.dumps(job, allow_nan=False)
    for name in ("creation_time", "training_start_time", "training_end_time", "last_modified_time"):
        assert datetime.fromisoformat(job[name]).utcoffset() == timedelta(0)
    assert job["derived"]["metrics"]["validation:accuracy"] == checked["accuracy"]
    assert job["derived"]["metrics"]["train:loss"] < 1
    phases = {phase["status"]: phase["duration_in_seconds"] for phase in job["derived"]["phases"]}
    assert list(phases)[-1] == "Completed"
    assert phases["Training"] > 0
    assert xcoms(dag_run, "train", key="training_job_name") == [job["training_job_name"]]
    assert job["hyper_parameters"]["epochs"] == "5"


def test_train_digits_fails_below_the_threshold(endpoint):
    dag_run = load_dag("train_digits").test(run_conf={"epochs": 1, "accuracy_at_least": 0.999})

    assert dag_run.state == "failed"
    assert {ti.task_id: ti.state for ti in dag_run.get_task_instances()} == {
        "train": "success",
        "check_model": "failed",
    }


def test_sweep_picks_the_most_accurate_of_jobs_with_names_of_their_own(unpack):
    dag_run = run("sweep_digits")

    trials = xcoms(dag_run, "train")
    accuracies = {
        trial["hyper_parameters"]["learning-rate"]: trial["derived"]["metrics"]["validation:accuracy"]
        for trial in trials
    }
    assert list(accuracies) == ["1e-05", "0.001", "0.3"]
    assert len({trial["training_job_name"] for trial in trials}) == 3

    (best,) = xcoms(dag_run, "best_model")
    assert best["learning_rate"] == 0.001
    assert len({trial["hyper_parameters"]["sagemaker_submit_directory"] for trial in trials}) == 1
    assert best["accuracy"] == max(accuracies.values()) > 0.9
    assert predict_digits(unpack(best["model"])) > 0.9


def test_update_running_job_lets_the_debugger_in_and_waits_for_the_end(endpoint):
    dag_run = run("update_running_job", seconds=15)  # long enough for a machine that is busy

    (submitted,), (changed,), (ended,) = (xcoms(dag_run, task_id) for task_id in ("train", "debug", "wait"))
    assert submitted["training_job_status"] == "InProgress"
    assert (changed["training_job_status"], changed["remote_debug_config"]) == (
        "InProgress",
        {"enable_remote_debug": True},
    )
    assert ended["training_job_status"] == "Completed"
    assert len({job["training_job_name"] for job in (submitted, changed, ended)}) == 1
    assert endpoint.requests["UpdateTrainingJob"] == 1


def test_warm_pool_chain_trains_on_the_instances_it_kept(endpoint):
    dag_run = run("warm_pool_chain")

    (kept,) = xcoms(dag_run, "keep_warm")
    assert kept["resource_config"]["keep_alive_period_in_seconds"] == 1800
    assert xcoms(dag_run, "check") == ["Reused"]


def test_stop_on_condition_stops_a_job_that_is_good_enough_and_keeps_its_model(unpack):
    dag_run = run("stop_on_condition")

    (job,) = xcoms(dag_run, "stop")
    assert job["training_job_status"] == "Stopped"
    assert job["derived"]["metrics"]["train:loss"] < 0.599
    assert unpack(job["model_artifacts"]["s3_model_artifacts"]) == {"model.txt": b"half\n"}
