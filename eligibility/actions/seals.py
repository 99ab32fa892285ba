"""Asking why somebody came out of a koppeling: the privacy officer asks, the adviser agrees, both read.

The worker opens the seal (unsealing.py). It hands over one answer, encrypted for the one request.
"""

import base64
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

import pyrage
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from eligibility import transitions
from eligibility.models import UnsealAnswer, UnsealRequest
from outreach.actions import notifications
from outreach.audit import Event, record
from outreach.kernel import clock
from outreach.models import User
from outreach.models.notification import NotificationKind
from outreach.permissions import Permission, check, may
from outreach.policies import NotNow

SUBJECT = "verzoek tot ontzegelen"


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody of a household of one koppeling, without his name. `sealed`: whether a reason lies sealed."""

    person: UUID
    run: int
    peildatum: object
    born: str
    adult: bool
    sealed: bool


def people_of(household: UUID) -> list[Listed]:
    """Of whom in a household a reason can be asked. For the privacy officer; looking is in the audit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM poort.mensen_van(%s)", [household])
        return [Listed(*row) for row in cursor.fetchall()]


@transaction.atomic
def ask(*, person: UUID, run: int, reason: str, by: User) -> UnsealRequest:
    """Ask to open why this person came out of this koppeling. Raises PermissionDenied, NotNow.

    It opens once the juridisch adviseur agrees.
    """
    check(by, Permission.UNSEAL_ASK)
    identity = pyrage.x25519.Identity.generate()
    request = UnsealRequest(
        person=person,
        run_id=run,
        reason=reason,
        asked_by=by,
        recipient=str(identity.to_public()),
        identity=_box().encrypt(str(identity).encode()).decode("ascii"),
    )
    with _said(
        {
            "geen_zegel": "Over deze persoon ligt hier niets verzegeld, of het is al vernietigd.",
            "unseal_once": "Over deze persoon en deze koppeling loopt al een verzoek.",
            "unseal_has_reason": "Schrijf op waarom dit nodig is.",
        }
    ):
        request.save(force_insert=True)
    record(Event.UNSEAL_ASKED, SUBJECT, [request.pk], details={"koppeling": run})
    advisers = notifications.working_with(Permission.UNSEAL_ALLOW) - {by.pk}
    notifications.tell(NotificationKind.UNSEAL_WAITS, [request.pk], advisers)
    return request


@transaction.atomic
def consent(*, request: UnsealRequest, by: User) -> None:
    """Let the worker open it. Raises PermissionDenied, StateChanged, and NotNow for who asked it himself."""
    _check_other(request, by)
    transitions.apply(request, transitions.UNSEAL_ALLOW, by=by, adviser=by, decided_at=clock.now())


@transaction.atomic
def refuse(*, request: UnsealRequest, by: User) -> None:
    """Keep it sealed. Raises PermissionDenied, StateChanged, and NotNow for who asked it himself."""
    _check_other(request, by)
    transitions.apply(request, transitions.UNSEAL_REFUSE, by=by, adviser=by, decided_at=clock.now())


@transaction.atomic
def withdraw(*, request: UnsealRequest, by: User) -> None:
    """Take back what is not opened yet. Raises PermissionDenied, StateChanged."""
    transitions.apply(request, transitions.UNSEAL_WITHDRAW, by=by)


@transaction.atomic
def read(*, request: UnsealRequest, by: User) -> list[str]:
    """The answer in plain Dutch, for the two who opened it. Reading is in the audit, about the person.

    Raises PermissionDenied, and NotNow when it cannot be read (any more).
    """
    if not may_see(by):
        raise PermissionDenied
    if by.pk not in (request.asked_by_id, request.adviser_id):
        raise NotNow("Alleen wie dit vroeg en wie akkoord gaf, lezen het antwoord.")
    if not request.is_readable(clock.today()):
        raise NotNow("Het antwoord is er nog niet, of de tijd om het te lezen is voorbij.")
    answer = UnsealAnswer.objects.filter(request=request).first()
    if answer is None:
        raise NotNow("Het antwoord is er niet meer: de database viel uit. Trek in en vraag het opnieuw.")
    record(Event.UNSEAL_SEEN, "persoon", [request.person], details={"verzoek": request.pk})
    identity = pyrage.x25519.Identity.from_str(_box().decrypt(request.identity.encode("ascii")).decode())
    return pyrage.decrypt(bytes(answer.sealed), [identity]).decode().split("\n")


def may_see(user: object) -> bool:
    """Whether this user may see requests at all: who asks, and who agrees."""
    return may(user, Permission.UNSEAL_ASK) or may(user, Permission.UNSEAL_ALLOW)  # type: ignore[arg-type]


def _check_other(request: UnsealRequest, by: User) -> None:
    """Another than who asked agrees (CHECK unseal_second_person)."""
    if request.asked_by_id == by.pk:
        raise NotNow("Je hebt dit zelf gevraagd. Een ander geeft akkoord.")


def _box() -> Fernet:
    """What opens an answer lies in the database under a key that is not there."""
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"bereik ontzegelen")
    return Fernet(base64.urlsafe_b64encode(key.derive(settings.SECRET_KEY.encode())))


@contextmanager
def _said(sentences: Mapping[str, str]) -> Iterator[None]:
    """What the database refuses, in a sentence. Raises NotNow."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as refused:
        cause = refused.__cause__
        name = cause.diag.constraint_name if cause else ""  # type: ignore[attr-defined]
        if name not in sentences:
            raise
        raise NotNow(sentences[name]) from None
