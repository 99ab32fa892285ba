"""Databases of Redis for tests whose workers and queues are real: two for each process that runs tests.

Two tests that run at once must not take each other's messages, so no number is shared between processes.
"""

import os
import re

_FIRST, _EACH, _LAST = 2, 2, 15


def _process() -> int:
    """Which of the processes of pytest-xdist this is; 0 without them."""
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


def for_workers(address: str) -> str:
    """The address of the queue that workers read which a test starts."""
    return _numbered(address, 0)


def for_watching(address: str) -> str:
    """The address of a queue that is written to and that nobody reads from."""
    return _numbered(address, 1)


def _numbered(address: str, place: int) -> str:
    number = _FIRST + _EACH * _process() + place
    if number > _LAST:
        raise ValueError("Redis has sixteen databases: run the tests with at most seven processes.")
    return re.sub(r"/\d+$", f"/{number}", address)
