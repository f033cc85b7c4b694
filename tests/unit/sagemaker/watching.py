"""Watches of scripted jobs, as the tests of the watcher start them."""

from __future__ import annotations

import asyncio

from airflow_sm_training.sagemaker.watcher import watch
from tests.unit.sagemaker.scripted_sagemaker import NEVER, Recorder, ScriptedSageMaker, running_then


def jobs(count, until=NEVER, **parameters):
    return {f"job-{number}": running_then((-50, "Training"), until=until, **parameters) for number in range(count)}


def one(until=NEVER, **parameters):
    return ScriptedSageMaker({"job-0": running_then((-50, "Training"), until=until)}, **parameters)


async def watched(sagemaker, name="job-0", *, key="key", recorder=None, **parameters):
    arguments = {"poll_interval": 30, "until": lambda seen: seen.is_ended, **parameters}
    reporter, now = recorder or Recorder(), sagemaker.wall_clock
    ended = await watch(key, sagemaker.connect, name, reporter=reporter, now=now, **arguments)
    return asyncio.get_running_loop().time(), ended


async def all_watched(sagemaker, count, **parameters):
    watches = (watched(sagemaker, f"job-{number}", **parameters) for number in range(count))
    return await asyncio.gather(*watches, return_exceptions=True)
