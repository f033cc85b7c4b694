"""Runs one operator as a worker and a triggerer would, without a scheduler: for scenario tables over both paths."""

from __future__ import annotations

import asyncio
import copy
import json
import threading
import time
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from airflow_sm_training.operators.training_job import SageMakerCreateTrainingJobOperator

BUCKET = "sagemaker-us-east-1-123456789012"
ROLE_ARN = "arn:aws:iam::123456789012:role/SageMakerExecutionRole"


def config(program="print('trained')", **fields):
    """A request that runs a line of Python."""
    entrypoint = ["python", "-c", program]
    return {
        "AlgorithmSpecification": {
            "TrainingImage": "python",
            "TrainingInputMode": "File",
            "ContainerEntrypoint": entrypoint,
        },
        "RoleArn": ROLE_ARN,
        "OutputDataConfig": {"S3OutputPath": f"s3://{BUCKET}/models"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        "StoppingCondition": {"MaxRuntimeInSeconds": 600},
        **fields,
    }


@dataclass
class TaskRun:
    """One task instance: what it pushed, and whether it was deferred."""

    deferrable: bool
    xcoms: dict[str, Any] = field(default_factory=dict)
    deferrals: int = 0
    max_tries: int = 0
    operator: Any = None
    run_id: str = "manual__2026-11-21T03:00:00+00:00"

    def __call__(self, request, *, params=None, **parameters):
        operator = self.operator = SageMakerCreateTrainingJobOperator(
            task_id="train",
            config=copy.deepcopy(request),
            deferrable=self.deferrable,
            **{"poll_interval": 0.1, **parameters},
        )
        return self.of(operator, params)

    def of(self, operator, params=None):
        """Run an operator or a sensor that was built elsewhere."""
        context = {"ti": self._task_instance(), "params": params or {}}
        operator.render_template_fields(context)
        outcome = self._executed(operator.execute, context)
        while hasattr(outcome, "trigger"):
            event = asyncio.run(_first_event(_moved(outcome.trigger)))
            arrived = {"event": json.loads(json.dumps(event, allow_nan=False))}
            outcome = self._executed(operator.resume_execution, outcome.method_name, arrived, context)
        return outcome

    def _task_instance(self):
        return SimpleNamespace(
            dag_id="nightly",
            task_id="train",
            run_id=self.run_id,
            map_index=-1,
            max_tries=self.max_tries,
            xcom_push=lambda *, key, value: self.xcoms.update({key: json.loads(json.dumps(value, allow_nan=False))}),
        )

    def _executed(self, step, *arguments):
        from airflow_sm_training.compat import TaskDeferred

        try:
            return step(*arguments)
        except TaskDeferred as deferred:
            self.deferrals += 1
            return deferred


class MovableTime:
    """The clock of an endpoint. Time can be made to jump once somebody has looked at a job."""

    def __init__(self):
        self._ahead = 0.0

    def __call__(self):
        return time.time() + self._ahead

    def jump_after_a_look(self, endpoint, seconds):
        """
        Let the time jump shortly after the next Describe: whatever a test does before takes as long as it likes.

        :param endpoint: the endpoint whose clock this is.
        :param seconds: how far.
        """
        seen = endpoint.requests["DescribeTrainingJob"]
        gives_up_at = time.monotonic() + 60

        def jump():
            while endpoint.requests["DescribeTrainingJob"] == seen and time.monotonic() < gives_up_at:
                time.sleep(0.02)
            time.sleep(0.3)  # a request is counted before it is answered
            self._ahead += seconds

        threading.Thread(target=jump, daemon=True).start()


def _moved(trigger):
    # Across two processes, so through JSON both ways.
    _, kwargs = trigger.serialize()
    return type(trigger)(**json.loads(json.dumps(kwargs)))


async def _first_event(trigger):
    async for event in trigger.run():
        return event.payload
    return None
