"""Signing, once a quarter, that everybody has the role that belongs to his work. Source: BIO2, 8.02.01."""

import datetime
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import IntegrityError, connection, transaction

from outreach.audit import Event, record
from outreach.kernel import clock
from outreach.models import Role, RoleReview, User
from outreach.permissions import Permission, check
from outreach.policies import NotNow


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who can sign in, and as what."""

    number: int
    username: str
    name: str
    role: str
    team: str


@dataclass(frozen=True, slots=True)
class RoleList:
    """Who has which role now, and the digest that is signed."""

    holders: list[Holder]
    sha256: str


def quarter_of(day: datetime.date) -> str:
    """The quarter of a day, such as 2026-4."""
    return f"{day.year}-{(day.month + 2) // 3}"


def current() -> RoleList:
    """The list as the database makes it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.rollenlijst()::text")
        text = cursor.fetchone()[0]
    return RoleList(holders(json.loads(text)), hashlib.sha256(text.encode()).hexdigest())


def holders(listed: list[Mapping[str, object]]) -> list[Holder]:
    """What a list says, with roles in words, in the order of roles and names."""
    words = dict(Role.choices)
    found = [
        Holder(
            int(str(one["nummer"])),
            str(one["gebruiker"]),
            str(one["naam"]),
            words.get(str(one["rol"]), "geen"),
            str(one["team"]),
        )
        for one in listed
    ]
    return sorted(found, key=lambda one: (one.role, one.team, one.name, one.number))


@transaction.atomic
def sign(*, sha256: str, remark: str, by: User) -> RoleReview:
    """Sign the list that has this digest, for the quarter of today.

    Raises NotNow when somebody got another role since the list was shown.
    """
    check(by, Permission.AUDIT_SEE)
    quarter = quarter_of(clock.today())
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            # What the database fills in itself, web may not write.
            cursor.execute(
                "INSERT INTO outreach_rolereview (quarter, sha256, remark, signed_by_id)"
                " VALUES (%s, %s, %s, %s) RETURNING id",
                [quarter, sha256, remark, by.pk],
            )
            made = cursor.fetchone()[0]
    except IntegrityError as error:
        if "rollen_als_getoond" not in _constraint(error):
            raise
        raise NotNow(
            "De lijst is veranderd sinds je hem zag. Bekijk hem opnieuw en onderteken dan."
        ) from None
    record(Event.ROLES_SIGNED, "rollenlijst", [made], details={"kwartaal": quarter, "vingerafdruk": sha256})
    return RoleReview.objects.get(pk=made)


def _constraint(error: IntegrityError) -> str:
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None) or ""
