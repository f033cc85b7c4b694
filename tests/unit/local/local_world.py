"""A training job service without HTTP: the clock stands still until a test moves it, and nothing runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from airflow_sm_training.local.errors import ServiceError
from airflow_sm_training.local.jobs.scripted import ScriptedDelays
from airflow_sm_training.local.jobs.scripts import Scripts
from airflow_sm_training.local.jobs.store import JobEvent, JobStore
from airflow_sm_training.local.operations.service import TrainingJobService
from airflow_sm_training.local.operations.validation import check_request
from airflow_sm_training.local.timeline import Timeline

START = 1_800_000_000.0
REGION = "us-east-1"
RUNNABLE = "runnable-image"


@dataclass
class FakeProcess:
    listener: Any
    request: dict[str, Any]
    stops: list[str] = field(default_factory=list)

    def stop(self, secondary_status):
        self.stops.append(secondary_status)


@dataclass
class FakeRunner:
    processes: list[FakeProcess] = field(default_factory=list)
    error: Exception | None = None
    while_starting: Any = None

    def can_run(self, request):
        return (request.get("AlgorithmSpecification") or {}).get("TrainingImage") == RUNNABLE

    def start(self, *, arn, region_name, request, listener):
        if self.while_starting is not None:
            self.while_starting()
        if self.error is not None:
            raise self.error
        process = FakeProcess(listener, request)
        self.processes.append(process)
        return process

    def close(self):
        pass


class World:
    """The service, the clock, and shorthands for what tests do all the time."""

    def __init__(self, timeline=None, quotas=None):
        self.now = START
        self.runner = FakeRunner()
        self.events: list[JobEvent] = []
        self.store = JobStore(lambda: self.now)
        self.store.observers.append(self.events.append)
        self.scripts = Scripts() if timeline is None else Scripts(Timeline.parse(timeline))
        delays = ScriptedDelays(stop=1.0, restart=2.0, interruption=3.0)
        self.service = TrainingJobService(self.store, self.scripts, self.runner, quotas, delays)

    def call(self, operation: str, region_name: str = REGION, **body: Any) -> dict[str, Any]:
        check_request(operation, body)
        return self.service.operations[operation](region_name, body)

    def create(self, name: str, region_name: str = REGION, **changes: Any) -> str:
        return self.call("CreateTrainingJob", region_name, **create_request(name, **changes))["TrainingJobArn"]

    def describe(self, name: str, region_name: str = REGION) -> dict[str, Any]:
        return self.call("DescribeTrainingJob", region_name, TrainingJobName=name)

    def status(self, name: str) -> tuple[str, str]:
        described = self.describe(name)
        return described["TrainingJobStatus"], described["SecondaryStatus"]

    def list_names(self, **filters: Any) -> list[str]:
        answer = self.call("ListTrainingJobs", **filters)
        return [summary["TrainingJobName"] for summary in answer["TrainingJobSummaries"]]

    def search_names(self, *filters: dict[str, Any], **body: Any) -> list[str]:
        expression = {"Filters": list(filters)} if filters else {}
        body = {"Resource": "TrainingJob", "SearchExpression": expression, "MaxResults": 100, **body}
        return [result["TrainingJob"]["TrainingJobName"] for result in self.call("Search", **body)["Results"]]

    def error(self, operation: str, **body: Any) -> ServiceError:
        try:
            answer = self.call(operation, **body)
        except ServiceError as error:
            return error
        raise AssertionError(f"{operation} answered {answer}")

    def moment(self) -> datetime:
        return datetime.fromtimestamp(self.now, UTC)


def create_request(name: str, **changes: Any) -> dict[str, Any]:
    """A request that nothing is wrong with; changes whose value is None are taken out."""
    request = {
        "TrainingJobName": name,
        "RoleArn": "arn:aws:iam::123456789012:role/SageMakerExecutionRole",
        "AlgorithmSpecification": {"TrainingImage": "image", "TrainingInputMode": "File"},
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/output"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
        **changes,
    }
    return {key: value for key, value in request.items() if value is not None}


def resources(**changes: Any) -> dict[str, Any]:
    return {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1, **changes}


def steps(*items: Any) -> list[dict[str, Any]]:
    """Steps as ``("Training", 5)`` or as objects."""
    return [item if isinstance(item, dict) else {"secondary_status": item[0], "seconds": item[1]} for item in items]
