"""Which trace the work at hand belongs to (W3C Trace Context), so that logs of several systems can be joined.

A trace says nothing of anybody: it is a number that a caller brought along, or one drawn here.
"""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

#: The header by which a trace travels, over HTTP and with a task.
HEADER = "traceparent"
# Version 00 has exactly these parts; a later version may have more behind them, and ff is forbidden.
_PARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")


@dataclass(frozen=True, slots=True)
class Trace:
    """`trace_id` is 32 hexadecimal digits; `span_id`, 16, is what is done here within it.

    `foreign` is the span of the caller who brought the trace along, empty when it began here.
    """

    trace_id: str
    span_id: str
    foreign: str = ""

    def header(self) -> str:
        """How it is told to who is next."""
        return f"00-{self.trace_id}-{self.span_id}-01"

    def setting(self) -> str:
        """How the database is told of it."""
        return f"{self.trace_id}-{self.span_id}-{self.foreign}"


_current: ContextVar[Trace | None] = ContextVar("trace", default=None)


def current() -> Trace | None:
    """The trace of the request or task at hand; None where nothing was asked by anybody."""
    return _current.get()


def fresh() -> Trace:
    """A trace that begins here."""
    return Trace(secrets.token_hex(16), secrets.token_hex(8))


def from_caller(header: str | None) -> Trace:
    """Go on with the trace of a caller, as a step of our own. A header that is no good is as none at all."""
    known = _read(header)
    return Trace(known[0], secrets.token_hex(8), known[1]) if known else fresh()


def from_own(header: str | None) -> Trace:
    """Go on with a step of ours that was left for later: a task is part of the request that asked it."""
    known = _read(header)
    return Trace(*known) if known else fresh()


def _read(header: str | None) -> tuple[str, str] | None:
    found = _PARENT.fullmatch(header or "")
    if not found:
        return None
    version, trace_id, span_id, _, more = found.groups()
    if version == "ff" or (version == "00" and more) or not trace_id.strip("0") or not span_id.strip("0"):
        return None
    return trace_id, span_id


@contextmanager
def following(trace: Trace) -> Iterator[None]:
    """Do a block as part of a trace."""
    token = _current.set(trace)
    try:
        yield
    finally:
        _current.reset(token)


def follow(trace: Trace | None) -> None:
    """Go on as part of a trace, until told otherwise; None ends it."""
    _current.set(trace)
