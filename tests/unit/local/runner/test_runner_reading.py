"""Lines, metrics, failure reasons and log batches: what the runner makes of a job's output."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_sm_training.local.runner import cloudwatch
from airflow_sm_training.local.runner.failures import JobFailedError, error_message, exit_reason, read_failure_file
from airflow_sm_training.local.runner.metrics import MetricReader
from airflow_sm_training.local.runner.process import LineSplitter
from airflow_sm_training.sagemaker.statuses import FailureKind

CODE = Path("/jobs/a/opt/ml/code")


@pytest.mark.parametrize(
    ("regex", "line", "expected"),
    [
        (r"accuracy=([0-9.]+)", "epoch 1 accuracy=0.75; done", [("m", 0.75)]),
        (r"accuracy=([0-9.]+)", "accuracy=0.1 accuracy=0.2", [("m", 0.2)]),
        (r"loss: (\S+)", "loss: 1e-3", [("m", 0.001)]),
        (r"loss: (\S+)", "loss: nan", []),
        (r"loss: (\S+)", "loss: inf", []),
        (r"loss: (\S+)", "loss: high", []),
        (r"loss: (\S+)", "loss: 2 loss: high", [("m", 2.0)]),
        (r"no group", "no group 1", []),
        (r"(?P<first>\d)-(\d)", "1-2", [("m", 1.0)]),
        (r"x(\d)?", "x", []),
        (r"accuracy", "nothing", []),
    ],
)
def test_metrics(regex, line, expected):
    assert list(MetricReader([{"Name": "m", "Regex": regex}]).read(line)) == expected


def test_each_definition_is_looked_for():
    reader = MetricReader([{"Name": "a", "Regex": "a=(.)"}, {"Name": "b", "Regex": "b=(.)"}])
    assert list(reader.read("b=2 a=1")) == [("a", 1.0), ("b", 2.0)]


def test_an_expression_that_explodes_is_given_up_and_the_others_go_on(caplog):
    reader = MetricReader([{"Name": "bad", "Regex": r"(x|xx)+(\d)-end|q"}, {"Name": "good", "Regex": r"v=(\d)"}])
    line = "v=1 " + "x" * 60
    before = time.monotonic()
    assert list(reader.read(line)) == [("good", 1.0)]
    assert list(reader.read(line)) == [("good", 1.0)]
    assert time.monotonic() - before < 5
    assert caplog.text.count("takes too long") == 1


def test_a_broken_expression_is_a_clear_failure():
    with pytest.raises(JobFailedError) as raised:
        MetricReader([{"Name": "a", "Regex": "ok"}, {"Name": "b", "Regex": "("}])
    assert raised.value.kind is FailureKind.CLIENT
    assert "MetricDefinitions[1].Regex '('" in str(raised.value)


@given(st.lists(st.binary(max_size=40)), st.binary(max_size=40))
def test_lines_do_not_depend_on_how_the_stream_was_cut(chunks, rest):
    whole = b"".join([*chunks, rest])
    splitter = LineSplitter()
    lines = [line for chunk in [*chunks, rest] for line in splitter.feed(chunk)] + list(splitter.end())
    expected = whole.split(b"\n")
    expected = expected if expected[-1] else expected[:-1]
    assert lines == [line.decode(errors="replace").rstrip("\r") for line in expected]


@pytest.mark.parametrize("end", [b"\n", b""])
@pytest.mark.parametrize("offset", range(3))
def test_an_endless_line_is_cut_between_characters(end, offset):
    text = "x" * offset + "€" * 150_000
    splitter = LineSplitter()
    pieces = [*splitter.feed(text.encode() + end), *splitter.end()]
    assert len(pieces) > 1
    assert "".join(pieces) == text


TRACEBACK = """a warning
Traceback (most recent call last):
  File "/jobs/a/opt/ml/code/train.py", line 20, in <module>
    main()
  File "/jobs/a/opt/ml/code/lib/data.py", line 7, in main
    json.loads("x")
    ^^^^^^^^^^^^^^^
  File "/usr/lib/python3.11/json/decoder.py", line 355, in raw_decode
    raise JSONDecodeError("Expecting value", s, err.value) from None
json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)"""


@pytest.mark.parametrize(
    ("stderr", "expected"),
    [
        (
            TRACEBACK,
            (
                'File "lib/data.py", line 7, in main\n'
                "json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)"
            ),
        ),
        (
            TRACEBACK.replace("/jobs/a/opt/ml/code", "/elsewhere"),
            (
                'File "/usr/lib/python3.11/json/decoder.py", line 355, in raw_decode\n'
                "json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)"
            ),
        ),
        (
            TRACEBACK + "\n\nDuring handling of the above exception, another exception occurred:\n\n"
            'Traceback (most recent call last):\n  File "/jobs/a/opt/ml/code/train.py", line 22, in <module>\n'
            "    raise ValueError from e\nValueError: bad\nsecond line",
            'File "train.py", line 22, in <module>\nValueError: bad\nsecond line',
        ),
        (
            '  File "/jobs/a/opt/ml/code/train.py", line 3\n    if\n      ^\nSyntaxError: invalid syntax',
            'File "train.py", line 3\nSyntaxError: invalid syntax',
        ),
        (
            'Traceback (most recent call last):\n  File "/jobs/a/opt/ml/code/t.py", line 1, in f\n    g()',
            'File "t.py", line 1, in f',
        ),
        ("1\n2\n\n3\n4\n5\n6\n", "2\n3\n4\n5\n6"),
        ("", ""),
    ],
)
def test_the_end_of_stderr_tells_where_and_what(stderr, expected):
    assert error_message(stderr.splitlines(), CODE) == expected


def test_a_long_reason_keeps_the_command():
    reason = exit_reason("ExecuteUserScriptError", 1, ["python", "train.py", "x" * 2000], ["y" * 3000], CODE)
    failure = JobFailedError(FailureKind.ALGORITHM, reason)
    assert len(failure.reason) == 1024
    assert failure.reason.startswith('AlgorithmError: ExecuteUserScriptError:\nExitCode 1\nErrorMessage "yyy')
    assert '\nCommand "python train.py xxx' in failure.reason
    assert failure.reason.endswith('…"')


@pytest.mark.parametrize(
    ("content", "expected"), [(b"why\n", "why"), (b"\xff", "�"), (b"", None), (b" \n", None), (None, None)]
)
def test_the_failure_file(tmp_path, content, expected):
    path = tmp_path / "failure"
    if content is not None:
        path.write_bytes(content)
    assert read_failure_file(path) == expected
    assert read_failure_file(tmp_path) is None


@given(st.text())
def test_a_message_that_fits_is_one_event(text):
    assert list(cloudwatch.split_message(text)) == ([text] if text else [])


@pytest.mark.parametrize("text", ["é" * 300_000, "x" * 600_000, "€" * 262_144, "\ud800" + "x" * 300_000])
def test_a_long_message_is_cut_into_events(text):
    pieces = list(cloudwatch.split_message(text))
    assert "".join(pieces) == text.replace("\ud800", "?")
    assert all(cloudwatch.event_bytes((0, piece)) <= cloudwatch.MAX_EVENT_BYTES for piece in pieces)


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([], 0),
        ([(0, "x")], 1),
        ([(0, "x")] * 10_001, 10_000),
        ([(0, "x" * 262_118)] * 5, 4),
        ([(0, "x" * 262_118)] * 3 + [(0, "x" * 262_117), (0, "x")], 4),
    ],
)
def test_a_batch_is_what_one_call_takes(events, expected):
    assert cloudwatch.batch_length(events) == expected


class Client:
    """CloudWatch Logs that can be switched off."""

    def __init__(self) -> None:
        self.events: list[dict] = []
        self.attempts = 0
        self.is_down = False

    def create_log_group(self, **names) -> None:
        self.attempts += 1
        if self.is_down:
            raise RuntimeError("down")

    def create_log_stream(self, **names) -> None:
        pass

    def put_log_events(self, **arguments) -> None:
        self.events += arguments["logEvents"]


def test_a_clock_that_is_set_back_does_not_disorder_the_log():
    client = Client()
    times = iter([100.0, 50.0, 101.0])
    shipper = cloudwatch.LogShipper(client, "s", clock=lambda: next(times))
    for message in "abc":
        shipper.add(message)
    shipper.close()
    assert [(event["timestamp"], event["message"]) for event in client.events] == [
        (100_000, "a"),
        (100_000, "b"),
        (101_000, "c"),
    ]


def test_lines_are_sent_while_the_job_runs(eventually):
    client = Client()
    shipper = cloudwatch.LogShipper(client, "s", interval_in_seconds=0.01)
    shipper.add("early")
    eventually(lambda: client.events)
    shipper.close()


def test_a_full_queue_asks_for_patience_and_lost_lines_make_room(monkeypatch):
    monkeypatch.setattr(cloudwatch, "_CAPACITY", 3)
    client = Client()
    client.is_down = True
    shipper = cloudwatch.LogShipper(client, "s", interval_in_seconds=60)
    for _ in range(3):
        shipper.add("x")
    assert not shipper.wait_for_room(0)
    shipper.close()
    assert client.attempts == 3
    assert shipper.wait_for_room(0)


def test_what_is_queued_can_be_discarded():
    client = Client()
    shipper = cloudwatch.LogShipper(client, "s", interval_in_seconds=60)
    shipper.add("x")
    shipper.close(discard=True)
    assert not client.events
