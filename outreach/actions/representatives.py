"""Setting who acts for a person, and ending it."""

import datetime
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from outreach.audit import Event, record
from outreach.kernel import clock
from outreach.models import Person, Representative, User
from outreach.models.representative import RepresentativeKind
from outreach.permissions import Permission, may
from outreach.policies import NotNow

_OVERLAP = "representative_one_in_force"


@dataclass(frozen=True, slots=True)
class Representation:
    """What is written down: who acts, on what ground and paper, where his post goes, and from when.

    Either a street with a house number, or a postbus. `document` is the reference of the paper that proves
    it.
    """

    kind: RepresentativeKind
    name: str
    postcode: str
    city: str
    document: str
    starts_on: datetime.date
    attention: str = ""
    street: str = ""
    house_number: int | None = None
    house_letter: str = ""
    house_suffix: str = ""
    po_box: int | None = None
    phone: str = ""
    ends_on: datetime.date | None = None


def represented(households: Iterable[UUID]) -> set[UUID]:
    """For which of these households, as far as the user sees them, somebody acts today. One query.

    A team outside the municipality learns no more than this: the row policy hides who it is.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT poort.vertegenwoordigd(%s::uuid[])", [list(households)])
        return {row[0] for row in cursor.fetchall()}


def may_set(user: User) -> bool:
    """Whether the user may set and end it: who decides on applications, within the municipality."""
    return may(user, Permission.REPRESENTATIVE_SET) and user.actor().municipal


def check_sets(user: User) -> None:
    """Raise PermissionDenied unless the user may set who acts for a person."""
    if not may_set(user):
        raise PermissionDenied


def set_for(*, person: Person, said: Representation, by: User) -> Representative:
    """Write down who acts for a person. The same once more gives the first one back.

    Raises PermissionDenied, NotNow when somebody else acts for him in these days, and IntegrityError where
    what is said contradicts itself.
    """
    check_sets(by)
    fields = asdict(said)
    try:
        with transaction.atomic():
            made, created = Representative.objects.get_or_create(
                person=person, ended_at=None, **fields, defaults={"set_by": by}
            )
            if created:
                details = {"vertegenwoordiger": made.pk, "soort": said.kind.value}
                record(Event.REPRESENTATIVE_SET, "persoon", [person.pk], details=details)
            return made
    except IntegrityError as error:
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") != _OVERLAP:
            raise
    raise NotNow(
        "Deze persoon heeft in deze periode al een vertegenwoordiger. Beëindig die eerst,"
        " of kies een latere eerste dag."
    )


@transaction.atomic
def end(*, representative: Representative, last_day: datetime.date, by: User) -> bool:
    """Let it end after a day; false when it did so before. One that was a mistake ends before its first.

    Raises PermissionDenied, and NotNow for a day that is too early, or later than it would end by itself, or
    another than the one after which a colleague ended it.
    """
    check_sets(by)
    locked = Representative.objects.select_for_update(no_key=True).get(pk=representative.pk)
    if locked.ended() and locked.ends_on == last_day:
        return False
    if locked.ended():
        ended = f"{locked.ends_on:%d-%m-%Y}"
        raise NotNow(f"Een collega was je voor: de laatste dag is al {ended}. Jouw dag is niet opgeslagen.")
    if last_day < locked.day_before_start():
        raise NotNow("De laatste dag ligt te vroeg. Was het een vergissing? Kies de dag vóór de eerste dag.")
    if locked.ends_on is not None and last_day > locked.ends_on:
        raise NotNow(f"Dit loopt al af op {locked.ends_on:%d-%m-%Y}. Kies die dag of eerder.")
    locked.ends_on, locked.ended_by, locked.ended_at = last_day, by, clock.now()
    locked.save(update_fields=["ends_on", "ended_by", "ended_at"])
    details = {"vertegenwoordiger": locked.pk}
    record(Event.REPRESENTATIVE_ENDED, "persoon", [locked.person_id], details=details)
    return True
