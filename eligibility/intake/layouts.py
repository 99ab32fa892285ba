"""The layouts a delivered file can have, and where in one file each column stands."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from eligibility import bronnen
from eligibility.intake.refusals import FileRefused, Rule
from eligibility.regelingen import REGELING_CODES

BSN = "bsn"

#: Element 05.H says what the next row of the marriage category is (see gba_v.py).
GBA_V_MARRIAGE_MARKER = "05.H"


@dataclass(frozen=True, slots=True)
class Layout:
    """What a file of this kind holds.

    `columns` is the order in which the rest of the intake sees the values, whatever the order in the
    file; `optional` columns may be absent. `codes` gives the values a column may have. Without an
    `essential` column in the agreement the rows mean nothing. `table` is the parent in the box.
    """

    name: str
    table: str
    columns: tuple[str, ...]
    essential: tuple[str, ...] = (BSN,)
    optional: frozenset[str] = frozenset()
    codes: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def holds_persons(self) -> bool:
        """Whether a row (or list of rows) is an inhabitant, who may stand in the file only once."""
        return self.table == "inwoner"


def _codes(letters: str, *, empty: bool) -> frozenset[str]:
    return frozenset(letters.split()) | ({""} if empty else frozenset())


PERSON_CODES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "naamgebruik": _codes("E P V N", empty=True),
        "geslacht": _codes("M V O", empty=True),
        "opschorting": _codes("E F M O R W", empty=True),
        "geheim": _codes("0 1 2 3 4 5 6 7", empty=True),
        "functie_adres": _codes("W B", empty=True),
    }
)

_PUPIL_CODES = {
    "onderwijs": _codes("PO SO VO MBO", empty=False),
    "leerjaar": _codes("1 2 3 4 5 6 7 8", empty=True),
}

LAYOUTS: Mapping[str, Layout] = MappingProxyType(
    {
        layout.name: layout
        for layout in (
            Layout(bronnen.LAYOUT_BRP, "inwoner", bronnen.BRP_COLUMNS, codes=PERSON_CODES),
            Layout(
                bronnen.LAYOUT_GBA_V,
                "inwoner",
                bronnen.GBA_V_COLUMNS,
                essential=("01.01.20",),
                codes=PERSON_CODES,
            ),
            Layout(
                bronnen.LAYOUT_LEERLINGEN,
                "leerling",
                (BSN, "onderwijs", "leerjaar"),
                essential=(BSN, "onderwijs"),
                codes=MappingProxyType(_PUPIL_CODES),
            ),
            Layout(bronnen.LAYOUT_ONTVANGERS, "klant", (BSN,)),
            Layout(bronnen.LAYOUT_VOORZIENING, "klant", (BSN, "bsn_kind"), optional=frozenset({"bsn_kind"})),
            Layout(
                bronnen.LAYOUT_IB_TOETS,
                "antwoord",
                (BSN, "antwoord"),
                essential=(BSN, "antwoord"),
                codes=MappingProxyType({"antwoord": _codes("ja nee onbekend", empty=False)}),
            ),
            Layout(
                bronnen.LAYOUT_OPTOUT,
                "afmelding",
                (BSN, "regeling"),
                codes=MappingProxyType({"regeling": frozenset(REGELING_CODES) | {""}}),
            ),
        )
    }
)

_NAMES = frozenset(name for layout in LAYOUTS.values() for name in layout.columns)
_DELIMITERS = frozenset(",;\t|:")


@dataclass(frozen=True, slots=True)
class Heading:
    """Where the known columns of one file stand (counted from 0), and how many fields a row has."""

    places: Mapping[str, int]
    width: int

    def order(self, columns: Sequence[str], allowed: Collection[str]) -> tuple[int, ...]:
        """The places of `columns` in a row to which one empty field was added.

        A column that is absent, or not in the agreement (`allowed`), points to that empty field: its
        values are never looked at.
        """
        return tuple(self.places.get(name, self.width) if name in allowed else self.width for name in columns)


def read_heading(layout: Layout, header: tuple[int, list[str]], delimiter: str) -> Heading:
    """Find the columns of `layout` in the first record of a file; their order is free.

    Raises FileRefused for a column that is missing, foreign or there twice, and for another delimiter.
    """
    line, fields = header
    names = [name.strip() for name in fields]
    if len(names) == 1 and _DELIMITERS.difference(delimiter).intersection(names[0]):
        raise FileRefused(Rule.DELIMITER, line)
    if layout.name == bronnen.LAYOUT_GBA_V:
        return _gba_v_heading(layout, names, line)
    known = layout.columns
    counts = Counter(names)
    _require(known, counts, layout.optional, line)
    for number, name in enumerate(names, start=1):
        if name not in known:
            raise FileRefused(Rule.COLUMN_UNKNOWN, line, _safe_name(name, number))
    return Heading(
        MappingProxyType({name: names.index(name) for name in known if name in counts}), len(names)
    )


def _gba_v_heading(layout: Layout, names: list[str], line: int) -> Heading:
    """Only the elements that are kept are looked at: the real header has one twice and one without a name.

    The first column holds the id of a persoonslijst, under whatever name; an element there means
    that the column with the ids was left off.
    """
    wanted = (*layout.columns, GBA_V_MARRIAGE_MARKER)
    _require(wanted, Counter(names), frozenset(), line)
    if names[0][:2].isdigit() and names[0][2:3] == ".":
        raise FileRefused(Rule.COLUMN_MISSING, line, "persoonslijst")
    return Heading(MappingProxyType({name: names.index(name) for name in wanted}), len(names))


def _require(wanted: Sequence[str], counts: Counter[str], optional: frozenset[str], line: int) -> None:
    for name in wanted:
        if counts[name] > 1:
            raise FileRefused(Rule.COLUMN_TWICE, line, name)
        if not counts[name] and name not in optional:
            raise FileRefused(Rule.COLUMN_MISSING, line, name)


def _safe_name(name: str, number: int) -> str:
    """A name that is ours, or else the number: a file without a header has a person in its first line."""
    return name if name in _NAMES else str(number)


def check_agreed(layout: Layout, allowed: Collection[str]) -> None:
    """Raise FileRefused when the agreement lacks a column without which the rows mean nothing."""
    for name in layout.essential:
        if name not in allowed:
            raise FileRefused(Rule.NOT_AGREED, column=name)
