"""What people compute by hand from a description: metrics, phases, durations, the bill and the links."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from airflow_sm_training.sagemaker.partitions import TrainingJobArn, console_url, logs_url
from airflow_sm_training.sagemaker.statuses import TrainingJobStatus

# No count and no number of seconds is larger; arithmetic on what is could overflow a float.
_LARGEST_QUANTITY = 10**15
_NO_TIME = datetime.min.replace(tzinfo=UTC)


def derive(description: Mapping[str, Any]) -> dict[str, Any]:
    """
    Compute the ``derived`` part of a normalised description.

    What cannot be computed is absent, and nothing raises, whatever is missing or odd.

    :param description: a normalised description.
    """
    instances = instance_count(description)
    derived = {
        "is_successful": description.get("training_job_status") == TrainingJobStatus.COMPLETED,
        "metrics": metrics(description),
        "phases": phases(description),
        "duration_in_seconds": _seconds(description.get("creation_time"), description.get("training_end_time")),
        "instance_count": instances,
        "billable_instance_seconds": _billable_instance_seconds(description, instances),
        "managed_spot_savings_percent": _managed_spot_savings_percent(description),
        **_links(description),
    }
    return {name: value for name, value in derived.items() if value is not None}


def metrics(description: Mapping[str, Any]) -> dict[str, Any] | None:
    """
    Return the last value of each metric by its timestamp; of equal timestamps the later entry counts.

    A value that was NaN or infinite is ``None``. Without ``final_metric_data_list`` the result is ``None``.

    :param description: a normalised description.
    """
    entries = description.get("final_metric_data_list")
    if not isinstance(entries, list):
        return None
    known = [entry for entry in _structures(entries) if isinstance(entry.get("metric_name"), str) and "value" in entry]
    known.sort(key=lambda entry: _time(entry.get("timestamp")) or _NO_TIME)
    return {entry["metric_name"]: entry["value"] for entry in known}


def phases(description: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """
    Return the phases that the job went through, in SageMaker's order.

    Every entry has the same keys; ``end_time`` and ``duration_in_seconds`` of a phase under way are ``None``. Without
    ``secondary_status_transitions`` the result is ``None``.

    :param description: a normalised description.
    """
    transitions = description.get("secondary_status_transitions")
    if not isinstance(transitions, list):
        return None
    return [
        {
            "status": transition.get("status"),
            "start_time": transition.get("start_time"),
            "end_time": transition.get("end_time"),
            "duration_in_seconds": _seconds(transition.get("start_time"), transition.get("end_time")),
            "status_message": transition.get("status_message"),
        }
        for transition in _structures(transitions)
    ]


def instance_count(description: Mapping[str, Any]) -> int | float | None:
    """
    Return how many instances the job runs on, ``None`` where the response does not say (serverless jobs).

    Instance groups are summed; of instance preferences, what SageMaker selected counts.

    :param description: a normalised description.
    """
    resources = description.get("resource_config")
    if not isinstance(resources, Mapping):
        return None
    groups = resources.get("instance_groups")
    if isinstance(groups, list) and groups:
        counts = [_quantity(group.get("instance_count")) for group in _structures(groups)]
        # A sum that misses a group would understate the bill.
        known = [count for count in counts if count is not None]
        return sum(known) if len(known) == len(groups) else None
    selected = _quantity(resources.get("selected_instance_count"))
    return _quantity(resources.get("instance_count")) if selected is None else selected


def _billable_instance_seconds(description: Mapping[str, Any], instances: float | None) -> int | float | None:
    billable = _quantity(description.get("billable_time_in_seconds"))
    return None if billable is None or instances is None else billable * instances


def _managed_spot_savings_percent(description: Mapping[str, Any]) -> float | None:
    billable = _quantity(description.get("billable_time_in_seconds"))
    training = _quantity(description.get("training_time_in_seconds"))
    is_spot = description.get("enable_managed_spot_training") is True
    if not is_spot or billable is None or training is None or training <= 0:
        return None
    # (1 - billable / training) * 100, in the order that loses no digits.
    return 100 * (training - billable) / training


def _links(description: Mapping[str, Any]) -> dict[str, str | None]:
    arn = TrainingJobArn.parse(description.get("training_job_arn"))
    if arn is None:
        return {}
    name = description.get("training_job_name")
    name = name if isinstance(name, str) and name else arn.training_job_name
    return {
        "console_url": console_url(arn.partition, arn.region_name, name),
        "logs_url": logs_url(arn.partition, arn.region_name, name),
    }


def _structures(items: list[Any]) -> list[Mapping[str, Any]]:
    return [item for item in items if isinstance(item, Mapping)]


def _quantity(value: Any) -> int | float | None:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return value if is_number and 0 <= value <= _LARGEST_QUANTITY else None


def _time(value: Any) -> datetime | None:
    try:
        time = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return time.replace(tzinfo=UTC) if time.utcoffset() is None else time


def _seconds(start: Any, end: Any) -> float | None:
    start_time, end_time = _time(start), _time(end)
    return None if start_time is None or end_time is None else (end_time - start_time).total_seconds()
