from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time

import pytest

from airflow_sm_training.local import __main__, command


def parse(*arguments):
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return parser.parse_args(arguments)


def test_loopback_and_a_fixed_port_are_the_default():
    args = parse()
    assert (args.host, args.port, args.root, args.faults, args.image) == ("127.0.0.1", 4599, None, None, [])


def end_when_it_listens(capsys, shown):
    """From another thread: the command waits in this one, as signals come to the main thread only."""

    def watch():
        for _ in range(600):
            shown.append(capsys.readouterr().out)
            if "Ctrl-C ends it." in "".join(shown):
                break
            time.sleep(0.05)
        # A signal that comes before the command waits for one is lost: it is sent until the command has put back what
        # was there before.
        while signal.getsignal(signal.SIGTERM) is not signal.SIG_IGN:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(1)

    thread = threading.Thread(target=watch)
    thread.start()
    return thread


@pytest.mark.parametrize("start", [lambda: command.run(parse("--port", "0")), __main__.main])
def test_it_ends_with_a_signal_and_gives_the_handlers_back(capsys, monkeypatch, start):
    monkeypatch.setattr(sys, "argv", ["local", "--port", "0"])
    former = signal.getsignal(signal.SIGTERM)
    shown = []
    # Should the command not be there yet, or not any more, the signal must not end pytest.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        thread = end_when_it_listens(capsys, shown)
        assert start() == 0
        thread.join()
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGTERM, former)
    output = "".join(shown) + capsys.readouterr().out
    assert "export AIRFLOW_CONN_AWS_DEFAULT='{" in output
    assert "Ending" in output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--faults", '{"kind": "melt"}'], "--faults: fault 0: kind is 'melt'"),
        (["--faults", "no-such-file"], "No such file"),
        (["--image", "=command"], "IMAGE=COMMAND is needed"),
        (["--host", "203.0.113.1"], "cannot listen on 203.0.113.1"),
    ],
)
def test_what_is_wrong_is_one_line_and_status_2(capsys, arguments, message):
    assert command.run(parse("--port", "0", *arguments)) == 2
    errors = capsys.readouterr().err
    assert errors.startswith("airflow-sm-training local: ")
    assert message in errors
    assert errors.count("\n") == 1


def test_images_and_faults_are_read():
    assert command._read_image("registry/image:1=python -c 'print(1)'") == (
        "registry/image:1",
        ["python", "-c", "print(1)"],
    )
    assert [fault.kind for fault in command._read_faults('[{"kind": "reset"}]')] == ["reset"]


def test_the_package_knows_its_public_names_and_no_others():
    from airflow_sm_training import local

    assert all(getattr(local, name) for name in local.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'Remote'"):
        _ = local.Remote
