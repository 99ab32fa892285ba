"""A koppeling as the worker carries it out: from the deliveries that were fixed to the casework.

Everything that is done is written down beside its effect, so a run can be taken up again after any
`kill -9`: the steps of the box in its own ledger, the end of the run in the transaction of the handover.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection
from django.db.models import F, Q
from django.db.models.functions import Now

from eligibility import transitions
from eligibility.accounts import account_of
from eligibility.actions import box as boxes
from eligibility.actions import restricted_numbers, typed_numbers, unsealing
from eligibility.actions.known_persons import derive_for_run
from eligibility.actions.loading import FAILURES, MAX_ATTEMPTS, PATIENCE_MS, bring_in, process, sentence
from eligibility.blackbox.run import (
    LOCK_BROWSER,
    InputLost,
    Overtaken,
    RunConfig,
    StepDone,
    StepFailed,
    TakenDelivery,
    execute,
    next_number,
    register,
)
from eligibility.blackbox.steps import STEPS
from eligibility.bronnen import LAYOUT_OPTOUT
from eligibility.intake.counts import LoadResult
from eligibility.intake.files import OnProgress
from eligibility.intake.refusals import FileRefused
from eligibility.locks import LOCK_DELIVERY, LOCK_LISTS, LOCK_PACKS, LOCK_TYPED, holding
from eligibility.models import BronGround, Delivery, Run, RunState, RunStep
from eligibility.regelingen import Regeling
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Regeling as RegelingRow
from outreach.transitions import Arrow, StateChanged

#: Before the first and after the last step of the box, for the progress page.
STEP_DELIVERIES = 0
STEP_HANDOVER = len(STEPS) + 1

_PROGRESS_SECONDS = 1.0
_logger = logging.getLogger(__name__)

#: What may be better the next time, and what a person has to mend first.
#: So long a handover waits for what is settled just then, answers to residents among it.
_SETTLING_MS = 120_000
_FAILURES = (*FAILURES, StepFailed, InputLost, FileRefused)


class Cancelled(Exception):
    """Somebody cancelled the run while it was under way."""


def carry_out(run_id: int) -> None:
    """Do what is left of a run. Does nothing when it is over, or when another worker is at it."""
    with holding(LOCK_BROWSER, 1, patience_ms=PATIENCE_MS) as box:
        if box is None:
            return
        run = Run.objects.open().filter(pk=run_id).first()
        if run is not None:
            _attempt(box, run)
        drop_finished(box)


def drop_finished(box: psycopg.Connection) -> None:
    """Drop the rows about people of every run that is over, however it ended."""
    open_numbers = set(Run.objects.open().values_list("box_number", flat=True))
    for number in boxes.runs_with_tables(box):
        if number not in open_numbers:
            boxes.drop_run(box, number)


def _attempt(box: psycopg.Connection, run: Run) -> None:
    if run.attempts >= MAX_ATTEMPTS:
        _strand(run, f"De koppeling stopte {MAX_ATTEMPTS} keer op dezelfde plek. {run.problem}")
        return
    Run.objects.filter(pk=run.pk).update(attempts=F("attempts") + 1)
    run.attempts += 1
    try:
        if run.state == RunState.WAITING:
            _move(run, transitions.BEGIN)
        _carry_out(box, run)
    except (Cancelled, StateChanged, Overtaken):
        return
    except _FAILURES as failure:
        _note(run, failure)


def _move(run: Run, arrow: Arrow, **changes: Any) -> None:
    with acting_as(SYSTEM_ACTOR):
        transitions.apply(run, arrow, **changes)


def _strand(run: Run, problem: str) -> None:
    _move(run, transitions.STRAND, problem=problem.strip())


def _note(run: Run, failure: Exception) -> None:
    """Leave the run for the next sweep, or for a person when it was tried often enough or cannot work."""
    problem = sentence(failure)
    _logger.warning("koppeling %s: %s", run.pk, problem)
    if isinstance(failure, FileRefused) or run.attempts >= MAX_ATTEMPTS:
        _strand(run, problem)
    else:
        Run.objects.open().filter(pk=run.pk).update(problem=problem)


def _carry_out(box: psycopg.Connection, run: Run) -> None:
    deliveries = list(run.deliveries.select_related("bron").order_by("pk"))
    if run.box_number is None:
        # The number first, so that tables in the box always belong to a run that is known.
        run.box_number = next_number(box)
        run.save(update_fields=["box_number"])
    _plan_steps(run)
    _bring_in_all(box, run, deliveries)
    _register_once(box, run, deliveries)
    boxes.make_run(box, run.box_number)
    lists = [one for one in deliveries if one.bron.layout == LAYOUT_OPTOUT]
    if derive_for_run(box, run.box_number, _cycle(run), lists):
        _got_on(run)
    _mirror_ledger(box, run)
    execute(box, run.box_number, after_step=partial(_step_done, run))
    _hand_over(box, run, deliveries)
    waiting = Delivery.objects.unsettled().filter(Q(runs=run) | Q(pk__in=_lists_about(run)))
    for key in set(waiting.values_list("pk", flat=True)):
        process(key)


def _in_box(row: Run | Delivery) -> int:
    """The number of its tables. Raises RuntimeError when it has none yet: a mistake of ours."""
    if row.box_number is None:
        raise RuntimeError("not in the box yet")
    return row.box_number


def _cycle(run: Run) -> int:
    """The refertejaar, whose key makes the pseudonyms of this run."""
    return run.peildatum.year - 1


def _plan_steps(run: Run) -> None:
    """A row for every step, so that the page shows what is still to come."""
    names = {STEP_DELIVERIES: "leveringen", STEP_HANDOVER: "overdracht"}
    names |= {step.number: step.name for step in STEPS}
    RunStep.objects.bulk_create(
        (RunStep(run=run, number=number, name=name) for number, name in names.items()), ignore_conflicts=True
    )


def _bring_in_all(box: psycopg.Connection, run: Run, deliveries: list[Delivery]) -> None:
    """Load anew what is not in the box under the key of this run's cycle."""
    began = time.perf_counter()
    step = RunStep.objects.filter(run=run, number=STEP_DELIVERIES)
    total = 0
    for delivery in deliveries:
        result = _bring_in(box, delivery, _cycle(run), _Meter(run, total))
        if result:
            total += result.rows_read
            _got_on(run)
    if total or not step.filter(done=True).exists():
        step.update(rows=total, seconds=time.perf_counter() - began, done=True)


def _bring_in(
    box: psycopg.Connection, delivery: Delivery, cycle: int, on_progress: OnProgress
) -> LoadResult | None:
    """While nobody else has this delivery: a list of opt-outs is read under the cycle that it was loaded for.

    Raises BoxBusy.
    """
    with holding(LOCK_DELIVERY, delivery.pk, patience_ms=_SETTLING_MS) as mine:
        if mine is None:
            raise boxes.BoxBusy
        delivery.refresh_from_db(fields=["cycle", "box_number"])
        return bring_in(box, delivery, cycle, on_progress)


class _Meter:
    """Writes once a second how many rows were loaded anew, and ends it when the run was cancelled."""

    def __init__(self, run: Run, before: int) -> None:
        self._run = run
        self._before = before
        self._next = 0.0

    def __call__(self, rows: int) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + _PROGRESS_SECONDS
        RunStep.objects.filter(run=self._run, number=STEP_DELIVERIES).update(rows=self._before + rows)
        _check_wanted(self._run)


def _check_wanted(run: Run) -> None:
    if not Run.objects.open().filter(pk=run.pk).exists():
        raise Cancelled


def _register_once(box: psycopg.Connection, run: Run, deliveries: list[Delivery]) -> None:
    """Tell the box what this run takes and by which rules; a run that is taken up again keeps that."""
    query = b"SELECT 1 FROM blackbox.run_instelling WHERE run = %s"
    if box.execute(query, (run.box_number,)).fetchone():
        return
    config = _config(run, deliveries)
    # Before the box has them: who takes this up after a crash in between writes the same rules to both.
    Run.objects.filter(pk=run.pk).update(grounds=_applied(config))
    register(box, _in_box(run), "browser", config)
    _got_on(run)


def _config(run: Run, deliveries: list[Delivery]) -> RunConfig:
    grounds: dict[str, dict[int, str]] = {}
    for bron, offset, klasse in BronGround.objects.values_list("bron_id", "year_offset", "klasse"):
        grounds.setdefault(bron, {})[offset] = klasse
    return RunConfig(
        reference_date=run.peildatum,
        gemeentecode=settings.GEMEENTECODE,
        deliveries=tuple(
            TakenDelivery(delivery.bron_id, delivery.year or 0, _in_box(delivery)) for delivery in deliveries
        ),
        grounds=grounds,
        regelingen=tuple(
            Regeling(row.code, row.name, row.per_child, row.ambtshalve, row.closed)
            for row in RegelingRow.objects.order_by("code")
        ),
    )


def _applied(config: RunConfig) -> list[tuple[str, int, str]]:
    """What being in a file says of income, of the files that this run takes: bron, year, class."""
    taken = {one.bron for one in config.deliveries}
    return sorted(
        (bron, offset, klasse)
        for bron, years in config.grounds.items()
        for offset, klasse in years.items()
        if bron in taken
    )


def _mirror_ledger(box: psycopg.Connection, run: Run) -> None:
    """Bring the page in line with the ledger: a worker may have died between a step and its mirror."""
    inner = RunStep.objects.filter(run=run, number__range=(1, len(STEPS)))
    known = inner.filter(done=True).count()
    done = box.execute(
        b"SELECT nummer, rijen, seconden FROM blackbox.run_stap WHERE run = %s", (run.box_number,)
    ).fetchall()
    inner.update(rows=None, seconds=None, done=False)
    for number, rows, seconds in done:
        inner.filter(number=number).update(rows=rows, seconds=seconds, done=True)
    if len(done) > known:
        _got_on(run)


def _got_on(run: Run) -> None:
    """A run that gets on is not stuck, so its attempts are counted anew. Raises Cancelled."""
    if not Run.objects.open().filter(pk=run.pk).update(attempts=1, problem=""):
        raise Cancelled


def _step_done(run: Run, step: StepDone) -> None:
    """After each commit of the box."""
    RunStep.objects.filter(run=run, number=step.number).update(
        rows=step.rows, seconds=step.seconds, done=True
    )
    _got_on(run)


@contextmanager
def nobody_settles() -> Iterator[None]:
    """Keep the settling of typed BSNs and of lists out until the handover is over. Raises BoxBusy.

    Who came out is known to nobody before its end: a wish that is settled meanwhile would be kept for a
    number that nobody has yet, after the handover looked for such wishes. Taken before any row is locked,
    since PostgreSQL sees no deadlock between two connections of one process.
    """
    of = (LOCK_TYPED, LOCK_PACKS, LOCK_LISTS)
    with ExitStack() as held:
        if any(held.enter_context(holding(one, 1, patience_ms=_SETTLING_MS)) is None for one in of):
            raise boxes.BoxBusy
        yield


def _hand_over(box: psycopg.Connection, run: Run, deliveries: list[Delivery]) -> None:
    """The people into the casework and the run to its end, in one transaction: once, or not at all."""
    began = time.perf_counter()
    with nobody_settles(), acting_as(SYSTEM_ACTOR):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL client_connection_check_interval = '500ms'")
            cursor.execute("SET LOCAL work_mem = '160MB'")
            cursor.execute("SELECT poort.overdracht(%s, %s, %s)", [run.box_number, run.pk, run.peildatum])
            households = cursor.fetchone()[0]
            # Nobody is out for a moment without what he said before.
            typed_numbers.apply_stored(cursor)
            restricted_numbers.link_who_came_out(cursor)
            cursor.execute("SELECT poort.spiegel_kinderen()")
        unsealing.seal_run(box, run)
        RunStep.objects.filter(run=run, number=STEP_HANDOVER).update(
            rows=households, seconds=time.perf_counter() - began, done=True
        )
        transitions.apply(
            run,
            transitions.FINISH,
            details={"huishoudens": households},
            account=account_of(box, _in_box(run), deliveries) | {"overgedragen": households},
            finished_at=Now(),
            problem="",
        )
        # Who came out just now may stand in an opt-out list for a regeling that was not his, and in a list
        # that is newer than the day that this run looks at.
        Delivery.objects.filter(pk__in=_lists_about(run)).update(settled=False)


def _lists_about(run: Run) -> list[int]:
    """The opt-out lists that this run took, and the newest one there is."""
    lists = Delivery.objects.accepted().filter(bron__layout=LAYOUT_OPTOUT)
    newest = lists.order_by("-peildatum", "-pk").values_list("pk", flat=True)[:1]
    return [*lists.filter(runs=run).values_list("pk", flat=True), *newest]
