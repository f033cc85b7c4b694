"""The operations of SageMaker that the endpoint answers itself, on decoded and validated requests."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from airflow_sm_training.local import errors
from airflow_sm_training.local.errors import ACCOUNT_ID
from airflow_sm_training.local.jobs.job import Script, TrainingJob
from airflow_sm_training.local.jobs.lifecycle import Lifecycle
from airflow_sm_training.local.jobs.processes import ProcessPlayer
from airflow_sm_training.local.jobs.quotas import check_quotas
from airflow_sm_training.local.jobs.scripted import ScriptedDelays, ScriptedPlayer
from airflow_sm_training.local.jobs.warm_pool import warm_pool_status
from airflow_sm_training.local.operations import listing, search, tagging, updates
from airflow_sm_training.local.operations.create_rules import check_create
from airflow_sm_training.local.operations.paging import Pager
from airflow_sm_training.local.operations.presentation import describe
from airflow_sm_training.sagemaker.statuses import SecondaryStatus, TrainingJobStatus, WarmPoolStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from airflow_sm_training.local.jobs.listener import TrainingJobRunner
    from airflow_sm_training.local.jobs.scripts import Scripts
    from airflow_sm_training.local.jobs.store import JobStore

Body = dict[str, Any]

# For how long a deleted job is seen as Deleting, in seconds.
_DELETION_SECONDS = 0.5


class TrainingJobService:
    """
    Training jobs of all regions of one account.

    :param store: where the jobs are kept.
    :param scripts: which jobs follow which timeline.
    :param runner: runs the jobs that can be run; None = every job follows a timeline.
    :param quotas: instances allowed, by instance type.
    :param delays: what scripted jobs take for a stop and a restart.
    """

    def __init__(
        self,
        store: JobStore,
        scripts: Scripts,
        runner: TrainingJobRunner | None = None,
        quotas: Mapping[str, int] | None = None,
        delays: ScriptedDelays | None = None,
    ) -> None:
        self.store = store
        self._scripts = scripts
        self._quotas = quotas or {}
        self._pager = Pager()
        self._lifecycle = Lifecycle(store)
        self._scripted = ScriptedPlayer(self._lifecycle, delays or ScriptedDelays())
        self._processes = ProcessPlayer(store, self._lifecycle, runner) if runner is not None else None
        self.operations: dict[str, Callable[[str, Body], Body]] = {
            "CreateTrainingJob": self.create,
            "DescribeTrainingJob": self.describe,
            "ListTrainingJobs": self.list,
            "StopTrainingJob": self.stop,
            "UpdateTrainingJob": self.update,
            "DeleteTrainingJob": self.delete,
            "AddTags": self.add_tags,
            "ListTags": self.list_tags,
            "DeleteTags": self.delete_tags,
            "Search": self.search,
        }

    def create(self, region_name: str, body: Body) -> Body:
        """Answer CreateTrainingJob."""
        check_create(body)
        name = body["TrainingJobName"]
        with self.store.at_present() as now:
            known = self.store.get(region_name, name)
            if known is not None:
                raise errors.resource_in_use(
                    "Training job names must be unique within an AWS account and region, and a training job with this "
                    f"name already exists ({known.arn})"
                )
            check_quotas(self._quotas, body, self.store.jobs(region_name))
            job = self._new_job(region_name, body, now)
            self._lifecycle.begin(job, now)
            if job.script is not None:
                self._scripted.start(job, now)
            else:
                self._lifecycle.enter(job, SecondaryStatus.STARTING, now, "Starting the training job")
        if job.script is None and self._processes is not None:
            self._processes.start(job)
        return {"TrainingJobArn": job.arn}

    def describe(self, region_name: str, body: Body) -> Body:
        """Answer DescribeTrainingJob."""
        with self.store.at_present() as now:
            return describe(self._find(region_name, body, errors.requested_resource_not_found()), now)

    def list(self, region_name: str, body: Body) -> Body:
        """Answer ListTrainingJobs."""
        with self.store.at_present() as now:
            return listing.list_training_jobs(self.store, self._pager, region_name, body, now)

    def search(self, region_name: str, body: Body) -> Body:
        """Answer Search for training jobs."""
        with self.store.at_present() as now:
            return search.search_training_jobs(self.store, self._pager, region_name, body, now)

    def stop(self, region_name: str, body: Body) -> Body:
        """Answer StopTrainingJob. Asking twice is harmless, as long as the job has not ended."""
        with self.store.at_present() as now:
            job = self._find(region_name, body, errors.requested_resource_not_found())
            if job.has_ended:
                raise errors.validation_error(
                    f"The request was rejected because the training job is in status {job.status}."
                )
            self._lifecycle.stop(job, SecondaryStatus.STOPPED, now)
        return {}

    def update(self, region_name: str, body: Body) -> Body:
        """Answer UpdateTrainingJob."""
        with self.store.at_present() as now:
            job = self._find(region_name, body, errors.resource_not_found(_arn(region_name, body["TrainingJobName"])))
            job.request = updates.updated_request(job, body, now)
            self._lifecycle.keep_alive_changed(job, now)
            return {"TrainingJobArn": job.arn}

    def delete(self, region_name: str, body: Body) -> Body:
        """Answer DeleteTrainingJob."""
        with self.store.at_present() as now:
            job = self._find(region_name, body, errors.resource_not_found(_arn(region_name, body["TrainingJobName"])))
            if not job.has_ended:
                raise errors.resource_in_use(
                    f"The request was rejected because the training job is in status {job.status}."
                )
            if warm_pool_status(job, now) == WarmPoolStatus.AVAILABLE:
                raise errors.resource_in_use("The training job retains a warm pool that is Available.")
            if job.status != TrainingJobStatus.DELETING:
                job.status = TrainingJobStatus.DELETING
                self.store.touch(job, now)
                self.store.schedule.at(now + _DELETION_SECONDS, lambda _: self.store.remove(job))
        return {}

    def add_tags(self, _: str, body: Body) -> Body:
        """Answer AddTags for a training job."""
        with self.store.at_present():
            return tagging.add_tags(self.store, body)

    def list_tags(self, _: str, body: Body) -> Body:
        """Answer ListTags for a training job."""
        with self.store.at_present():
            return tagging.list_tags(self.store, body)

    def delete_tags(self, _: str, body: Body) -> Body:
        """Answer DeleteTags for a training job."""
        with self.store.at_present():
            return tagging.delete_tags(self.store, body)

    def interrupt(self, region_name: str, name: str) -> None:
        """
        Take the spot instances of a running job away, as AWS does when it needs them itself.

        :raises ServiceError: there is no such job, it does not run, or it is not managed spot training.
        """
        with self.store.at_present() as now:
            job = self._find(region_name, {"TrainingJobName": name}, errors.requested_resource_not_found())
            if job.status != TrainingJobStatus.IN_PROGRESS or not job.is_spot:
                raise errors.validation_error(f"The training job {name} is not managed spot training under way")
            assert job.player is not None
            job.player.interrupt(job, now)

    def _find(self, region_name: str, body: Body, otherwise: Exception) -> TrainingJob:
        job = self.store.get(region_name, body["TrainingJobName"])
        if job is None:
            raise otherwise
        return job

    def _new_job(self, region_name: str, body: Body, now: float) -> TrainingJob:
        timeline = self._scripts.timeline_of(body)
        runnable = self._processes is not None and self._processes.can_play(body)
        if timeline is None and not runnable:
            timeline = self._scripts.default
        return TrainingJob(
            region_name=region_name,
            name=body["TrainingJobName"],
            arn=_arn(region_name, body["TrainingJobName"]),
            request=copy.deepcopy(body),
            creation_time=now,
            sequence=self.store.next_sequence(),
            tags={tag["Key"]: tag["Value"] for tag in body.get("Tags") or ()},
            last_modified_time=now,
            player=self._processes if timeline is None else self._scripted,
            script=Script(timeline) if timeline is not None else None,
        )


def _arn(region_name: str, name: str) -> str:
    partition = "aws"
    for prefix in ("cn-", "us-gov-"):
        if region_name.startswith(prefix):
            partition = f"aws-{prefix.rstrip('-')}"
    return f"arn:{partition}:sagemaker:{region_name}:{ACCOUNT_ID}:training-job/{name}"
