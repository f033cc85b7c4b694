"""A SageMaker that lives in a dictionary, for tests of what talks to it."""

from __future__ import annotations

from airflow_sm_training.sagemaker.description import TrainingJobDescription
from airflow_sm_training.sagemaker.errors import AccessDenied, TrainingJobNameTaken, TrainingJobNotFound
from airflow_sm_training.sagemaker.statuses import TrainingJobStatus


def describe_response(name="digits", status="InProgress", secondary_status=None, **fields):
    return {
        "TrainingJobName": name,
        "TrainingJobArn": f"arn:aws:sagemaker:us-east-1:123456789012:training-job/{name}",
        "TrainingJobStatus": status,
        "SecondaryStatus": secondary_status or ("Training" if status == "InProgress" else status),
        **fields,
    }


def description(name="digits", status="InProgress", secondary_status=None, *, tags=None, **fields):
    response = describe_response(name, status, secondary_status, **fields)
    return TrainingJobDescription.from_response(response, tags=tags)


class InMemorySageMaker:
    """Implements TrainingJobApi. Jobs: name → [status, tags]; calls: everything that was asked, in order."""

    def __init__(self):
        self.jobs = {}
        self.calls = []
        self.settles_as = TrainingJobStatus.STOPPED
        self.lose_next_response = False
        self.may_tag = self.may_read_tags = True

    def create_training_job(self, request):
        body = request.to_dict()
        name = body["TrainingJobName"]
        self.calls.append(("create", name))
        if name in self.jobs:
            raise TrainingJobNameTaken(f"{name} exists", training_job_name=name)
        tags = {tag["Key"]: tag["Value"] for tag in body.get("Tags", [])}
        if tags and not self.may_tag:
            raise AccessDenied("sagemaker:AddTags")
        self.jobs[name] = [TrainingJobStatus.IN_PROGRESS, tags]
        if self.lose_next_response:
            self.lose_next_response = False
            raise TrainingJobNameTaken("botocore's own retry of the lost create")
        return f"arn:aws:sagemaker:us-east-1:123456789012:training-job/{name}"

    def describe_training_job(self, training_job_name, *, with_tags=False):
        self.calls.append(("describe", training_job_name))
        if training_job_name not in self.jobs:
            raise TrainingJobNotFound(f"no {training_job_name}")
        status, tags = self.jobs[training_job_name]
        return description(training_job_name, status, tags=tags if with_tags and self.may_read_tags else None)

    def stop_training_job(self, training_job_name):
        self.calls.append(("stop", training_job_name))
        job = self.jobs[training_job_name]
        if job[0] != TrainingJobStatus.IN_PROGRESS:
            return False
        job[0] = TrainingJobStatus.STOPPING
        return True

    def wait_until_settled(self, training_job_name):
        self.calls.append(("wait", training_job_name))
        status = self.jobs[training_job_name][0]
        if status == TrainingJobStatus.DELETING:
            del self.jobs[training_job_name]
        elif status == TrainingJobStatus.STOPPING:
            self.jobs[training_job_name][0] = self.settles_as
