"""The journal: what the vendor really did with each letter, in JSON files that survive a kill.

One file per part with a row per letter, one per delivery of scans, and one with counts. Each is put in place
in one step, so that a reader, or the vendor himself after a kill, never finds half of it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

#: How far a part is. Each step is written down before the next one begins.
FETCHED, CONFIRMED, PRINTED, POSTED, TOLD, BACK = (
    "ophalen",
    "bevestigd",
    "geprint",
    "gepost",
    "gemeld",
    "terug",
)


@dataclass(slots=True)
class Row:
    """One letter: where it stands in its part, what was meant for it and what was done with it.

    Moments are ISO 8601 in UTC, empty for what did not happen. `answer` says how the form was filled, empty
    when it never came back. `adults` are the grown-ups that the form names: when there are two, both sign;
    `uninvited` says that somebody signs beside the only one. `scans` are the ids of its pictures.
    """

    letter: str
    position: int
    first_page: int
    pages: int
    code: str = ""
    answer: str = ""
    adults: int = 0
    signed: bool = False
    uninvited: bool = False
    partner_signed: bool = False
    amounts: list[int] = field(default_factory=list)
    refused: str = ""
    spoiled: int = 0
    printed_at: str = ""
    posted_at: str = ""
    withdrawn_at: str = ""
    returned: str = ""
    scans: list[str] = field(default_factory=list)


@dataclass(slots=True)
class PartPage:
    """One part of a batch, and how far it is."""

    batch: str
    number: int
    ordinal: int
    sha256: str = ""
    etag: str = ""
    pages: int = 0
    step: str = FETCHED
    rows: list[Row] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"{self.batch}-{self.number}"


@dataclass(slots=True)
class Sheet:
    """One scan: what it truly is, and what the vendor says it is."""

    scan: str
    truth: str
    same_as: str = ""
    letter: str = ""
    code: str = ""
    told_code: str = ""
    sha256: str = ""
    turned: bool = False
    outcome: str = ""


@dataclass(slots=True)
class PilePage:
    """One delivery of scans."""

    delivery: str
    received_until: str
    closed: bool = False
    sheets: list[Sheet] = field(default_factory=list)


@dataclass(slots=True)
class Journal:
    """The folder of one vendor."""

    folder: Path

    def __post_init__(self) -> None:
        for name in ("delen", "aanleveringen", "documenten", "scans"):
            (self.folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)

    def part(self, batch: str, number: int) -> PartPage | None:
        """What is known of a part; None when it was never seen."""
        path = self.folder / "delen" / f"{batch}-{number}.json"
        return _part(path) if path.exists() else None

    def parts(self) -> Iterator[PartPage]:
        """All parts, the first seen first."""
        pages = [_part(path) for path in sorted((self.folder / "delen").glob("*.json"))]
        yield from sorted(pages, key=lambda page: page.ordinal)

    def keep_part(self, page: PartPage) -> None:
        """Write a part down."""
        _write(self.folder / "delen" / f"{page.name}.json", asdict(page))

    def piles(self) -> Iterator[PilePage]:
        """All deliveries of scans."""
        for path in sorted((self.folder / "aanleveringen").glob("*.json")):
            known = json.loads(path.read_text(encoding="utf-8"))
            yield PilePage(**{**known, "sheets": [Sheet(**sheet) for sheet in known["sheets"]]})

    def keep_pile(self, pile: PilePage) -> None:
        """Write a delivery down."""
        _write(self.folder / "aanleveringen" / f"{pile.delivery}.json", asdict(pile))

    def recalls(self) -> dict[str, str]:
        """The answers to recalls, by the id of the recall."""
        return self._loose("intrekkingen")

    def keep_recall(self, recall: str, result: str) -> None:
        """Write an answer down; it is given after that."""
        _write(self.folder / "intrekkingen.json", self.recalls() | {recall: result})

    def messages(self) -> dict[str, str]:
        """What became of each status message, by its id."""
        return self._loose("meldingen")

    def keep_messages(self, results: dict[str, str]) -> None:
        """Write down what became of messages."""
        _write(self.folder / "meldingen.json", self.messages() | results)

    def document(self, page: PartPage) -> Path:
        """Where the PDF of a part lies while it is needed."""
        return self.folder / "documenten" / f"{page.name}.pdf"

    def picture(self, scan: str) -> Path:
        """Where the picture of a sheet lies until it is handed over."""
        return self.folder / "scans" / f"{scan}.jpg"

    def _loose(self, name: str) -> dict[str, str]:
        path = self.folder / f"{name}.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def _part(path: Path) -> PartPage:
    known = json.loads(path.read_text(encoding="utf-8"))
    return PartPage(**{**known, "rows": [Row(**row) for row in known["rows"]]})


def _write(path: Path, content: Any) -> None:
    """Replace a file in one step; only its owner may read it."""
    fresh = path.with_suffix(".nieuw")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(content, file, indent=1, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
