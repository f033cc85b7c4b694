"""A PostgreSQL server of its own, on a free port, in a directory that goes when it ends."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import closing
from pathlib import Path

HOST = "127.0.0.1"
USER = "airflow"
_SERVER_ACCOUNTS = ("postgres", "nobody")  # the server refuses to run as root


def find_programs():
    """Return the directory with initdb and postgres, or None: Debian keeps them off PATH."""
    on_path = shutil.which("initdb")
    places = [Path(on_path).parent] if on_path else sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((place for place in places if (place / "initdb").exists() and (place / "postgres").exists()), None)


class PostgreSQL:
    """The server, from entering to leaving."""

    def __init__(self):
        self.programs = find_programs()
        if self.programs is None:
            raise RuntimeError("There is no PostgreSQL server here: install it (apt-get install postgresql).")
        self.password = secrets.token_urlsafe(12)
        self._directory = None
        self._process = None
        self.port = None

    def __enter__(self):
        self._directory = Path(tempfile.mkdtemp(prefix="airflow-sm-training-postgresql-"))
        password_file = self._directory / "password"
        password_file.write_text(self.password)
        if os.geteuid() == 0:
            for path in (self._directory, password_file):
                shutil.chown(path, self._account)
        initdb = [self.programs / "initdb", "--pgdata", self._data, "--username", USER, "--auth", "scram-sha-256"]
        self._run([*initdb, "--pwfile", password_file, "--no-sync", "--encoding", "UTF8"])
        with socket.socket() as free:
            free.bind((HOST, 0))
            self.port = free.getsockname()[1]
        try:
            self.start()
            with closing(self.connect("postgres")) as connection:
                connection.autocommit = True
                connection.cursor().execute("CREATE DATABASE airflow")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.kill()
        shutil.rmtree(self._directory, ignore_errors=True)

    @property
    def address(self):
        return f"postgresql+psycopg2://{USER}:{self.password}@{HOST}:{self.port}/airflow"

    def start(self):
        settings = [
            "listen_addresses=" + HOST,
            "fsync=off",
            "max_connections=300",
            f"unix_socket_directories={self._data}",
        ]
        options = [word for setting in settings for word in ("-c", setting)]
        with (self._directory / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self.programs / "postgres", "-D", self._data, "-p", str(self.port), *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                **self._as_account,
            )
        deadline = time.monotonic() + 30
        while not self._answers():
            gave_up = self._process.poll() is not None or time.monotonic() > deadline
            assert not gave_up, (self._directory / "log").read_text()
            time.sleep(0.1)

    def kill(self):
        """End it at once, connections and all, as pg_ctl's immediate mode does."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(30)
            self._process = None

    def connect(self, database="airflow"):
        import psycopg2

        return psycopg2.connect(host=HOST, port=self.port, user=USER, password=self.password, dbname=database)

    def _answers(self):
        import psycopg2

        try:
            self.connect("postgres").close()
        except psycopg2.OperationalError:
            return False
        return True

    @property
    def _data(self):
        return self._directory / "data"

    @property
    def _account(self):
        import pwd

        known = {entry.pw_name for entry in pwd.getpwall()}
        return next(account for account in _SERVER_ACCOUNTS if account in known)

    @property
    def _as_account(self):
        if os.geteuid() != 0:
            return {"cwd": self._directory}
        import pwd

        group = pwd.getpwnam(self._account).pw_gid
        return {"cwd": self._directory, "user": self._account, "group": group, "extra_groups": []}

    def _run(self, command):
        done = subprocess.run(command, capture_output=True, text=True, check=False, **self._as_account)
        assert done.returncode == 0, done.stderr
