"""Files of grants for the administration that pays: asked by one person, fetched once by another.

Nobody here can read what is in a file. The worker of the box opens the seals, writes the lines and encrypts
them to the key of the administration, in memory; on disk lies only what that administration can open.
"""

import hashlib
from pathlib import Path

import pyrage
from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Q

from letters.models import Grant, GrantExport, PayingAdministration
from outreach.audit import Event, record
from outreach.kernel import clock
from outreach.models import User
from outreach.permissions import Permission, check
from outreach.policies import NotNow

_NOTHING_NEW = "Er zijn geen nieuwe toekenningen voor deze administratie."
_OTHER_PURPOSE = (
    "De toekenningen voor deze administratie komen uit gegevens die voor een ander doel zijn verzameld."
    " Ze mogen niet in dit bestand."
)
SECRET_KEY = "AGE-SECRET-KEY-"  # noqa: S105
_NOT_WHOLE = "Het bestand is weg of beschadigd. Vraag het opnieuw: dan maakt de werker een nieuw bestand."


class NotAKey(ValueError):
    """This is no public key of age. `str()` is Dutch, and never repeats what was given."""


class FetchedAlready(NotNow):
    """A file is handed over once."""

    def __init__(self) -> None:
        super().__init__("Dit bestand is al opgehaald. Is het kwijt? Vraag het dan opnieuw.")


def checked_key(text: str) -> str:
    """A public key of age as it may be kept. Raises NotAKey."""
    key = text.strip()
    if key.upper().startswith(SECRET_KEY):
        raise NotAKey(
            "Dit is een geheime sleutel. Vraag de administratie om de openbare, die begint met age1."
        )
    try:
        pyrage.x25519.Recipient.from_str(key)
    except pyrage.RecipientError:
        raise NotAKey("Dit is geen openbare sleutel van age. Zo’n sleutel begint met age1.") from None
    return key


def waiting() -> dict[int, int]:
    """How many grants wait for a file, by administration. Needs an actor who sees the whole town."""
    unsent = PayingAdministration.objects.annotate(
        number=Count(
            "regelingen__approaches__grant",
            filter=Q(
                regelingen__approaches__grant__isnull=False,
                regelingen__approaches__grant__export__isnull=True,
                regelingen__approaches__round__purpose=F("purpose"),
            ),
        )
    )
    return dict(unsent.values_list("pk", "number"))


def check_sees_all(user: User) -> None:
    """A file holds grants of the whole town: who asks it sees all of that. Raises NotNow."""
    actor = user.actor()
    if not (actor.all_areas and actor.municipal):
        raise NotNow("Een bestand gaat over de hele gemeente. Vraag het aan een collega die overal werkt.")


@transaction.atomic
def ask(*, administration: PayingAdministration, by: User) -> GrantExport:
    """Ask for a file of all grants for this administration that are in no file yet.

    Of two who ask at once, the second finds nothing left. Raises PermissionDenied, and NotNow: nothing to
    send, or somebody who does not see the whole town.
    """
    check(by, Permission.EXPORT_ASK)
    check_sees_all(by)
    locked = PayingAdministration.objects.select_for_update(no_key=True).get(pk=administration.pk)
    export = GrantExport.objects.create(
        administration=locked,
        asked_by=by,
        public_key=checked_key(locked.public_key),
        purpose=locked.purpose,
    )
    mine = Grant.objects.filter(export=None, approach__regeling__administrations=locked)
    count = mine.filter(approach__round__purpose=locked.purpose).update(export=export)
    if not count:
        raise NotNow(_OTHER_PURPOSE if mine.exists() else _NOTHING_NEW)
    details = {"toekenningen": count, "administratie": locked.pk}
    record(Event.EXPORT_ASKED, "uitvoer", [export.pk], details=details)
    return export


@transaction.atomic
def again(*, export: GrantExport, by: User) -> GrantExport:
    """Ask for the same grants in a new file, since the first one got lost on the way.

    The new file is under the key that the administration has now. Raises PermissionDenied, and NotNow: it was
    not fetched yet, was asked again before, or the administration pays for something else by now.
    """
    check(by, Permission.EXPORT_ASK)
    check_sees_all(by)
    locked = GrantExport.objects.select_for_update(of=["self"], no_key=True).get(pk=export.pk)
    if locked.fetched_at is None:
        raise NotNow("Dit bestand is nog niet opgehaald.")
    if GrantExport.objects.filter(repeats=locked).exists():
        raise NotNow("Dit bestand is al opnieuw gevraagd.")
    if locked.administration.purpose != locked.purpose:
        raise NotNow(_OTHER_PURPOSE)
    key = checked_key(locked.administration.public_key)
    made = GrantExport.objects.create(
        administration=locked.administration,
        asked_by=by,
        public_key=key,
        repeats=locked,
        purpose=locked.purpose,
    )
    count = Grant.objects.filter(export=locked).update(export=made)
    details = {"toekenningen": count, "administratie": locked.administration_id, "vervangt": locked.pk}
    record(Event.EXPORT_ASKED, "uitvoer", [made.pk], details=details)
    return made


@transaction.atomic
def fetch(*, export: GrantExport, by: User) -> bytes:
    """The encrypted file, for the one time that it is handed over; after that it is gone here.

    Raises PermissionDenied, FetchedAlready, and NotNow: it is not made yet, the one who asked fetches it
    himself, or the file is not whole.
    """
    check(by, Permission.EXPORT_FETCH)
    locked = GrantExport.objects.select_for_update(of=["self"], no_key=True).get(pk=export.pk)
    if locked.made_at is None:
        raise NotNow("De werker maakt dit bestand nog.")
    if locked.fetched_at is not None:
        raise FetchedAlready
    if locked.asked_by_id == by.pk:
        raise NotNow("Je hebt dit bestand zelf gevraagd. Vraag een collega om het op te halen.")
    sealed = _read(locked)
    GrantExport.objects.filter(pk=locked.pk).update(fetched_by=by, fetched_at=clock.now())
    record(Event.EXPORT_FETCHED, "uitvoer", [locked.pk], details={"toekenningen": locked.grants_count})
    transaction.on_commit(_path(locked).unlink, robust=True)
    return sealed


def note_refusal(*, export: GrantExport) -> None:
    """Write down that somebody wanted a file that was fetched before."""
    record(Event.EXPORT_REFUSED, "uitvoer", [export.pk])


def _path(export: GrantExport) -> Path:
    return settings.EXPORT_FOLDER / export.file_name()


def _read(export: GrantExport) -> bytes:
    try:
        sealed = _path(export).read_bytes()
    except OSError as error:
        raise NotNow(_NOT_WHOLE) from error
    if hashlib.sha256(sealed).hexdigest() != export.sha256:
        raise NotNow(_NOT_WHOLE)
    return sealed
