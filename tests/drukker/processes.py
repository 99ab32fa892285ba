"""The site and the vendor as processes of their own, on the test database and a real line between them."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from django.conf import settings

from tests.letters import workers

SECRET = "DRUKKER_GEHEIM"


@contextmanager
def site(log: Path) -> Iterator[str]:
    """gunicorn as in production; gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = ["-m", "gunicorn", "outreach.wsgi:application", "--bind", f"127.0.0.1:{port}", "--workers", "2"]
    threads = ["--worker-class", "gthread", "--threads", "2", "--no-control-socket"]
    with log.open("ab") as output:
        running = subprocess.Popen(
            [sys.executable, *words, *threads],
            env=workers.environment(),
            cwd=settings.BASE_DIR,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        try:
            workers.wait_for(lambda: _answers(port))
            yield f"http://127.0.0.1:{port}"
        finally:
            running.terminate()
            running.wait(timeout=workers.PATIENCE)


@contextmanager
def clock(folder: Path) -> Iterator[None]:
    """The clock of production, which has what is still due asked for again."""
    words = ["-m", "celery", "-A", "outreach.celery:app", "beat", "--pidfile", "", "--schedule"]
    with (folder / "klok.log").open("ab") as output:
        running = subprocess.Popen(
            [sys.executable, *words, str(folder / "klok")],
            env=workers.environment(),
            cwd=settings.BASE_DIR,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        try:
            yield
        finally:
            running.terminate()
            running.wait(timeout=workers.PATIENCE)


def _answers(port: int) -> bool:
    line = HTTPConnection("127.0.0.1", port, timeout=workers.PATIENCE)
    try:
        line.request("GET", "/api/drukwerk/v1/openapi.json")
        return line.getresponse().status == 200
    except OSError:
        return False
    finally:
        line.close()


def start_vendor(address: str, keys: tuple[str, str], folder: Path, *words: str) -> subprocess.Popen:
    """The vendor in a process that has nothing of ours: no settings, no database, only his secret."""
    own = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", SECRET: keys[1]}
    return subprocess.Popen(
        [sys.executable, "-m", "tools.drukker", "--adres", address, "--client-id", keys[0]]
        + ["--geheim-uit-omgeving", SECRET, "--journaal", str(folder), *words],
        env=own,
        cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def run_vendor(address: str, keys: tuple[str, str], folder: Path, *words: str) -> str:
    """A day of the vendor; what he said."""
    process = start_vendor(address, keys, folder, *words)
    said, _ = process.communicate()
    assert process.returncode == 0, said
    return said
