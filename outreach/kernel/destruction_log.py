"""The log of what was destroyed, outside the database, so that an older backup does not bring it back.

One line of JSON for each thing, before the first byte of it goes. Each process has a file of its own, and
each line the hash of the one before it: a line that was changed or taken out of the middle is noticed.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

_BEGIN = "0" * 64


class LogBroken(Exception):
    """A line of the log is not the one that was written. `str()` is Dutch and names the line."""

    def __init__(self, path: Path, number: int) -> None:
        super().__init__(
            f"Regel {number} van {path.name} klopt niet. Zet dit bestand terug uit de back-up en probeer het"
            " opnieuw."
        )


class DestructionLog:
    """The log of one process (`koppel` or `kantoor`) in the folder of the logs."""

    def __init__(self, folder: Path, name: str) -> None:
        self._path = folder / f"{name}.jsonl"

    def lines(self) -> Iterator[dict[str, object]]:
        """What was destroyed, in order. Raises LogBroken. A last line that a crash cut off does not count."""
        for line, _text in self._checked():
            yield line

    def add(self, item: str, about: Mapping[str, object]) -> None:
        """Write what is going to be destroyed, to the disk; once for each `item`. Raises LogBroken."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "r+b") as file:
            # One writer at a time; the lock goes with the file, also when the writer is killed.
            fcntl.flock(file, fcntl.LOCK_EX)
            before, size = _BEGIN, 0
            for line, text in self._checked():
                if line["onderdeel"] == item:
                    return
                before, size = hashlib.sha256(text).hexdigest(), size + len(text)
            # In the place of what a killed writer left of a line: that was never begun upon.
            file.truncate(size)
            file.seek(size)
            line = {"onderdeel": item, **about, "vorige": before}
            file.write(json.dumps(line, sort_keys=True).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        flush_folder(self._path.parent)

    def _checked(self) -> Iterator[tuple[dict[str, object], bytes]]:
        if not self._path.exists():
            return
        before = _BEGIN
        for number, text in enumerate(self._path.read_bytes().splitlines(keepends=True), start=1):
            if not text.endswith(b"\n"):
                return
            try:
                line = json.loads(text)
            except ValueError:
                raise LogBroken(self._path, number) from None
            if not isinstance(line, dict) or line.get("vorige") != before:
                raise LogBroken(self._path, number)
            before = hashlib.sha256(text).hexdigest()
            yield line, text


def flush_folder(folder: Path) -> None:
    """See to it that what was made or unlinked in a folder is so on the disk too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
