"""A folder of deliveries: what is in it, what counts on a peildatum, and the loading of that."""

import datetime as dt
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

import psycopg

from eligibility.actions.box import mark_whole
from eligibility.blackbox.run import TakenDelivery
from eligibility.blackbox.workspace import add_delivery
from eligibility.bronnen import BRON_BY_CODE, BRONNEN, PURPOSE, Agreement, Bron
from eligibility.intake.counts import LoadResult
from eligibility.intake.files import FileFacts, examine
from eligibility.intake.layouts import LAYOUTS, Layout, check_agreed
from eligibility.intake.levering_json import MANIFEST, ManifestEntry, read_manifest
from eligibility.intake.load import Delivered, Keys, load
from eligibility.intake.refusals import FileRefused, Rule
from eligibility.intake.streams import OpenStream
from eligibility.virus import check_clean

#: Per cent. With more rows refused a delivery is held until somebody accepts it with a reason.
MAX_REFUSED = 5

AFTER_REFERENCE_DATE = "na_de_peildatum"
NEWER_DELIVERY = "nieuwere_levering"
OTHER_POPULATION = "nieuwere_bevolking"

_NO_POPULATION = "Er is geen levering van de bevolking (brp of gba_v) met een peildatum tot en met {}."


class FolderRefused(Exception):
    """One or more files are refused, or the folder as a whole; ``messages`` are Dutch."""

    def __init__(self, messages: Sequence[str]) -> None:
        super().__init__(*messages)
        self.messages = tuple(messages)


@dataclass(frozen=True, slots=True)
class Examined:
    """A delivery that may be loaded: its place in the folder and what the first reading found."""

    entry: ManifestEntry
    bron: Bron
    columns: frozenset[str]
    facts: FileFacts

    @property
    def layout(self) -> Layout:
        return LAYOUTS[self.bron.layout]

    @property
    def year(self) -> int:
        """The year that it is about; 0 for a bron without one."""
        return self.entry.jaar or 0


@dataclass(frozen=True, slots=True)
class Choice:
    """What counts on a peildatum, and what does not with the reason why; both in the order of the folder."""

    taken: tuple[Examined, ...]
    left: tuple[tuple[Examined, str], ...]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A delivery in the box, under its number there."""

    examined: Examined
    levering: int
    result: LoadResult
    seconds: float

    @property
    def held(self) -> bool:
        """Whether somebody has to accept it first: more than 5% of its rows are refused."""
        return self.result.rows_refused * 100 > MAX_REFUSED * self.result.rows_read

    @property
    def taken(self) -> TakenDelivery:
        return TakenDelivery(self.examined.bron.code, self.examined.year, self.levering)


def examine_folder(folder: Path, agreements: Iterable[Agreement]) -> list[Examined]:
    """Read every file of a folder once, also one that will not count, and store nothing.

    Raises FolderRefused with a message for each file that is refused.
    """
    agreed = tuple(agreements)
    try:
        entries = read_manifest(folder, {bron.code: bron.per_year for bron in BRONNEN})
    except FileRefused as refused:
        raise FolderRefused([str(refused)]) from None
    examined: list[Examined] = []
    messages = []
    for entry in entries:
        try:
            one = _examine(entry, agreed)
            _check_new(one, examined)
            examined.append(one)
        except FileRefused as refused:
            messages.append(str(refused.in_file(entry.name)))
    if messages:
        raise FolderRefused(messages)
    return examined


def _examine(entry: ManifestEntry, agreements: Iterable[Agreement]) -> Examined:
    bron = BRON_BY_CODE[entry.bron]
    layout = LAYOUTS[bron.layout]
    columns = agreed_columns(bron.code, entry.peildatum, agreements)
    check_agreed(layout, columns)
    open_stream = _opener(entry)
    check_clean(open_stream)
    facts = examine(layout, open_stream, delimiter=bron.delimiter, encodings=bron.encodings)
    return Examined(entry, bron, columns, facts)


def _opener(entry: ManifestEntry) -> OpenStream:
    return partial(_open, entry.path)


def _open(path: Path) -> BinaryIO:
    return path.open("rb")


def agreed_columns(code: str, day: dt.date, agreements: Iterable[Agreement]) -> frozenset[str]:
    """The columns that may be kept of a delivery with this peildatum.

    Of two agreements in force the later one holds. Raises FileRefused: none in force, or none with our
    purpose.
    """
    in_force = [agreement for agreement in agreements if agreement.bron == code and agreement.in_force(day)]
    if not in_force:
        raise FileRefused(Rule.NO_AGREEMENT)
    suited = [agreement for agreement in in_force if PURPOSE in agreement.purposes]
    if not suited:
        raise FileRefused(Rule.NO_PURPOSE)
    return frozenset(max(suited, key=lambda agreement: agreement.valid_from).columns)


def _check_new(one: Examined, before: Iterable[Examined]) -> None:
    for other in before:
        if (other.bron, other.year, other.facts.sha256) == (one.bron, one.year, one.facts.sha256):
            raise FileRefused(Rule.DELIVERED_BEFORE)


def choose(examined: Sequence[Examined], reference_date: dt.date) -> Choice:
    """Per bron and year the newest delivery up to the peildatum, and of the layouts that hold the population
    the newest. Of two with one peildatum the one that stands last in the folder counts.

    Raises FolderRefused when there is no population: an empty outcome would look like an answer.
    """
    newest: dict[tuple[str, int], int] = {}
    for place, one in enumerate(examined):
        if one.entry.peildatum <= reference_date:
            newest[_key(one)] = max(newest.get(_key(one), place), place, key=_age_in(examined))
    counting = set(newest.values())
    populations = [place for place in counting if examined[place].bron.holds_population]
    if not populations:
        raise FolderRefused([f"{MANIFEST}: {_NO_POPULATION.format(reference_date.isoformat())}"])
    others = set(populations) - {max(populations, key=_age_in(examined))}
    taken = tuple(one for place, one in enumerate(examined) if place in counting - others)
    left = tuple(
        (one, _why_left(one, reference_date, other_population=place in others))
        for place, one in enumerate(examined)
        if place not in counting - others
    )
    return Choice(taken, left)


def _key(one: Examined) -> tuple[str, int]:
    return one.bron.code, one.year


def _age_in(examined: Sequence[Examined]) -> Callable[[int], tuple[dt.date, int]]:
    return lambda place: (examined[place].entry.peildatum, place)


def _why_left(one: Examined, reference_date: dt.date, *, other_population: bool) -> str:
    if one.entry.peildatum > reference_date:
        return AFTER_REFERENCE_DATE
    return OTHER_POPULATION if other_population else NEWER_DELIVERY


def load_chosen(
    connection: psycopg.Connection,
    run: int,
    chosen: Sequence[Examined],
    keys: Keys,
    neighbourhoods: Mapping[str, str],
) -> Iterator[Loaded]:
    """Load the deliveries one by one into the workspace of a run.

    Raises FolderRefused when a file changed since it was examined, and LoadFailed.
    """
    for one in chosen:
        began = time.perf_counter()
        levering = add_delivery(connection, run, one.layout.table)
        delivered = Delivered(
            levering, one.layout, one.facts, _opener(one.entry), one.columns, neighbourhoods
        )
        try:
            with connection.transaction():
                result = load(connection, delivered, keys)
                mark_whole(connection, levering, one.layout.table)
        except FileRefused as refused:
            raise FolderRefused([str(refused.in_file(one.entry.name))]) from None
        yield Loaded(one, levering, result, time.perf_counter() - began)
