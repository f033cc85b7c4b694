from __future__ import annotations

import asyncio

import pytest

from airflow_sm_training.sagemaker.errors import AccessDenied, CredentialsUnusable, ServiceUnavailable
from tests.unit.sagemaker.scripted_sagemaker import Recorder, ScriptedSageMaker
from tests.unit.sagemaker.virtual_time import run
from tests.unit.sagemaker.watching import all_watched, jobs, one, watched

THROTTLED = ServiceUnavailable("Rate exceeded", code="ThrottlingException")
EXPIRED = ServiceUnavailable("expired", code="ExpiredTokenException")
UNKNOWN_KEY = CredentialsUnusable("unknown key", code="UnrecognizedClientException")


def test_without_permission_to_list_each_is_described_and_told_once():
    sagemaker = ScriptedSageMaker(jobs(20, until=100), list_error=AccessDenied("no", code="AccessDeniedException"))
    recorders = [Recorder() for _ in range(20)]

    async def main():
        watches = (watched(sagemaker, f"job-{n}", recorder=recorder) for n, recorder in enumerate(recorders))
        return await asyncio.gather(*watches)

    outcomes = run(main())
    assert {at for at, _ in outcomes} == {120}
    assert sagemaker.requests["list"] == 1
    assert all(len(recorder.notices) == 1 for recorder in recorders)
    assert "sagemaker:ListTrainingJobs" in recorders[0].notices[0]


def test_a_list_that_nobody_understands_is_done_without_and_logged(caplog):
    sagemaker = ScriptedSageMaker(jobs(20, until=100), list_error=TypeError("odd answer"))

    assert {at for at, _ in run(all_watched(sagemaker, 20))} == {120}
    assert "TypeError: odd answer" in caplog.text


def test_transient_errors_back_off_are_forgiven_and_told_when_they_last():
    sagemaker, recorder = one(until=700, throttled=1.0, trouble_ends_at=600), Recorder()
    at, _ = run(watched(sagemaker, recorder=recorder))

    assert 700 <= at <= 730
    assert len(recorder.troubles) == 1
    assert recorder.answers == 1
    assert 10 <= sagemaker.requests["describe"] <= 60  # of 600 s / 30 s, and full jitter up to 60 s


def test_a_throttled_service_is_not_asked_more_by_many():
    sagemaker = ScriptedSageMaker(jobs(200), throttled=1.0)

    async def main():
        watching = asyncio.create_task(all_watched(sagemaker, 200))
        await asyncio.sleep(600)
        watching.cancel()

    run(main())
    assert sagemaker.requests.total() <= 24 * 40


@pytest.mark.parametrize("fatal", [AccessDenied("no"), TypeError("odd answer")])
def test_what_waiting_does_not_mend_ends_the_watch_of_that_job_only(fatal):
    sagemaker = ScriptedSageMaker(jobs(8, until=100), describe_errors={"job-3": fatal})
    outcomes = run(all_watched(sagemaker, 8))

    assert outcomes.pop(3) is fatal
    assert {at for at, _ in outcomes} == {120}


def test_expired_credentials_are_replaced():
    sagemaker = one(until=100)

    async def main():
        watching = asyncio.create_task(watched(sagemaker))
        await asyncio.sleep(40)
        sagemaker.describe_errors["job-0"] = EXPIRED
        await asyncio.sleep(30)
        sagemaker.describe_errors.clear()
        return await watching

    assert run(main())[1].status == "Completed"
    assert sagemaker.connections >= 2
    assert sagemaker.discarded == sagemaker.connections - 1


def test_a_key_that_was_replaced_is_read_again_and_one_that_never_worked_ends_the_watch():
    sagemaker = ScriptedSageMaker(jobs(2, until=100))
    sagemaker.describe_errors = dict.fromkeys(sagemaker.jobs, UNKNOWN_KEY)

    assert run(all_watched(sagemaker, 2)) == [UNKNOWN_KEY, UNKNOWN_KEY]
    assert sagemaker.connections == 1

    async def main():
        watching = asyncio.create_task(all_watched(sagemaker, 2))
        await asyncio.sleep(40)
        sagemaker.describe_errors |= dict.fromkeys(sagemaker.jobs, UNKNOWN_KEY)
        return await watching

    sagemaker.describe_errors.clear()
    sagemaker.discard = sagemaker.describe_errors.clear
    assert [ended.status for _, ended in run(main())] == ["Completed", "Completed"]


@pytest.mark.parametrize("error", [CredentialsUnusable("no connection"), KeyError("bug")])
def test_no_way_to_connect_ends_every_watch(error):
    sagemaker = ScriptedSageMaker(jobs(3))

    def connect():
        raise error

    sagemaker.connect = connect
    assert run(all_watched(sagemaker, 3)) == [error] * 3


def test_who_comes_while_all_are_failing_tries_anew():
    sagemaker, failures = ScriptedSageMaker(jobs(200, until=40)), [CredentialsUnusable("no connection")]
    connect = sagemaker.connect

    def flaky():
        if failures:
            raise failures.pop()
        return connect()

    async def main():
        tasks = [asyncio.create_task(watched(sagemaker, f"job-{number}")) for number in range(190)]
        for number in range(190, 200):
            await asyncio.sleep(0)
            tasks.append(asyncio.create_task(watched(sagemaker, f"job-{number}")))
        return await asyncio.gather(*tasks, return_exceptions=True)

    sagemaker.connect = flaky
    outcomes = run(main())
    assert {type(outcome) for outcome in outcomes[:190]} == {CredentialsUnusable}
    assert outcomes[-1][1].status == "Completed"


def test_a_connection_that_fails_for_now_is_tried_again():
    sagemaker, connect = one(until=100), ScriptedSageMaker.connect
    failures = [THROTTLED, THROTTLED]

    def flaky():
        if failures:
            raise failures.pop()
        return connect(sagemaker)

    sagemaker.connect = flaky
    recorder = Recorder()
    assert run(watched(sagemaker, recorder=recorder))[1].status == "Completed"
    assert (len(recorder.troubles), recorder.answers) == (1, 1)
