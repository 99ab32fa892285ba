"""The two background workers, for as long as the demo is being made."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from tools.serve import launch, parts
from tools.servers import environment
from tools.state import Process, end

_NEEDED = ("koppel", "kantoor")
_ANY_PORT = 0


@contextmanager
def workers() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Start a worker per queue, each with its own role, and end both afterwards."""
    started = [launch(part, environment(part.role)) for part in parts(_ANY_PORT) if part.name in _NEEDED]
    try:
        yield started
    finally:
        for process in started:
            if process.poll() is None:
                end(Process.of(process.pid), signal.SIGTERM, seconds=30)
            process.wait()
