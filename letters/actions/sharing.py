"""Sharing names with Gemeentebelastingen: proposed by one person, signed by the juridisch adviseur, and only
of who was told by letter and did not object.

Who is in it the worker of the box finds out; here it is seen as counts alone.
"""

import datetime
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count, Q

from letters import transitions
from letters.actions.exports import checked_key
from letters.models import DeliveryState, Letter, PayingAdministration, Production, Share, ShareFile
from outreach.audit import Event, record
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Approach, Handover, Round, User
from outreach.models.regeling import SHARED
from outreach.models.round import RoundKind, RoundState
from outreach.permissions import Permission, check
from outreach.policies import NotNow
from outreach.transitions import apply

_NOT_AGREED = "Een afspraak met een bron geldt niet meer, of is voor een ander doel."
_OTHER = (
    "De gegevens van deze koppeling zijn voor een ander doel verzameld dan waarvoor de ontvanger ze krijgt."
)
#: What the database refuses, in a sentence.
_REFUSALS = {
    "share_once": "Van deze koppeling is er al een deling met deze ontvanger.",
    "ander_doel": _OTHER,
    "geen_afspraak": _NOT_AGREED,
}
#: What a letter at least leaves to object. Source: poort.maak_deelbestand.
TO_OBJECT = datetime.timedelta(weeks=2)
#: Beside that the letters have to be signed for, made, printed and posted.
AHEAD = datetime.timedelta(weeks=4)


@dataclass(frozen=True, slots=True)
class Progress:
    """Households of a share: chosen, told by letter, and of whom the letter came back."""

    chosen: int
    told: int
    returned: int


def earliest() -> datetime.date:
    """The first day that a letter which is still to be signed for can name."""
    return clock.today() + AHEAD


@transaction.atomic
def propose(
    *, handover: Handover, receiver: PayingAdministration, object_before: datetime.date, reason: str, by: User
) -> Share:
    """Propose a share; the adviser signs it or not. A second click finds the first.

    Raises PermissionDenied, NotAKey, and NotNow: the day is too near, it was proposed already, or the data
    were gathered for another purpose.
    """
    check(by, Permission.SHARE_MAKE)
    if object_before < earliest():
        raise NotNow(f"Kies een dag vanaf {earliest():%d-%m-%Y}. De brieven moeten eerst nog weg.")
    with _said():
        made = Share.objects.create(
            handover=handover,
            receiver=receiver,
            public_key=checked_key(receiver.public_key),
            purpose=receiver.purpose,
            object_before=object_before,
            margin_days=settings.SHARE_POST_MARGIN_DAYS,
            reason=reason,
            made_by=by,
        )
    details = {"koppeling": handover.pk, "ontvanger": receiver.pk, "bezwaar_voor": object_before.isoformat()}
    record(Event.SHARE_MADE, "deling", [made.pk], details=details)
    return made


@contextmanager
def _said() -> Iterator[None]:
    """Raises NotNow for what the database refuses of a share."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
        if name not in _REFUSALS:
            raise
        raise NotNow(_REFUSALS[name]) from error


def sign(*, share: Share, by: User) -> None:
    """The adviser lets it happen. Raises PermissionDenied, StateChanged, and NotNow: he made it himself, or
    the letters would come too late."""
    check(by, Permission.SHARE_SIGN)
    if share.made_by_id == by.pk:
        raise NotNow("Je hebt deze deling zelf gemaakt. Een ander ondertekent.")
    if share.object_before < clock.today() + TO_OBJECT:
        raise NotNow("De dag voor bezwaar is te dichtbij. Trek de deling in en maak een nieuwe.")
    with _said():
        round_ = _round(share, by)
        details = {"ronde": round_.pk}
        changes = {"signed_by": by, "signed_at": clock.now(), "round": round_}
        apply(share, transitions.SIGN_SHARE, by=by, details=details, **changes)


def _round(share: Share, by: User) -> Round:
    """The round of its letters, fixed by the adviser. Its fingerprint is that of what he signs for."""
    signed = [
        share.pk,
        share.handover_id,
        share.receiver_id,
        share.public_key,
        share.purpose,
        share.object_before,
        share.reason,
    ]
    return Round.objects.create(
        name=f"Deling {share.pk}",
        kind=RoundKind.LETTER,
        handover=share.handover,
        purpose=share.purpose,
        regelingen=[SHARED],
        state=RoundState.FIXED,
        made_by=share.made_by,
        fixed_by=by,
        fixed_at=clock.now(),
        inputs_hash=hashlib.sha256("|".join(map(str, signed)).encode()).hexdigest(),
    )


def withdraw(*, share: Share, by: User) -> None:
    """Take a proposal back, or refuse it. Raises PermissionDenied, StateChanged."""
    apply(share, transitions.WITHDRAW_SHARE, by=by)


def ask(*, share: Share, by: User) -> None:
    """Have the file made. Raises PermissionDenied, StateChanged, and NotNow: objections may still come, or
    the receiver is for another purpose by now."""
    check(by, Permission.SHARE_MAKE)
    if clock.today() <= share.ready_after():
        raise NotNow(f"Tot en met {share.ready_after():%d-%m-%Y} kan er nog bezwaar binnenkomen.")
    with _said():
        apply(share, transitions.ASK_SHARE, by=by, asked_by=by)


def progress(share: Share) -> Progress:
    """How many households, without saying which. Three counts of the whole town."""
    if share.round_id is None:
        return Progress(0, 0, 0)
    with acting_as(SYSTEM_ACTOR):
        chosen = Approach.objects.filter(round=share.round_id).count()
        sent = Q(production=Production.SENT)
        back = Q(delivery=DeliveryState.RETURNED)
        found = Letter.objects.filter(round=share.round_id).aggregate(
            told=Count("pk", filter=sent & ~back), returned=Count("pk", filter=back)
        )
    return Progress(chosen, found["told"], found["returned"])


@transaction.atomic
def fetch(*, file: ShareFile, by: User) -> bytes:
    """The encrypted file. Each time is written down. Raises PermissionDenied, and NotNow: it is not whole, or
    destroyed."""
    check(by, Permission.SHARE_FETCH)
    if file.destroyed_at is not None:
        raise NotNow("Dit bestand is vernietigd: de bewaartermijn is voorbij.")
    try:
        sealed = (settings.EXPORT_FOLDER / file.file_name()).read_bytes()
    except OSError as error:
        raise NotNow("Het bestand is er niet meer.") from error
    if hashlib.sha256(sealed).hexdigest() != file.sha256:
        raise NotNow("Het bestand is beschadigd. Bel de technisch beheerder.")
    details = {"deling": file.share_id, "bestand": file.number, "regels": file.rows}
    record(Event.SHARE_FILE_FETCHED, "deling", [file.share_id], details=details)
    return sealed
