"""How long things are kept, what may not go, and the lists of what goes: who says so, and in which order.

What is destroyed, and how, is for the room that owns it (eligibility, letters); it asks here what is due.
"""

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import IntegrityError, connection, models, transaction

from outreach import transitions
from outreach.actions import notifications
from outreach.audit import Event, record
from outreach.kernel import clock
from outreach.models import (
    DestructionItem,
    DestructionList,
    LegalHold,
    RetentionRule,
    User,
)
from outreach.models.destruction import DestructionState
from outreach.permissions import Permission, check
from outreach.policies import NotNow

_BULK = 500
#: Why a hold is refused, by what the database calls it (`poort.verbod_kan_niet`).
NO_HOLD = {
    "verbod_te_laat": "De vernietiging hiervan is al begonnen. Dat is niet meer terug te draaien.",
    "verbod_op_niets": "Bij deze soort is er niets (meer) met dit nummer. Kijk het nummer na.",
}


@dataclass(frozen=True, slots=True)
class Due:
    """One thing of which the term is over. `what` is what people read: never a name, an address or a BSN."""

    subject: str
    since: datetime.date
    what: str


@contextmanager
def _said(sentences: Mapping[str, str]) -> Iterator[None]:
    """What the database refuses, in a sentence. Raises NotNow."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as refused:
        name = refused.__cause__.diag.constraint_name if refused.__cause__ else ""  # type: ignore[attr-defined]
        if name not in sentences:
            raise
        raise NotNow(sentences[name]) from None


@transaction.atomic
def set_rule(*, kind: str, term: int, unit: str, ground: str, by: User) -> RetentionRule:
    """Propose how long a kind is kept. It holds once the privacy officer agrees. Raises PermissionDenied."""
    check(by, Permission.RETENTION_SET)
    rule = RetentionRule.objects.create(kind=kind, term=term, unit=unit, ground=ground, made_by=by)
    record(
        Event.RETENTION_SET, "bewaartermijn", [rule.pk], details={"soort": kind, "termijn": rule.term_text()}
    )
    return rule


@transaction.atomic
def agree(*, rule: RetentionRule, by: User) -> None:
    """Let a rule hold. Raises PermissionDenied, and NotNow for its maker or when it holds already."""
    check(by, Permission.DESTRUCTION_APPROVE)
    if rule.made_by_id == by.pk:
        raise NotNow("Je hebt deze termijn zelf gemaakt. Een ander geeft akkoord.")
    changed = RetentionRule.objects.filter(pk=rule.pk, agreed_at=None).update(
        agreed_by=by, agreed_at=clock.now()
    )
    if not changed:
        raise NotNow("Op deze termijn is al akkoord gegeven.")
    record(Event.RETENTION_AGREED, "bewaartermijn", [rule.pk])


def no_hold_on(kind: str, subject: str) -> str:
    """Why a hold on this would hold nothing, in a sentence; empty when it would hold something."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT poort.verbod_kan_niet(%s, %s)", [kind, subject])
        found = cursor.fetchone()[0]
    return NO_HOLD[found] if found else ""


def stopped_by(hold: LegalHold) -> models.QuerySet[DestructionItem]:
    """What stands on a list, is not destroyed, and now stays because of this hold."""
    items = DestructionItem.objects.filter(
        kind=hold.kind, state__in=(DestructionState.OPEN, DestructionState.HELD)
    )
    return items.filter(subject=hold.subject) if hold.subject else items


@transaction.atomic
def place_hold(*, kind: str, subject: str, reason: str, by: User) -> LegalHold:
    """Forbid that something is destroyed.

    Raises PermissionDenied, and NotNow when there is nothing with that number or its destruction has begun.
    """
    check(by, Permission.DESTRUCTION_APPROVE)
    with _said(NO_HOLD):
        hold = LegalHold.objects.create(kind=kind, subject=subject, reason=reason, placed_by=by)
    record(Event.HOLD_PLACED, "vernietigingsverbod", [hold.pk], details={"soort": kind, "nummer": subject})
    return hold


@transaction.atomic
def lift_hold(*, hold: LegalHold, by: User) -> None:
    """Let it go again; it then waits for a list of its own. Raises PermissionDenied, NotNow."""
    check(by, Permission.DESTRUCTION_APPROVE)
    if not LegalHold.objects.in_force().filter(pk=hold.pk).update(lifted_by=by, lifted_at=clock.now()):
        raise NotNow("Dit verbod is al opgeheven.")
    record(Event.HOLD_LIFTED, "vernietigingsverbod", [hold.pk])


def current_rule(kind: str) -> RetentionRule:
    """The rule that holds for a kind. Raises NotNow when nobody agreed to one."""
    rule = RetentionRule.objects.current(kind)
    if rule is None:
        raise NotNow("Voor deze soort is nog geen bewaartermijn afgesproken.")
    return rule


@transaction.atomic
def draft(*, rule: RetentionRule, cutoff: datetime.date, found: Iterable[Due], by: User) -> DestructionList:
    """A list of what was found, without what is held or stands on another list.

    Raises PermissionDenied, and NotNow when nothing is left.
    """
    check(by, Permission.DESTRUCTION_ASK)
    due = _not_listed(rule.kind, found)
    if not due:
        raise NotNow(
            "Er is niets waarvan de termijn voorbij is, of alles staat al op een lijst of blijft bewaard."
        )
    made = DestructionList.objects.create(rule=rule, kind=rule.kind, cutoff=cutoff, asked_by=by)
    items = (
        DestructionItem(listed_on=made, kind=rule.kind, subject=one.subject, since=one.since, what=one.what)
        for one in due
    )
    DestructionItem.objects.bulk_create(items, batch_size=_BULK)
    details = {"soort": rule.kind, "aantal": len(due), "tot en met": cutoff.isoformat()}
    record(Event.DESTRUCTION_ASKED, "vernietigingslijst", [made.pk], details=details)
    notifications.list_waits(made, by)
    return made


def _not_listed(kind: str, found: Iterable[Due]) -> list[Due]:
    """What of this may stand on a new list: nothing that is held, or that another list names already."""
    held = set(LegalHold.objects.in_force().filter(kind=kind).values_list("subject", flat=True))
    if "" in held:
        return []
    listed = DestructionItem.objects.filter(kind=kind, state=DestructionState.OPEN)
    taken = held | set(listed.values_list("subject", flat=True))
    return [one for one in found if one.subject not in taken]


def left_to_list(rule: RetentionRule, source: Callable[[datetime.date], Iterable[Due]]) -> bool:
    """Whether something past the term of this rule stands on no list. `source`: what is older than a day."""
    return bool(_not_listed(rule.kind, source(rule.cutoff(clock.today()))))


def check_can_approve(of: DestructionList, by: User) -> None:
    """Another than who asked approves (CHECK destruction_second_person). Raises NotNow."""
    if of.asked_by_id == by.pk:
        raise NotNow("Je hebt deze lijst zelf gevraagd. Een ander keurt haar goed.")


@transaction.atomic
def approve(*, of: DestructionList, by: User) -> None:
    """Let a list be carried out after the cooling-off. Raises PermissionDenied, NotNow, StateChanged."""
    check(by, Permission.DESTRUCTION_APPROVE)
    check_can_approve(of, by)
    now = clock.now()
    with _said({"lijst_is_leeg": "Op deze lijst staat niets."}):
        # The database puts its own times in the place of these.
        transitions.apply(
            of,
            transitions.LIST_APPROVE,
            by=by,
            approved_by=by,
            approved_at=now,
            execute_from=now + datetime.timedelta(days=7),
        )


@transaction.atomic
def withdraw(*, of: DestructionList, by: User) -> None:
    """Take a list back. Raises PermissionDenied, StateChanged, and NotNow once something of it is gone."""
    with _said({"lijst_begonnen": "De vernietiging is al begonnen. Dat is niet meer terug te draaien."}):
        transitions.apply(of, transitions.LIST_WITHDRAW, by=by, withdrawn_by=by)
    open_items = DestructionItem.objects.filter(listed_on=of, state=DestructionState.OPEN)
    open_items.update(state=DestructionState.DROPPED)


# --- for the worker that destroys; inside `acting_as(SYSTEM_ACTOR)` ---


def due_items(*kinds: str) -> list[DestructionItem]:
    """What may be destroyed now and is not."""
    items = DestructionItem.objects.filter(
        state=DestructionState.OPEN, listed_on__in=DestructionList.objects.due(*kinds)
    )
    return list(items.select_related("listed_on__rule"))


@transaction.atomic
def begin(item: DestructionItem, facts: Mapping[str, object]) -> bool:
    """Say that the first byte is about to go. False when a hold forbids it: then nothing may go."""
    if item.begun_at is not None:
        return True
    if LegalHold.objects.covers(item.kind, item.subject):
        return _end(item, state=DestructionState.HELD)
    try:
        with transaction.atomic():
            _end(item, begun_at=clock.now(), facts=dict(facts), problem="")
    except IntegrityError as refused:
        if refused.__cause__.diag.constraint_name != "verbod_gaat_voor":  # type: ignore[union-attr]
            raise
        return _end(item, state=DestructionState.HELD)
    return True


def note(item: DestructionItem, problem: str) -> None:
    """Why it is not gone yet; the next sweep tries again."""
    _end(item, problem=problem)


def was_gone(item: DestructionItem) -> None:
    """There was nothing left to destroy."""
    _end(item, state=DestructionState.GONE)


def needed_again(item: DestructionItem) -> None:
    """It is in use again since it was listed, and stays."""
    _end(item, state=DestructionState.NEEDED)


def learned(item: DestructionItem, facts: Mapping[str, object]) -> None:
    """Keep what is known only while it goes; in the transaction in which it goes."""
    _end(item, facts={**item.facts, **facts})


def destroyed(item: DestructionItem, facts: Mapping[str, object]) -> None:
    """Say that nothing is left; only after it was searched for."""
    item.facts = {**item.facts, **facts}
    _end(item, state=DestructionState.DESTROYED, destroyed_at=clock.now(), facts=item.facts, problem="")


def _end(item: DestructionItem, **changes: object) -> bool:
    """Write it when nobody wrote another end; gives False, for who asked whether it may go on."""
    if not DestructionItem.objects.filter(pk=item.pk, state=DestructionState.OPEN).update(**changes):
        raise transitions.StateChanged
    for name, value in changes.items():
        setattr(item, name, value)
    return False


def close_finished(*kinds: str) -> list[int]:
    """Say of the lists on which nothing is open any more that they were carried out; which ones."""
    closed = []
    for one in DestructionList.objects.due(*kinds):
        items = one.items.all()
        if any(item.state == DestructionState.OPEN for item in items):
            continue
        gone = sum(item.state == DestructionState.DESTROYED for item in items)
        transitions.apply(
            one,
            transitions.LIST_EXECUTE,
            details={"vernietigd": gone, "niet": len(items) - gone},
            executed_at=clock.now(),
        )
        closed.append(one.pk)
    return closed
