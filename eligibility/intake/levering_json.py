"""`levering.json`: which files a folder of deliveries holds, of which bron, over which year."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from eligibility.intake.refusals import FileRefused, Rule

MANIFEST = "levering.json"
_MAX_BYTES = 1024 * 1024
_FIRST_YEAR, _LAST_YEAR = 2000, 2100


@dataclass(frozen=True, slots=True)
class ManifestEntry:
    """One delivery: its file (inside the folder), bron, reference date and, for client files, its year."""

    path: Path
    bron: str
    peildatum: date
    jaar: int | None

    @property
    def name(self) -> str:
        """The name of the file, for messages and reports."""
        return self.path.name


def read_manifest(folder: Path, sources: Mapping[str, bool]) -> list[ManifestEntry]:
    """Read `levering.json` of a folder. `sources` says of each known bron whether it is about a year.

    A year given for a bron without one is dropped. Raises FileRefused with the number of the item
    (from 1) and the name of what is wrong in it.
    """
    items = _parse(folder / MANIFEST)
    if not isinstance(items, list) or not items:
        raise FileRefused(Rule.MANIFEST_SHAPE, file=MANIFEST)
    return [_Item(number, item, folder).entry(sources) for number, item in enumerate(items, start=1)]


def _parse(path: Path) -> object:
    if not path.is_file():
        raise FileRefused(Rule.MANIFEST_MISSING, file=MANIFEST)
    with path.open("rb") as file:
        content = file.read(_MAX_BYTES + 1)
    try:
        parsed = json.loads(content.decode("utf-8-sig")) if len(content) <= _MAX_BYTES else None
    except (ValueError, RecursionError):
        parsed = None
        content = b""
    if not content or parsed is None:
        # Raised here: the parser's own error quotes the text.
        raise FileRefused(Rule.MANIFEST_BROKEN, file=MANIFEST)
    return parsed


class _Item:
    """One item of the list while it is checked."""

    def __init__(self, number: int, item: object, folder: Path) -> None:
        self._number = number
        if not isinstance(item, dict):
            raise self._refused(Rule.MANIFEST_SHAPE)
        self._item = item
        self._folder = folder

    def entry(self, sources: Mapping[str, bool]) -> ManifestEntry:
        bron = self._text("bron")
        if bron not in sources:
            raise self._refused(Rule.SOURCE_UNKNOWN, "bron")
        return ManifestEntry(self._file(), bron, self._peildatum(), self._year(per_year=sources[bron]))

    def _refused(self, rule: Rule, key: str | None = None) -> FileRefused:
        return FileRefused(rule, column=key, file=MANIFEST, entry=self._number)

    def _text(self, key: str) -> str:
        value = self._item.get(key)
        if value is None or value == "":
            raise self._refused(Rule.KEY_MISSING, key)
        if not isinstance(value, str):
            raise self._refused(Rule.KEY_TYPE, key)
        return value

    def _file(self) -> Path:
        """The file, which must lie in the folder after all links are followed."""
        path = self._folder / self._text("bestand")
        try:
            inside = path.resolve().is_relative_to(self._folder.resolve())
            found = path.is_file()
        except (OSError, RuntimeError, ValueError):
            # A name that no file can have, or links that go round in a circle.
            inside, found = True, False
        if not inside:
            raise self._refused(Rule.OUTSIDE_FOLDER, "bestand")
        if not found:
            raise self._refused(Rule.FILE_MISSING, "bestand")
        return path

    def _peildatum(self) -> date:
        text = self._text("peildatum")
        try:
            day = date.fromisoformat(text)
        except ValueError:
            day = None
        if day is None or day.isoformat() != text:
            raise self._refused(Rule.REFERENCE_DATE, "peildatum")
        return day

    def _year(self, *, per_year: bool) -> int | None:
        year = self._item.get("jaar")
        if year is None:
            if per_year:
                raise self._refused(Rule.YEAR_MISSING, "jaar")
            return None
        # A bool is an int to Python.
        if not isinstance(year, int) or isinstance(year, bool):
            raise self._refused(Rule.KEY_TYPE, "jaar")
        if not _FIRST_YEAR <= year <= _LAST_YEAR:
            raise self._refused(Rule.YEAR_IMPOSSIBLE, "jaar")
        return year if per_year else None
