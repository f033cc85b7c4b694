from __future__ import annotations

import threading

import pytest

from airflow_sm_training.local.faults import Fault, FaultError, FaultKind, Faults, parse_faults

DESCRIBE = "sagemaker:DescribeTrainingJob"


def kinds(faults, operation=DESCRIBE):
    return [fault.kind for fault in faults.striking(operation)]


@pytest.mark.parametrize(
    ("operations", "operation", "strikes"),
    [
        (None, DESCRIBE, True),
        (None, "s3:GetObject", True),
        (["DescribeTrainingJob"], DESCRIBE, True),
        (["sagemaker:Describe*"], DESCRIBE, True),
        (["DescribeTrainingJob"], "sagemaker:StopTrainingJob", False),
        (["*"], "s3:GetObject", False),  # without a service, SageMaker is meant
        (["s3:*"], "s3:GetObject", True),
        (["logs:GetLogEvents"], "logs:PutLogEvents", False),
        ([], DESCRIBE, False),
    ],
)
def test_which_operations_a_fault_strikes(operations, operation, strikes):
    faults = Faults([Fault("throttle", operations=operations)])
    assert bool(faults.striking(operation)) is strikes


def test_a_fault_is_used_up_after_its_times():
    faults = Faults([Fault("reset", times=2), Fault("throttle", times=1)])
    assert [kinds(faults) for _ in range(4)] == [["reset"], ["reset"], ["throttle"], []]
    assert faults.in_force() == []


def test_latency_goes_with_another_fault():
    faults = Faults([Fault("latency", seconds=2), Fault("deny"), Fault("throttle")])
    assert kinds(faults) == ["latency", "deny"]


def test_a_rate_is_a_share_of_the_requests_and_a_seed_repeats_it():
    strikes = [
        [bool(faults.striking(DESCRIBE)) for _ in range(2000)]
        for faults in (Faults([Fault("throttle", rate=0.25, seed=7)]) for _ in range(2))
    ]
    assert strikes[0] == strikes[1]
    assert 400 < sum(strikes[0]) < 600
    assert not Faults([Fault("throttle", rate=0)]).striking(DESCRIBE)


def test_times_hold_among_threads():
    faults = Faults([Fault("throttle", times=100)])
    struck = []

    def ask():
        struck.extend(bool(faults.striking(DESCRIBE)) for _ in range(50))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(struck) == 100


def test_add_replace_and_clear():
    faults = Faults()
    faults.add(Fault("throttle"))
    faults.add(Fault("deny"))
    assert [fault.kind for fault in faults.in_force()] == [FaultKind.THROTTLE, FaultKind.DENY]
    faults.replace([Fault("reset")])
    assert kinds(faults) == ["reset"]
    faults.clear()
    assert kinds(faults) == []


def test_what_is_written_can_be_read():
    fault = Fault("server_error", operations=["s3:*"], rate=0.5, times=3, seed=1, status=503)
    assert parse_faults([fault.to_dict()]) == [fault]


def test_json_of_one_fault_or_of_many():
    assert parse_faults('{"kind": "throttle"}') == [Fault("throttle")]
    assert parse_faults(b'[{"kind": "latency", "seconds": 0.5}]') == [Fault("latency", seconds=0.5)]
    assert parse_faults([]) == []


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("{", "not JSON"),
        ('"throttle"', "a list of faults is needed"),
        ("7", "a list of faults is needed"),
        (["throttle"], "fault 0 is 'throttle': an object is needed"),
        ([{}], "fault 0 has no kind"),
        ([{"kind": "throttle"}, {"kind": "melt"}], "fault 1: kind is 'melt': known are throttle"),
        ([{"kind": "throttle", "ratio": 1}], "fault 0 has unknown field 'ratio'"),
        ([{"kind": "throttle", "rate": 2}], "rate is 2: a number from 0 to 1"),
        ([{"kind": "throttle", "rate": True}], "rate is True"),
        ([{"kind": "throttle", "times": 0}], "times is 0"),
        ([{"kind": "throttle", "times": 1.5}], "times is 1.5"),
        ([{"kind": "throttle", "seed": "x"}], "seed is 'x'"),
        ([{"kind": "latency", "seconds": -1}], "seconds is -1"),
        ([{"kind": "server_error", "status": 418}], "status is 418: 500 or 503"),
        ([{"kind": "throttle", "operations": "Describe"}], "operations is 'Describe': a list"),
        ([{"kind": "throttle", "operations": [1]}], "operations is [1]: a list"),
    ],
)
def test_a_fault_that_is_wrong_is_named_with_its_field(value, message):
    with pytest.raises(FaultError) as raised:
        parse_faults(value)
    assert message in str(raised.value)
