"""The background workers, for as long as the demo is being made."""

from collections.abc import Iterator
from contextlib import contextmanager

from tools.serve import end_all, launch, parts
from tools.servers import environment

_NEEDED = ("koppel", "spoed", "kantoor")
_NO_PORT = 0


@contextmanager
def workers() -> Iterator[None]:
    """A worker per queue, each with its own role; both are ended afterwards."""
    started = {
        part.name: launch(part, environment(part.role)) for part in parts(_NO_PORT) if part.name in _NEEDED
    }
    try:
        yield
    finally:
        end_all(started)
