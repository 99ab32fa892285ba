"""Searching files for bytes that must be gone."""

import mmap
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Needles:
    """What to search for: every text of `whole` that begins with `prefix`, which they share."""

    prefix: bytes
    whole: frozenset[bytes]

    def count(self, inside: mmap.mmap) -> int:
        """How often one of them is there."""
        found, at = 0, inside.find(self.prefix)
        lengths = {len(one) for one in self.whole}
        while at >= 0:
            found += any(inside[at : at + length] in self.whole for length in lengths)
            at = inside.find(self.prefix, at + 1)
        return found


@dataclass(frozen=True, slots=True)
class Searched:
    """How much was looked through, and how often something was found."""

    files: int = 0
    size: int = 0
    hits: int = 0

    def __add__(self, other: "Searched") -> "Searched":
        return Searched(self.files + other.files, self.size + other.size, self.hits + other.hits)


def search(folders: Iterable[Path], needles: Sequence[Needles]) -> Searched:
    """Look through every file under the folders. A file that goes while we look is gone.

    Raises PermissionError when one cannot be read: what was not searched is not said to be clean.
    """
    seen = Searched()
    for folder in folders:
        for place, _folders, names in os.walk(folder, onerror=_unless_gone):
            for path in (Path(place) / name for name in names):
                if path.is_file() and not path.is_symlink():
                    seen += _in_file(path, needles)
    return seen


def _unless_gone(failure: OSError) -> None:
    if not isinstance(failure, FileNotFoundError):
        raise failure


def _in_file(path: Path, needles: Sequence[Needles]) -> Searched:
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if not size:
                return Searched(files=1)
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as inside:
                return Searched(1, size, sum(one.count(inside) for one in needles))
    except FileNotFoundError:
        return Searched()
