"""The files of a folder of deliveries: written as the town grows, so that memory stays flat."""

import json
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random
from typing import Self, TextIO

# Rows leave in another order than the addresses they came from, as in a real file; this many wait at a time.
WAITING_BRP = 20_000
WAITING = 500


class ShuffledFile:
    """A text file whose rows are stirred through a window of `waiting` rows on their way out."""

    def __init__(self, file: TextIO, rng: Random, waiting: int, line_end: str) -> None:
        self._file, self._rng, self._limit, self._line_end = file, rng, waiting, line_end
        self._rows: list[str] = []
        self.count = 0

    def add(self, row: str) -> None:
        self.count += 1
        rows = self._rows
        if len(rows) < self._limit:
            rows.append(row)
            return
        at = int(self._rng.random() * self._limit)
        self._file.write(rows[at] + self._line_end)
        rows[at] = row

    def finish(self) -> None:
        self._rng.shuffle(self._rows)
        self._file.writelines(row + self._line_end for row in self._rows)
        self._rows = []


@dataclass(slots=True)
class Folder:
    """Opens a file for a bron (and year) at its first row, and writes `levering.json` at the end.

    Some suppliers send a byte order mark, some end lines as Windows does.
    """

    path: Path
    rng: Random
    delivered: date
    _files: dict[tuple[str, int | None], ShuffledFile] = field(default_factory=dict)
    _open: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        self.path.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def add(self, bron: str, jaar: int | None, header: str, row: str) -> None:
        file = self._files.get((bron, jaar))
        if file is None:
            file = self._files[bron, jaar] = self._start(bron, jaar, header)
        file.add(row)

    def _start(self, bron: str, jaar: int | None, header: str) -> ShuffledFile:
        windows = bron not in ("brp", "leerlingen", "ib_toets")
        encoding = "utf-8-sig" if bron in ("aio", "bijzondere_bijstand") else "utf-8"
        line_end = "\r\n" if windows else "\n"
        path = self.path / file_name(bron, jaar)
        text = self._open.enter_context(path.open("w", encoding=encoding, newline=""))
        text.write(header + line_end)
        return ShuffledFile(text, self.rng, WAITING_BRP if bron == "brp" else WAITING, line_end)

    def count(self, bron: str, jaar: int | None) -> int:
        file = self._files.get((bron, jaar))
        return file.count if file else 0

    def finish(self) -> dict[str, int]:
        """Write what still waits and `levering.json`; gives the rows per file."""
        for file in self._files.values():
            file.finish()
        order = sorted(self._files, key=lambda key: (key[0] != "brp", key[0], key[1] or 0))
        entries = [self._entry(bron, jaar) for bron, jaar in order]
        (self.path / "levering.json").write_text(json.dumps(entries, indent=1) + "\n", encoding="utf-8")
        return {file_name(*key): self._files[key].count for key in order}

    def _entry(self, bron: str, jaar: int | None) -> dict[str, str | int]:
        entry: dict[str, str | int] = {"bestand": file_name(bron, jaar), "bron": bron}
        if jaar is not None:
            entry["jaar"] = jaar
        return {**entry, "peildatum": self.delivered.isoformat()}


def file_name(bron: str, jaar: int | None) -> str:
    return f"{bron}_{jaar}.csv" if jaar is not None else f"{bron}.csv"
