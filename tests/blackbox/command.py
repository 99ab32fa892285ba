"""How a `manage.py koppel` in a test ended."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Ended:
    """Its exit code and what it said."""

    code: int
    said: str


Koppel = Callable[..., Ended]
