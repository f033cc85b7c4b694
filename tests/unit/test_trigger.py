from __future__ import annotations

import json

from airflow_sm_training.triggers.training_job import SageMakerTrainingJobTrigger

EVERYTHING = {
    "stop_on_kill": False,
    "training_job_name": "digits",
    "until": "Training",
    "poll_interval": 5.0,
    "deadline": 1_800_000_000.0,
    "stream_logs": False,
    "log_lines": 7,
    "aws_conn_id": "aws_eu",
    "region_name": "eu-west-1",
    "verify": "/bundle.pem",
    "botocore_config": {"read_timeout": 9},
}


def test_everything_survives_the_way_to_another_triggerer():
    path, kwargs = SageMakerTrainingJobTrigger(**EVERYTHING).serialize()

    assert path == "airflow_sm_training.triggers.training_job.SageMakerTrainingJobTrigger"
    assert kwargs == EVERYTHING
    again = SageMakerTrainingJobTrigger(**json.loads(json.dumps(kwargs)))
    assert again.serialize() == (path, kwargs)


def test_every_parameter_is_serialized():
    import inspect

    parameters = set(inspect.signature(SageMakerTrainingJobTrigger.__init__).parameters) - {"self"}

    assert parameters == set(EVERYTHING)
