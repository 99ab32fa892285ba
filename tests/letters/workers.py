"""Processes of `web` beside the test, on the same test database: makers to kill, and a real worker."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import connections

from tests import brokers

PATIENCE = 180.0

_MAKER = """
import sys, time
import django
django.setup()
from letters.actions import fitting, parts, storage

def halted(*args, **kwargs):
    print("halted", flush=True)
    time.sleep(600)

def halted_after(real):
    return lambda *args, **kwargs: (real(*args, **kwargs), halted())[0]

point = sys.argv[1]
if point == "before the render":
    parts.render_part = halted
elif point == "in the draft":
    storage.os.fsync = halted
elif point == "after the draft":
    storage.write = halted_after(storage.write)
elif point == "after the name":
    storage.publish = halted_after(storage.publish)
{"make": parts.make, "fit": fitting.fit}[sys.argv[3]](part_id=int(sys.argv[2]))
print("made", flush=True)
"""


def environment() -> dict[str, str]:
    """The variables of a `web` process that works in the test database."""
    address = urlsplit(os.environ["DATABASE_URL"])
    name = connections["default"].settings_dict["NAME"]
    kept = {key: value for key, value in os.environ.items() if not key.startswith("DATABASE_")}
    return kept | {
        "BEREIK_ROLE": "web",
        "DJANGO_SETTINGS_MODULE": "outreach.settings",
        "DATABASE_URL": urlunsplit(address._replace(path=f"/{name}")),
        "REDIS_URL": brokers.for_workers(os.environ["REDIS_URL"]),
        "LETTER_FOLDER": str(settings.LETTER_FOLDER),
        "SCAN_FOLDER": str(settings.SCAN_FOLDER),
        "LETTER_IDENTITY": settings.LETTER_IDENTITY,
    }


def _start(words: list[str], **options: object) -> subprocess.Popen:
    root = Path(settings.BASE_DIR)
    return subprocess.Popen(
        [sys.executable, *words], env=environment(), cwd=root, start_new_session=True, **options
    )


def kill(process: subprocess.Popen) -> None:
    """kill -9 for a process and all that it started."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def maker(point: str, part_id: int, work: str = "make") -> Iterator[subprocess.Popen]:
    """A process that makes a part, or makes it to `fit`, and halts at a point; gone after the block."""
    process = _start(["-c", _MAKER, point, str(part_id), work], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout.readline() == "halted\n"
        yield process
    finally:
        if process.poll() is None:
            kill(process)
        process.stdout.close()


def composer(program: str, round_id: int) -> subprocess.Popen:
    """A process that plans and makes a round, once it says that it begins; to be killed."""
    process = _start(["-c", program, str(round_id)], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "begun\n"
    return process


@contextmanager
def celery_worker(log: Path) -> Iterator[subprocess.Popen]:
    """The office worker as it runs in production; ended in order, or killed by the test before."""
    words = ["-m", "celery", "-A", "outreach.celery:app", "worker", "-Q", "kantoor", "--concurrency", "2"]
    with log.open("ab") as output:
        process = _start(
            [*words, "--without-gossip", "--without-mingle", "--loglevel", "INFO"],
            stdout=output,
            stderr=output,
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait(timeout=PATIENCE)


def wait_for(done: Callable[[], bool]) -> None:
    """Wait until it is so. Raises TimeoutError."""
    deadline = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.05)
