"""From a stored file to rows in the box: the work of the koppel worker on one delivery.

The state in the database says what is due, so a task that is lost, doubled or killed does no harm: whoever
comes next drops what is half there and begins this delivery again.
"""

import logging
import time
from collections.abc import Collection, Mapping
from functools import partial
from typing import Any

import psycopg
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.timezone import localdate

from eligibility import files, transitions
from eligibility.actions import box as boxes
from eligibility.actions.keys import identity_of, keys_of_cycle
from eligibility.actions.settling import settle
from eligibility.blackbox.run import next_number
from eligibility.bronnen import LAYOUT_OPTOUT
from eligibility.intake.counts import LoadResult
from eligibility.intake.files import FileFacts, OnProgress, examine
from eligibility.intake.layouts import LAYOUTS
from eligibility.intake.load import Delivered, load
from eligibility.intake.refusals import FileRefused, LoadFailed, RowRefusal, Rule
from eligibility.locks import LOCK_DELIVERY, holding
from eligibility.models import (
    WORKING,
    Delivery,
    DeliveryState,
    PostcodeBuurt,
    RowProblem,
    RuleCount,
)
from eligibility.policies import agreed_columns
from eligibility.virus import ScannerFailed, check_clean
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.kernel.keys import KeyUnavailable
from outreach.transitions import Arrow, StateChanged

#: So often a delivery may take its worker down; then a person has to look.
MAX_ATTEMPTS = 3
#: How long a worker waits for the server to notice that a former worker is gone.
PATIENCE_MS = 4000

#: Per cent. With more rows refused, or so many more or fewer rows than the time before, a delivery is held.
MAX_REFUSED = 5
MAX_DIFFERENCE = 20

#: More refused rows than this are only counted per rule: nobody reads them, and a file of junk has millions.
MAX_ROW_PROBLEMS = 100_000

_PROGRESS_SECONDS = 1.0
_logger = logging.getLogger(__name__)

#: What may be better the next time. Anything else is a mistake of ours and ends in the log of the worker.
FAILURES = (LoadFailed, files.StoredFileBroken, KeyUnavailable, ScannerFailed, boxes.BoxBusy)


class Withdrawn(Exception):
    """The delivery was withdrawn while it was being read."""


def process(delivery_id: int) -> None:
    """Do what is due for a delivery: check and load it, and what its new state asks for.

    Does nothing when another worker has it, or when nothing is due.
    """
    with holding(LOCK_DELIVERY, delivery_id, patience_ms=PATIENCE_MS) as box:
        if box is None:
            return
        delivery = Delivery.objects.select_related("bron").get(pk=delivery_id)
        if delivery.state in WORKING:
            _attempt(box, delivery)
        if _can_settle(box, delivery):
            settle(box, delivery)


def _can_settle(box: psycopg.Connection, delivery: Delivery) -> bool:
    """Whether a list of opt-outs that was accepted is there to be read; loaded anew after a crash of the
    server."""
    reads = delivery.state == DeliveryState.LOADED and delivery.bron.layout == LAYOUT_OPTOUT
    if delivery.settled or not reads:
        return True
    cycle = delivery.peildatum.year - 1 if delivery.cycle is None else delivery.cycle
    try:
        bring_in(box, delivery, cycle, lambda _rows: None)
    except (FileRefused, *FAILURES) as failure:
        _logger.error("levering %s: %s", delivery.pk, sentence(failure))
        return False
    return True


def _attempt(box: psycopg.Connection, delivery: Delivery) -> None:
    if delivery.attempts >= MAX_ATTEMPTS:
        _hold(
            delivery, f"Het inladen stopte {MAX_ATTEMPTS} keer zonder reden te geven. {delivery.file_problem}"
        )
        return
    delivery.row_problems.all().delete()
    delivery.rule_counts.all().delete()
    Delivery.objects.filter(pk=delivery.pk).update(attempts=F("attempts") + 1, rows_read=0)
    delivery.refresh_from_db()
    try:
        _check_and_load(box, delivery)
    except FileRefused as refused:
        _refuse(delivery, refused)
    except (Withdrawn, StateChanged):
        delivery.refresh_from_db()
    except FAILURES as failure:
        _note(delivery, failure)


def _move(
    delivery: Delivery, arrow: Arrow, details: Mapping[str, object] | None = None, **changes: Any
) -> None:
    with acting_as(SYSTEM_ACTOR):
        transitions.apply(delivery, arrow, details=details, **changes)


def _refuse(delivery: Delivery, refused: FileRefused) -> None:
    problem = str(refused.in_file(delivery.file_name))
    _move(delivery, transitions.REFUSE, file_problem=problem, settled=False)


def _hold(delivery: Delivery, problem: str) -> None:
    try:
        _move(delivery, transitions.HOLD, file_problem=problem.strip())
    except IntegrityError:
        # The same content came in and was loaded meanwhile.
        _refuse(delivery, FileRefused(Rule.DELIVERED_BEFORE))


def _note(delivery: Delivery, failure: Exception) -> None:
    """Leave the delivery for the next sweep, or for a person when it was tried often enough."""
    problem = sentence(failure)
    _logger.warning("levering %s: %s", delivery.pk, problem)
    if delivery.attempts >= MAX_ATTEMPTS:
        _hold(delivery, f"Het inladen is {MAX_ATTEMPTS} keer mislukt. {problem}")
    else:
        Delivery.objects.working().filter(pk=delivery.pk).update(file_problem=problem)


def sentence(failure: Exception) -> str:
    """What to tell the user. The errors of the kernel are for programmers."""
    if isinstance(failure, KeyUnavailable):
        return "Een sleutel ontbreekt of is vernietigd. Zonder die sleutel is dit bestand niet te lezen."
    return str(failure)


def _check_and_load(box: psycopg.Connection, delivery: Delivery) -> None:
    columns = _columns(delivery)
    open_stream = _opener(delivery)
    check_clean(open_stream)
    facts = examine(
        LAYOUTS[delivery.bron.layout],
        open_stream,
        delimiter=delivery.bron.delimiter,
        on_progress=_Meter(delivery),
    )
    if facts.sha256 != delivery.sha256:
        raise FileRefused(Rule.FILE_CHANGED)
    if delivery.state == DeliveryState.RECEIVED:
        _pass_check(delivery, facts)
    cycle = delivery.peildatum.year - 1
    result = _load(box, delivery, facts, columns, cycle, _Meter(delivery), _ProblemLog(delivery))
    _judge(delivery, result)


def _columns(delivery: Delivery) -> frozenset[str]:
    return agreed_columns(delivery.bron, (localdate(delivery.received_at), delivery.peildatum))


def _opener(delivery: Delivery) -> files.OpenStream:
    return partial(files.open_clear, delivery.stored_as, identity_of(delivery.key_id))


def _pass_check(delivery: Delivery, facts: FileFacts) -> None:
    try:
        _move(
            delivery,
            transitions.CHECK,
            {"regels": facts.rows},
            rows_total=facts.rows,
            rows_read=0,
            file_problem="",
        )
    except IntegrityError:
        # The database holds that the same content counts once, also when two workers come by at once.
        raise FileRefused(Rule.DELIVERED_BEFORE) from None


def _load(
    box: psycopg.Connection,
    delivery: Delivery,
    facts: FileFacts,
    columns: Collection[str],
    cycle: int,
    on_progress: OnProgress,
    on_refusals: "_ProblemLog | None",
) -> LoadResult:
    """Load a file under the key of a cycle, in the place of what may be there of it."""
    layout = LAYOUTS[delivery.bron.layout]
    if delivery.box_number is None:
        delivery.box_number = next_number(box)
    # The number first: a partition that no row knows of would stay for ever. And no cycle while it is
    # being loaded, so that nobody takes the pseudonyms of one cycle for those of another.
    delivery.cycle = None
    delivery.save(update_fields=["box_number", "cycle"])
    boxes.make_delivery(box, delivery.box_number, layout.table)
    delivered = Delivered(
        levering=delivery.box_number,
        layout=layout,
        facts=facts,
        open_stream=_opener(delivery),
        allowed_columns=columns,
        neighbourhoods=dict(PostcodeBuurt.objects.values_list("postcode", "buurt_code")),
    )
    with box.transaction():
        result = load(box, delivered, keys_of_cycle(cycle), on_progress=on_progress, on_refusals=on_refusals)
        boxes.mark_whole(box, delivery.box_number, layout.table)
    delivery.cycle = cycle
    delivery.save(update_fields=["cycle"])
    return result


def bring_in(
    box: psycopg.Connection, delivery: Delivery, cycle: int, on_progress: OnProgress
) -> LoadResult | None:
    """See to it that an accepted delivery is in the box under the key of a cycle.

    It may have been loaded for another cycle, or the server may have crashed since. Gives None when it was
    there already. Raises FileRefused when an agreement has ended that covered it, and the FAILURES.
    """
    if delivery.cycle == cycle and boxes.is_whole(box, delivery.box_number):
        return None
    layout = LAYOUTS[delivery.bron.layout]
    columns = _columns(delivery)
    facts = examine(layout, _opener(delivery), delimiter=delivery.bron.delimiter)
    if facts.sha256 != delivery.sha256:
        raise FileRefused(Rule.FILE_CHANGED)
    return _load(box, delivery, facts, columns, cycle, on_progress, None)


class _Meter:
    """Writes once a second how far the reading is, and ends it when the delivery was withdrawn."""

    def __init__(self, delivery: Delivery) -> None:
        self._delivery_id = delivery.pk
        self._next = 0.0

    def __call__(self, rows: int) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + _PROGRESS_SECONDS
        if not Delivery.objects.working().filter(pk=self._delivery_id).update(rows_read=rows):
            raise Withdrawn


class _ProblemLog:
    """Stores refused rows while the load goes on, beside its transaction."""

    def __init__(self, delivery: Delivery) -> None:
        self._delivery = delivery
        self._room = MAX_ROW_PROBLEMS

    def __call__(self, refusals: list[RowRefusal]) -> None:
        kept = refusals[: self._room]
        self._room -= len(kept)
        RowProblem.objects.bulk_create(
            RowProblem(delivery=self._delivery, line=refusal.line, column=refusal.column, rule=refusal.rule)
            for refusal in kept
        )


def _judge(delivery: Delivery, result: LoadResult) -> None:
    """Count, and decide between loaded and held."""
    previous = _previous_rows(delivery)
    reasons = _reasons_to_hold(result, previous)
    counts = {
        "rows_read": result.rows_read,
        "rows_kept": result.rows_kept,
        "rows_refused": result.rows_refused,
        "zeros_restored": result.restored_zeros,
        "relations_emptied": result.emptied_partner + result.emptied_parent,
        "previous_rows": previous,
        "file_problem": " ".join(reasons),
    }
    with transaction.atomic():
        RuleCount.objects.bulk_create(
            RuleCount(delivery=delivery, rule=rule, rows=rows) for rule, rows in result.refused.items()
        )
        arrow = transitions.HOLD if reasons else transitions.LOAD
        details = {"ingeladen": result.rows_kept, "geweigerd": result.rows_refused}
        _move(delivery, arrow, details, **counts)


def _previous_rows(delivery: Delivery) -> int | None:
    """The rows of the newest accepted delivery before this one, of the same bron and year."""
    before = Delivery.objects.filter(
        state__in=(DeliveryState.LOADED, DeliveryState.DESTROYED),
        bron=delivery.bron,
        year=delivery.year,
        peildatum__lte=delivery.peildatum,
    ).exclude(pk=delivery.pk)
    return before.order_by("-peildatum", "-pk").values_list("rows_read", flat=True).first()


def _number(value: int) -> str:
    """With Dutch dots: `20.008`."""
    return f"{value:,}".replace(",", ".")


def _rows(number: int) -> str:
    return "1 regel" if number == 1 else f"{_number(number)} regels"


def _reasons_to_hold(result: LoadResult, previous: int | None) -> list[str]:
    reasons = []
    if result.rows_refused * 100 > MAX_REFUSED * result.rows_read:
        reasons.append(
            f"Van de {_rows(result.rows_read)} zijn er {_number(result.rows_refused)} geweigerd:"
            f" meer dan {MAX_REFUSED}%."
        )
    if previous and abs(result.rows_read - previous) * 100 > MAX_DIFFERENCE * previous:
        reasons.append(
            f"Het bestand heeft {_rows(result.rows_read)} en de vorige levering had er {_number(previous)}:"
            f" een verschil van meer dan {MAX_DIFFERENCE}%."
        )
    return reasons
