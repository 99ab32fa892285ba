"""What the newest deliveries say of people who came out before: who left, and who has a regeling by now.

It follows wholly from the newest accepted deliveries, the handovers and the rounds. Their numbers are kept
beside what was told, so that it is due again as soon as one changes, also when a delivery is withdrawn.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from uuid import UUID

import psycopg
from django.conf import settings
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now

from eligibility.actions import box as boxes
from eligibility.actions.known_persons import pseudonyms
from eligibility.actions.loading import FAILURES, bring_in, sentence
from eligibility.blackbox.run import LOCK_BROWSER
from eligibility.intake.refusals import FileRefused
from eligibility.locks import LOCK_FACTS, holding
from eligibility.models import Delivery, DeliveryState, FactsTold
from eligibility.selection import POPULATION, YEARS_BACK
from outreach.audit import Event, record
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Handover, Regeling

PEOPLE = "bevolking"
#: A laptop lasts for five years. Source: the rules of the koppeling, section 5.
_LASTS: Mapping[str, int] = {"laptop": YEARS_BACK}
#: So often the same is tried; then a person has to look, or another delivery has to come.
MAX_ATTEMPTS = 3
_BATCH = 10_000
_logger = logging.getLogger(__name__)
_FAILURES = (*FAILURES, FileRefused)

#: Everyone who came out, by his pseudonym in a cycle.
Known = Callable[[int], Mapping[bytes, UUID]]


@dataclass(frozen=True, slots=True)
class Subject:
    """The population, or one regeling, with the newest deliveries about it (one per year).

    `reached` says up to which handover and approach people came out.
    """

    name: str
    deliveries: tuple[Delivery, ...]
    reached: str

    @property
    def inputs(self) -> str:
        """What the facts follow from, as it is kept."""
        return f"{self.reached}:{','.join(str(delivery.pk) for delivery in self.deliveries)}"


def tell_due() -> list[str]:
    """Tell the casework what is due; the subjects that were told. Leaves it while a koppeling is at work."""
    with holding(LOCK_FACTS, 1) as mine, holding(LOCK_BROWSER, 1) as box:
        if mine is None or box is None:
            return []
        known = cache(partial(pseudonyms, box))
        return [subject.name for subject in _due() if _attempt(box, known, subject)]


def stuck() -> list[FactsTold]:
    """What could not be told, although it was tried often enough."""
    return list(FactsTold.objects.filter(told_at=None, attempts__gte=MAX_ATTEMPTS))


def _due() -> list[Subject]:
    known = {row.subject: row for row in FactsTold.objects.all()}
    return [subject for subject in _subjects() if _is_due(known.get(subject.name), subject)]


def _is_due(told: FactsTold | None, subject: Subject) -> bool:
    if told is None or told.inputs != subject.inputs:
        return True
    return told.told_at is None and told.attempts < MAX_ATTEMPTS


def _subjects() -> Iterator[Subject]:
    """None as long as nobody came out.

    What a delivery said that is destroyed since stays said: it is only told anew once a newer one is there.
    """
    handover = Handover.objects.order_by("-pk").values_list("pk", flat=True).first()
    if handover is None:
        return
    accepted = Delivery.objects.accepted().select_related("bron")
    newest = accepted.filter(bron__in=POPULATION).order_by("-peildatum", "-pk").first()
    if newest is not None and not _outlived((newest,), POPULATION):
        yield Subject(PEOPLE, (newest,), str(handover))
    reached = f"{handover}.{_newest_approach()}"
    for code in Regeling.everything.order_by("code").values_list("code", flat=True):
        per_year = tuple(accepted.filter(bron=code).order_by("year", "-peildatum", "-pk").distinct("year"))
        if not _outlived(per_year, (code,)):
            yield Subject(code, per_year, reached)


def _outlived(left: tuple[Delivery, ...], bronnen: Collection[str]) -> bool:
    """Whether the newest of these bronnen was destroyed, and nothing newer came in since."""
    gone = Delivery.objects.filter(state=DeliveryState.DESTROYED, bron__in=bronnen).order_by("-peildatum")
    last = gone.values_list("peildatum", flat=True).first()
    return last is not None and not any(delivery.peildatum > last for delivery in left)


def _newest_approach() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT poort.laatste_benadering()")
        return cursor.fetchone()[0]


def _attempt(box: psycopg.Connection, known: Known, subject: Subject) -> bool:
    """Tell one subject and keep that it was told, in one transaction. The next sweep finds what failed."""
    row, _ = FactsTold.objects.get_or_create(subject=subject.name, defaults={"inputs": subject.inputs})
    rows = FactsTold.objects.filter(pk=row.pk)
    if row.inputs != subject.inputs:
        rows.update(inputs=subject.inputs, told_at=None, attempts=0, problem="")
    rows.update(attempts=F("attempts") + 1)
    try:
        for delivery in subject.deliveries:
            _bring_in(box, delivery)
        with acting_as(SYSTEM_ACTOR):
            _tell(box, known, subject)
            rows.update(told_at=Now(), attempts=0, problem="")
    except _FAILURES as failure:
        problem = sentence(failure)
        _logger.warning("feiten over %s: %s", subject.name, problem)
        rows.update(problem=problem[:500])
        return False
    return True


def _bring_in(box: psycopg.Connection, delivery: Delivery) -> None:
    """See to it that the rows are there: after a crash of the server they are not. Any cycle will do."""
    if delivery.cycle is None or not boxes.is_whole(box, delivery.box_number):
        bring_in(box, delivery, delivery.peildatum.year - 1, lambda _rows: None)


def _tell(box: psycopg.Connection, known: Known, subject: Subject) -> None:
    if subject.name == PEOPLE:
        (delivery,) = subject.deliveries
        changed: list[UUID] | list[int] = list(_tell_population(known, delivery))
        about, what = "persoon", "vertrokken"
    else:
        changed = _tell_regeling(box, known, subject)
        about, what = "benadering", "vervallen"
    if changed:
        record(Event.FACTS_TOLD, about, changed, details={"wat": what, "aantal": len(changed)})


def _tell_population(known: Known, delivery: Delivery) -> Iterator[UUID]:
    people = sorted(known(_cycle(delivery)).items(), key=lambda pair: pair[1])
    for start in range(0, len(people), _BATCH):
        batch = people[start : start + _BATCH]
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT poort.vertel_bevolking(%s, %s, %s, %s)",
                [
                    delivery.box_number,
                    settings.GEMEENTECODE,
                    [person for _, person in batch],
                    [pseudonym for pseudonym, _ in batch],
                ],
            )
            yield from (person for (person,) in cursor.fetchall())


def _tell_regeling(box: psycopg.Connection, known: Known, subject: Subject) -> list[int]:
    rows = [
        row for delivery in subject.deliveries for row in _rows_about(box, known(_cycle(delivery)), delivery)
    ]
    columns = [list(column) for column in zip(*rows, strict=True)] or [[], [], [], []]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT poort.vertel_heeft_al(%s, %s, %s::int[], %s::uuid[], %s::uuid[], %s::boolean[])",
            [subject.name, _LASTS.get(subject.name, 0), *columns],
        )
        return [approach for (approach,) in cursor.fetchall()]


def _rows_about(
    box: psycopg.Connection, known: Mapping[bytes, UUID], delivery: Delivery
) -> Iterable[tuple[int | None, UUID | None, UUID | None, bool]]:
    """The rows of a client file about people who came out: year, who, for which child, for a child at all."""
    with box.transaction(), box.cursor(name="klanten") as cursor:
        cursor.itersize = _BATCH
        cursor.execute(b"SELECT bsn, kind FROM blackbox.klant WHERE levering = %s", (delivery.box_number,))
        return [
            (
                delivery.year,
                known.get(bytes(bsn)),
                known.get(bytes(child)) if child else None,
                child is not None,
            )
            for bsn, child in cursor
            if bytes(bsn) in known or (child and bytes(child) in known)
        ]


def _cycle(delivery: Delivery) -> int:
    """The cycle under whose key it lies in the box."""
    if delivery.cycle is None:
        raise RuntimeError("a delivery is told of after it was loaded")
    return delivery.cycle
