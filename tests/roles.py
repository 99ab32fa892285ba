"""Running code with the credentials of another role."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections


@contextmanager
def as_role(role: str) -> Iterator[None]:
    """The code inside runs as `web`, `koppel` or `migrate`, on a connection of that role."""
    own = connections["default"]
    connections["default"] = connections[role] if role != "web" else own
    try:
        yield
    finally:
        connections["default"] = own
