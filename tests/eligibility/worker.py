"""A real Celery worker of the box, in its own process group, on the database of the tests."""

import datetime
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import connections

from tests import brokers
from tools.servers import environment, stripped

_WORDS = ("-m", "celery", "--app", "outreach.celery:app", "worker", "--without-gossip", "--without-mingle")
PATIENCE = 180.0


def variables() -> dict[str, str]:
    """What the process may know: that of the role koppel, with the test's own database, folders and keys."""
    given = environment("koppel")
    name = connections["koppel"].settings_dict["NAME"]
    address = re.sub(r"(@[^/]*/)[^?]+", rf"\g<1>{name}", given["DATABASE_URL_KOPPEL"])
    own = {
        "DATABASE_URL_KOPPEL": address,
        "REDIS_URL": brokers.for_workers(settings.REDIS_URL),
        "UPLOAD_FOLDER": str(settings.UPLOAD_FOLDER),
        "DESTRUCTION_FOLDER": str(settings.DESTRUCTION_FOLDER),
        "KEY_FOLDER": settings.KEY_FOLDER,
        "MASTER_KEY": settings.MASTER_KEY,
        "GEMEENTECODE": settings.GEMEENTECODE,
    }
    return stripped(given | own) | {"DJANGO_SETTINGS_MODULE": "outreach.settings"}


class Worker:
    """Starts at once; `kill` takes it and its children away without a word."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._read_from = log.stat().st_size if log.exists() else 0
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    *_WORDS,
                    "--loglevel",
                    "INFO",
                    "--queues",
                    "koppel,spoed",
                    "--concurrency",
                    "1",
                ],
                env=variables(),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                cwd=settings.BASE_DIR,
            )

    def kill(self) -> None:
        """`kill -9` on the whole group."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def end(self) -> None:
        if self._process.poll() is None:
            self.kill()

    def since_ready(self) -> float:
        """Seconds since it said that it is ready; the start itself depends on what else the machine does."""
        with self._log.open(encoding="utf-8") as lines:
            lines.seek(self._read_from)
            ready = next(line for line in lines if line.rstrip().endswith(" ready."))
        moment = datetime.datetime.strptime(ready[:23], "%Y-%m-%d %H:%M:%S,%f")
        return (datetime.datetime.now() - moment).total_seconds()


def wait_for(seen: Callable[[], object], what: str) -> object:
    """Look every few milliseconds until there is something to see."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        found = seen()
        if found:
            return found
        time.sleep(0.005)
    raise AssertionError(f"waited in vain for: {what}")
