"""Which deliveries a koppeling takes, which it misses, and when the next ones are due."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from eligibility.bronnen import BRON_BY_CODE
from eligibility.models import Bron, BronGround, Delivery

#: A laptop lasts for five years, so five years of lists matter; older ones never do. Source: koppeling, 5.
YEARS_BACK = 4

#: What the target groups ask beside the grounds: years counted from that of the peildatum.
FOR_TARGET_GROUPS = {"bijstand": (-1, -2, -3), "laptop": (0, -1, -2, -3, -4)}

POPULATION = tuple(code for code, bron in BRON_BY_CODE.items() if bron.holds_population)


@dataclass(frozen=True, slots=True)
class Gap:
    """A bron (and year) of which there is no accepted delivery up to the peildatum."""

    bron: Bron
    year: int | None


@dataclass(frozen=True, slots=True)
class Choice:
    """What a koppeling on a peildatum takes and misses. Without a population it cannot start."""

    peildatum: datetime.date
    taken: tuple[Delivery, ...]
    missing: tuple[Gap, ...]

    @property
    def has_population(self) -> bool:
        return any(delivery.bron_id in POPULATION for delivery in self.taken)


def choose(peildatum: datetime.date) -> Choice:
    """The newest accepted delivery per bron and year, with a peildatum up to this one.

    Of the layouts that hold the population one is taken: the newest. Years that no rule looks at are left.
    """
    newest = _newest(peildatum)
    population = [delivery for delivery in newest if delivery.bron_id in POPULATION]
    latest = max(population, key=lambda delivery: (delivery.peildatum, delivery.pk), default=None)
    taken = [
        delivery
        for delivery in newest
        if delivery == latest or (delivery.bron_id not in POPULATION and _matters(delivery, peildatum.year))
    ]
    return Choice(peildatum, tuple(taken), tuple(_gaps(taken, peildatum.year)))


def _newest(peildatum: datetime.date) -> list[Delivery]:
    candidates = Delivery.objects.accepted().filter(peildatum__lte=peildatum).select_related("bron")
    ordered = candidates.order_by("bron_id", "year", "-peildatum", "-pk")
    return list(ordered.distinct("bron_id", "year"))


def _matters(delivery: Delivery, year: int) -> bool:
    return delivery.year is None or year - YEARS_BACK <= delivery.year <= year


def _gaps(taken: Iterable[Delivery], year: int) -> Iterable[Gap]:
    have = {(delivery.bron_id, delivery.year) for delivery in taken}
    bronnen = {bron.code: bron for bron in Bron.objects.all()}
    if not any(code in POPULATION for code, _ in have) and POPULATION[0] in bronnen:
        yield Gap(bronnen[POPULATION[0]], None)
    wanted = _wanted_years()
    for code, bron in bronnen.items():
        if code in POPULATION:
            continue
        years = [year + offset for offset in sorted(wanted.get(code, ()))] if bron.per_year else [None]
        for wanted_year in years:
            if (code, wanted_year) not in have:
                yield Gap(bron, wanted_year)


def _wanted_years() -> dict[str, set[int]]:
    wanted = {code: set(offsets) for code, offsets in FOR_TARGET_GROUPS.items()}
    for code, offset in BronGround.objects.values_list("bron_id", "year_offset"):
        wanted.setdefault(code, set()).add(offset)
    return wanted


@dataclass(frozen=True, slots=True)
class Due:
    """Of a bron that delivers on a fixed day: the last such day, the next one, and whether it is late."""

    bron: Bron
    last_day: datetime.date | None
    next_day: datetime.date | None
    latest: Delivery | None
    late: bool


def due_dates(today: datetime.date) -> list[Due]:
    """All bronnen with their latest delivery that was not refused or withdrawn, the late ones first."""
    bronnen = list(Bron.objects.all())
    kept = Delivery.objects.exclude(state__in=("geweigerd", "ingetrokken"))
    latest = {
        delivery.bron_id: delivery
        for delivery in kept.order_by("bron_id", "-received_at").distinct("bron_id")
    }
    rows = [_due(bron, latest.get(bron.code), today) for bron in bronnen]
    return sorted(rows, key=lambda due: (not due.late, due.next_day or datetime.date.max, due.bron.name))


def _due(bron: Bron, latest: Delivery | None, today: datetime.date) -> Due:
    if bron.expected_on_day is None:
        return Due(bron, None, None, latest, late=False)
    last_day, next_day = expected_around(bron.expected_on_day, bron.expected_every_months, today)
    late = latest is None or latest.received_at.date() < last_day
    return Due(bron, last_day, next_day, latest, late=late)


def expected_around(day: int, every_months: int, today: datetime.date) -> tuple[datetime.date, datetime.date]:
    """The last expected day up to today and the first one after it. Each year begins in January."""
    years = range(today.year - 1, today.year + 2)
    days = [datetime.date(year, month, day) for year in years for month in range(1, 13, every_months)]
    return max(one for one in days if one <= today), min(one for one in days if one > today)
