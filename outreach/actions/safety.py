"""What to look out for at a door: written by one, approved by another, and shown until a day."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.db import models, transaction

from outreach import transitions
from outreach.actions import notifications
from outreach.audit import Event, record
from outreach.kernel import clock
from outreach.models import Household, HouseholdMember, Person, SafetyInstruction, User
from outreach.models.safety import LONGEST_DAYS, SafetyCategory, SafetyInstructionQuerySet, SafetyState
from outreach.permissions import Permission, check, may
from outreach.policies import NotNow


@dataclass(frozen=True, slots=True)
class Warned:
    """What somebody writes: what to look out for, of whom (nobody: of the address), and until which day."""

    category: SafetyCategory
    ends_on: datetime.date
    text: str = ""
    person: Person | None = None


@transaction.atomic
def propose(
    *, household: Household, warned: Warned, by: User, submission: UUID | None = None
) -> SafetyInstruction:
    """Write an instruction once per submission, which holds once another approves it. The same that still
    waits is given back.

    Raises PermissionDenied, and NotNow for a day in the past or more than a year ahead.
    """
    check(by, Permission.SAFETY_PROPOSE)
    today = clock.today()
    if not today <= warned.ends_on <= today + datetime.timedelta(days=LONGEST_DAYS):
        raise NotNow("Kies een dag vanaf vandaag, hooguit een jaar vooruit.")
    if warned.person is not None and warned.person.pk not in {
        member.person_id for member in household.members.all()
    }:
        raise NotNow("Deze persoon hoort niet bij dit huishouden.")
    said = {
        "household": household,
        "person": warned.person,
        "made_by": by,
        "category": warned.category,
        "ends_on": warned.ends_on,
        "text": warned.text,
    }
    waits = SafetyInstruction.objects.filter(state=SafetyState.PROPOSED, **said).first()
    if waits is not None:
        return waits
    made, created = SafetyInstruction.objects.get_or_create(
        submission=submission or uuid4(), defaults={"starts_on": today, **said}
    )
    if created:
        details = {"instructie": made.pk, "soort": warned.category.value}
        record(Event.SAFETY_PROPOSED, "huishouden", [household.pk], details=details)
        notifications.safety_waits(made)
    return made


@transaction.atomic
def prolong(
    *, instruction: SafetyInstruction, household: Household, ends_on: datetime.date, by: User
) -> SafetyInstruction:
    """Write the same once more until a later day, which takes its place once another approves it.

    `household` is where it is looked at: somebody may have moved since. Raises PermissionDenied, StateChanged
    when it holds no more, and NotNow for a day that is not later or when a colleague did so already.
    """
    check(by, Permission.SAFETY_PROPOSE)
    # Of two who extend it at once the second waits here, and then finds what the first wrote.
    holds = SafetyInstruction.objects.select_for_update(of=("self",), no_key=True)
    found = holds.filter(pk=instruction.pk, state=SafetyState.APPROVED).first()
    if found is None:
        raise transitions.StateChanged
    if ends_on <= found.ends_on:
        raise NotNow("Kies een dag die later is dan de laatste dag van nu.")
    waits = _alike(found).waiting(clock.today())
    if waits.exclude(made_by=by, ends_on=ends_on).exists():
        raise NotNow("Deze instructie is al verlengd. Dat wacht nog op goedkeuring.")
    warned = Warned(SafetyCategory(found.category), ends_on, found.text, found.person)
    return propose(household=household, warned=warned, by=by)


@transaction.atomic
def approve(*, instruction: SafetyInstruction, by: User) -> None:
    """Let it hold. The same that held until an earlier day ends by that: it was extended.

    Raises PermissionDenied, NotNow for its own writer, and StateChanged.
    """
    _decide(instruction, transitions.SAFETY_APPROVE, by)
    shorter = _alike(instruction).in_force(clock.today()).filter(ends_on__lte=instruction.ends_on)
    for one in shorter.select_for_update(of=("self",), no_key=True).order_by("pk"):
        _end(one, transitions.SAFETY_END, by)


def takes_the_place_of(instruction: SafetyInstruction) -> SafetyInstruction | None:
    """The instruction that ends when this one, which still waits, is approved; None when it is a new one."""
    if instruction.state != SafetyState.PROPOSED:
        return None
    return _alike(instruction).in_force(clock.today()).filter(ends_on__lte=instruction.ends_on).first()


def refuse(*, instruction: SafetyInstruction, by: User) -> None:
    """Let it not hold. Raises as `approve`."""
    _decide(instruction, transitions.SAFETY_REFUSE, by)


def _decide(instruction: SafetyInstruction, arrow: transitions.Arrow, by: User) -> None:
    check(by, Permission.SAFETY_APPROVE)
    if instruction.made_by_id == by.pk:
        raise NotNow("Je schreef deze instructie zelf. Vraag een collega om ernaar te kijken.")
    details = {"huishouden": str(instruction.household_id)}
    transitions.apply(instruction, arrow, by=by, details=details, decided_by=by, decided_at=clock.now())


def may_end(instruction: SafetyInstruction, by: User) -> bool:
    """Whether the user may let it end: who approves, and its writer as long as nobody approved it."""
    if instruction.state == SafetyState.PROPOSED:
        return instruction.made_by_id == by.pk
    return instruction.state == SafetyState.APPROVED and may(by, Permission.SAFETY_APPROVE)


def end(*, instruction: SafetyInstruction, by: User) -> None:
    """Let it end before its day. Raises PermissionDenied, NotNow where it is not his to end, StateChanged."""
    check(by, Permission.SAFETY_PROPOSE)
    if not may_end(instruction, by):
        raise NotNow("Deze instructie kun jij niet beëindigen.")
    proposed = instruction.state == SafetyState.PROPOSED
    _end(instruction, transitions.SAFETY_TAKE_BACK if proposed else transitions.SAFETY_END, by)


def _end(instruction: SafetyInstruction, arrow: transitions.Arrow, by: User) -> None:
    details = {"huishouden": str(instruction.household_id)}
    transitions.apply(instruction, arrow, by=by, details=details, ended_by=by, ended_at=clock.now())


def _alike(one: SafetyInstruction) -> SafetyInstructionQuerySet:
    """Others with the same words about the same person, or about the same address."""
    here = models.Q(person=one.person_id)
    if one.person_id is None:
        place = Household.objects.filter(**_place(one.household)).values("pk")
        here = models.Q(person__isnull=True, household__in=place)
    return SafetyInstruction.objects.filter(here, category=one.category, text=one.text).exclude(pk=one.pk)


def about(household: Household) -> models.QuerySet[SafetyInstruction]:
    """Instructions about somebody who lives here, or about this address, of whichever koppeling."""
    persons = HouseholdMember.objects.filter(household=household).values("person")
    # No join: of somebody who came from elsewhere the former household may not be seen.
    here = Household.objects.filter(**_place(household)).values("pk")
    of_place = models.Q(person__isnull=True, household__in=here)
    found = SafetyInstruction.objects.filter(models.Q(person__in=persons) | of_place)
    return found.select_related("person", "made_by")


def in_force_at(households: Iterable[Household]) -> Mapping[UUID, list[SafetyInstruction]]:
    """What to look out for now at which of these households. Three queries for any number of them."""
    places = {one.pk: tuple(_place(one).values()) for one in households}
    in_force = SafetyInstruction.objects.in_force(clock.today()).order_by("pk")
    live = list(in_force.prefetch_related("household"))
    persons = {one.person_id for one in live if one.person_id}
    members = HouseholdMember.objects.filter(household__in=list(places), person__in=persons)
    lives_at: dict[UUID, set[UUID]] = {key: set() for key in places}
    for household, person in members.values_list("household_id", "person_id") if persons else ():
        lives_at[household].add(person)
    return {
        key: found
        for key, place in places.items()
        if (found := [one for one in live if _is_about(one, place, lives_at[key])])
    }


def _is_about(one: SafetyInstruction, place: tuple[object, ...], persons: set[UUID]) -> bool:
    if one.person_id:
        return one.person_id in persons
    return one.household is not None and tuple(_place(one.household).values()) == place


def _place(household: Household) -> dict[str, object]:
    """What makes an address the same one in another koppeling."""
    names = ("postcode", "house_number", "house_letter", "house_suffix")
    return {name: getattr(household, name) for name in names}
