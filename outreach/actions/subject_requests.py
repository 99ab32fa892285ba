"""Requests of residents about their own data, from the day they come in to the answer.

The privacy officer alone does this. What is said of a resident here he reads through doors in the database,
and each time that he does is in the audit.
"""

import datetime
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction

from outreach import transitions
from outreach.audit import Event, record
from outreach.kernel import clock
from outreach.models import SubjectRequest, User
from outreach.models.subject_request import (
    LONGER,
    OPEN_REQUESTS,
    TERM,
    RequestChannel,
    RequestKind,
    RequestState,
    months_after,
)
from outreach.permissions import Permission, check
from outreach.policies import NotNow

_SUBJECT = "verzoek van een inwoner"


@dataclass(frozen=True, slots=True)
class Resident:
    """Somebody who came out of a koppeling, as far as it takes to see that it is he."""

    person: UUID
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What came in. `recipient` and `pack_key` are the two halves of the key of its file, if there will be
    one: the worker encrypts with the first, the second lies encrypted itself."""

    kind: RequestKind
    channel: RequestChannel
    received_on: datetime.date
    reference: str = ""
    about: str = ""
    recipient: str = ""
    pack_key: bytes | None = None


def search(*, name: str, born: datetime.date, by: User) -> list[Resident]:
    """Who bears this name and was born on this day, twenty at most. The search is audited."""
    check(by, Permission.SUBJECT_REQUEST_HANDLE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM poort.zoek_inwoner(%s, %s)", [name, f"{born:%Y%m%d}"])
        return [
            Resident(person, _name(given, prefix, family), ", ".join(filter(None, (address, city))))
            for person, given, prefix, family, address, city in cursor.fetchall()
        ]


def who_asked(request: SubjectRequest) -> str:
    """The name and birth date of who asked; empty for who is not in the casework. Looking is audited."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM poort.wie_vroeg(%s)", [request.pk])
        row = cursor.fetchone()
    if row is None:
        return ""
    *names, born = row
    return f"{_name(*names)}, geboren {born[6:]}-{born[4:6]}-{born[:4]}"


def _name(*parts: str) -> str:
    return " ".join(filter(None, parts))


@transaction.atomic
def register(*, asked: Asked, person: UUID | None, by: User) -> SubjectRequest:
    """Write a request down. Without a person, his number is kept for the worker by who calls this.

    From here on nobody approaches who asked for restriction or objected. Raises PermissionDenied, and NotNow
    for a day that is still to come.
    """
    check(by, Permission.SUBJECT_REQUEST_HANDLE)
    if asked.received_on > clock.today():
        raise NotNow("Kies een dag die geweest is.")
    made = SubjectRequest.objects.create(
        kind=asked.kind,
        person=person,
        channel=asked.channel,
        received_on=asked.received_on,
        due_on=months_after(asked.received_on, TERM),
        reference=asked.reference,
        about=asked.about,
        recipient=asked.recipient,
        pack_key=asked.pack_key,
        registered_by=by,
    )
    details = {"soort": made.kind, "kanaal": made.channel}
    record(Event.SUBJECT_REQUEST_REGISTERED, _SUBJECT, [made.pk], details=details)
    return made


def check_identity(*, request: SubjectRequest, how: str, by: User) -> None:
    """Say how we know that it is he. Before this no file is made. Raises StateChanged."""
    transitions.apply(request, transitions.REQUEST_CHECK, by=by, details={"hoe": how}, identity=how)


@transaction.atomic
def extend(*, request: SubjectRequest, reason: str, by: User) -> None:
    """Take two months more, and say why: who asked is told within the first month. Raises NotNow."""
    check(by, Permission.SUBJECT_REQUEST_HANDLE)
    today = clock.today()
    if request.extended_because or request.state not in OPEN_REQUESTS:
        raise NotNow("De termijn van dit verzoek kan niet (nog een keer) langer.")
    if today > months_after(request.received_on, TERM):
        raise NotNow("Verlengen kan alleen in de eerste maand.")
    due = months_after(request.received_on, LONGER)
    SubjectRequest.objects.filter(pk=request.pk).update(
        due_on=due, extended_because=reason, extended_on=today
    )
    record(Event.SUBJECT_REQUEST_EXTENDED, _SUBJECT, [request.pk], details={"tot": due.isoformat()})


@transaction.atomic
def tell(*, request: SubjectRequest, whom: str, by: User) -> None:
    """Write down that who keeps the data was told what is wrong with it. Raises NotNow."""
    check(by, Permission.SUBJECT_REQUEST_HANDLE)
    if request.kind != RequestKind.CORRECTION or request.state not in OPEN_REQUESTS or request.told_on:
        raise NotNow("Bij dit verzoek valt niets (meer) door te geven.")
    SubjectRequest.objects.filter(pk=request.pk).update(told_to=whom, told_on=clock.today())
    record(Event.SUBJECT_REQUEST_TOLD, _SUBJECT, [request.pk])


def answer(*, request: SubjectRequest, by: User) -> None:
    """The resident has his answer. Raises StateChanged, and NotNow for an error that nobody was told of."""
    if request.kind == RequestKind.CORRECTION and request.told_on is None:
        raise NotNow("Geef de fout eerst door aan wie het gegeven bijhoudt.")
    transitions.apply(request, transitions.REQUEST_ANSWER, by=by, answered_by=by, answered_at=clock.now())


def refuse(*, request: SubjectRequest, reason: str, by: User) -> None:
    """The resident does not get what he asked, and hears why. Raises StateChanged."""
    transitions.apply(
        request,
        transitions.REQUEST_REFUSE,
        by=by,
        refusal=reason,
        answered_by=by,
        answered_at=clock.now(),
    )


@transaction.atomic
def lift(*, request: SubjectRequest, by: User) -> None:
    """He may be approached again: the restriction is over, or the objection was answered. Raises NotNow."""
    check(by, Permission.SUBJECT_REQUEST_HANDLE)
    if not request.restricts():
        raise NotNow("Er valt hier niets op te heffen.")
    standing = SubjectRequest.objects.filter(pk=request.pk, lifted_at__isnull=True)
    if standing.exclude(state=RequestState.REFUSED).update(lifted_at=clock.now(), lifted_by=by) != 1:
        raise NotNow("Er valt hier niets op te heffen.")
    record(Event.RESTRICTION_LIFTED, _SUBJECT, [request.pk])
