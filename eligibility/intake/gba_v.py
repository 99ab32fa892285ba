"""Persoonslijsten in the GBA-V layout (section 1.2 of the koppeling) as rows of the flat `brp` layout.

A list is a row with an id in its first column and the rows below it without one. Its first row is
current for every category. All categories but the marriages (05) have one current row, so the first;
of the marriages each row says in 05.H what the next one is.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from eligibility.bronnen import BRP_COLUMNS
from eligibility.intake.layouts import GBA_V_MARRIAGE_MARKER, Heading
from eligibility.intake.refusals import RowRefusal, Rule
from eligibility.intake.rows import SourceRow
from eligibility.intake.streams import Record

#: Which element fills a column of the flat layout; the buurt alone comes from elsewhere.
ELEMENT_OF: Mapping[str, str] = {
    "bsn": "01.01.20",
    "voornamen": "01.02.10",
    "voorvoegsel": "01.02.30",
    "geslachtsnaam": "01.02.40",
    "naamgebruik": "01.61.10",
    "voorvoegsel_partner": "05.02.30",
    "geslachtsnaam_partner": "05.02.40",
    "geslacht": "01.04.10",
    "geboortedatum": "01.03.10",
    "overlijdensdatum": "06.08.10",
    "opschorting": "07.67.20",
    "geheim": "07.70.10",
    "bsn_partner": "05.01.20",
    "bsn_ouder1": "02.01.20",
    "bsn_ouder2": "03.01.20",
    "gemeentecode": "08.09.10",
    "functie_adres": "08.10.10",
    "adres_id": "08.11.80",
    "straat": "08.11.10",
    "huisnummer": "08.11.20",
    "huisletter": "08.11.30",
    "toevoeging": "08.11.40",
    "postcode": "08.11.60",
    "woonplaats": "08.11.70",
}

_MARRIAGE = "05.06.10"
_DISSOLUTION = "05.07.10"
_OTHER_IS_CURRENT = frozenset({"04", "05", "09", "12"})
_HISTORY = frozenset(str(number) for number in range(51, 65))
_PARTNER = ("bsn_partner", "voorvoegsel_partner", "geslachtsnaam_partner")
_POSTCODE = BRP_COLUMNS.index("postcode")
_NEIGHBOURHOOD = BRP_COLUMNS.index("buurtcode")


@dataclass(slots=True)
class _List:
    """The list being read: where it starts, its first row, its partner row, what the next marriage row is."""

    line: int
    first: list[str]
    partner: list[str] | None
    marker: str
    broken_at: int | None = None


@dataclass(frozen=True, slots=True)
class Persoonslijsten:
    """How to read the lists of one file, with the elements that the agreement allows."""

    heading: Heading
    allowed: Collection[str]
    neighbourhoods: Mapping[str, str]

    def rows(self, records: Iterable[Record]) -> Iterator[SourceRow]:
        """One row per list in the order of `BRP_COLUMNS`, or its refusal.

        A row with another number of fields than the header spoils its list. A row that continues a
        list when there is none above it is refused by itself.
        """
        current: _List | None = None
        for line, fields in records:
            broken = len(fields) != self.heading.width
            fields.append("")
            if fields[0].strip():
                if current:
                    yield self._row(current)
                current = self._start(line, fields, broken=broken)
            elif current is None:
                yield line, RowRefusal(line, "", Rule.NO_LIST_ABOVE)
            elif broken:
                current.broken_at = current.broken_at or line
            else:
                self._continue(current, fields)
        if current:
            yield self._row(current)

    def _start(self, line: int, fields: list[str], *, broken: bool) -> _List:
        if broken:
            return _List(line, fields, None, "", broken_at=line)
        started = _List(line, fields, None, "")
        self._look_at_marriage(started, fields)
        return started

    def _continue(self, current: _List, fields: list[str]) -> None:
        """Take in a marriage row: current, history, or (below an empty or unknown marker) not counted."""
        if current.marker in _OTHER_IS_CURRENT:
            self._look_at_marriage(current, fields)
        elif current.marker in _HISTORY:
            current.marker = self._value(fields, GBA_V_MARRIAGE_MARKER)

    def _look_at_marriage(self, current: _List, fields: list[str]) -> None:
        """The partner stands on the first current row with a marriage that was not dissolved."""
        current.marker = self._value(fields, GBA_V_MARRIAGE_MARKER)
        married = self._agreed(fields, _MARRIAGE) and not self._agreed(fields, _DISSOLUTION)
        if married and current.partner is None:
            current.partner = fields

    def _row(self, ended: _List) -> SourceRow:
        if ended.broken_at:
            return ended.line, RowRefusal(ended.broken_at, "", Rule.FIELD_COUNT)
        if not self._agreed(ended.first, ELEMENT_OF["bsn"]):
            return ended.line, RowRefusal(ended.line, ELEMENT_OF["bsn"], Rule.BSN_MISSING)
        values = [self._column(ended, name) for name in BRP_COLUMNS]
        values[_NEIGHBOURHOOD] = self.neighbourhoods.get(values[_POSTCODE], "")
        return ended.line, tuple(values)

    def _column(self, ended: _List, name: str) -> str:
        row = ended.partner if name in _PARTNER else ended.first
        return self._agreed(row, ELEMENT_OF[name]) if row and name in ELEMENT_OF else ""

    def _agreed(self, fields: list[str], element: str) -> str:
        return self._value(fields, element) if element in self.allowed else ""

    def _value(self, fields: list[str], element: str) -> str:
        return fields[self.heading.places[element]].strip()
