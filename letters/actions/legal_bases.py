"""On what a regeling is granted without a form: a dated basis, signed by the juridisch adviseur."""

import datetime

from django.db import transaction
from django.db.models import QuerySet

from letters.models import LegalBasis
from outreach.audit import Event, record
from outreach.kernel import clock
from outreach.models import Regeling, User
from outreach.permissions import Permission, check
from outreach.policies import NotNow


def current(regeling: Regeling | str, on: datetime.date) -> LegalBasis | None:
    """The basis that carries a grant of this day: the newest one that is in force and not withdrawn."""
    code = regeling if isinstance(regeling, str) else regeling.pk
    return LegalBasis.objects.valid_on(on).filter(regeling=code).order_by("-dated", "-pk").first()


def allowed() -> QuerySet[Regeling]:
    """The regelingen that may be granted without a form. The Participatiewet asks for one (art. 41, 43)."""
    return Regeling.objects.filter(ambtshalve=True, closed=False).exclude(
        legal_basis__icontains="participatiewet"
    )


@transaction.atomic
def sign(
    *, regeling: Regeling, text: str, dated: datetime.date, valid_until: datetime.date | None, by: User
) -> LegalBasis:
    """Sign a basis that holds from its date on. What is signed is never changed.

    Raises PermissionDenied, and NotNow: a regeling that asks for a form, or an end before the beginning. A
    trigger in the database holds the same.
    """
    check(by, Permission.LEGAL_BASIS_SIGN)
    if not allowed().filter(pk=regeling.pk).exists():
        raise NotNow("Deze regeling kan niet zonder formulier worden toegekend.")
    if valid_until is not None and valid_until < dated:
        raise NotNow("De einddatum ligt voor de begindatum.")
    made = LegalBasis.objects.create(
        regeling=regeling, text=text.strip(), dated=dated, valid_until=valid_until, signed_by=by
    )
    details = {"regeling": regeling.pk, "datum": dated.isoformat()}
    record(Event.LEGAL_BASIS_SIGNED, "grondslag", [made.pk], details=details)
    return made


@transaction.atomic
def withdraw(*, basis: LegalBasis, by: User) -> None:
    """From now on nothing is granted on this basis. What was granted on it stays granted.

    Raises PermissionDenied, and NotNow when a colleague was first.
    """
    check(by, Permission.LEGAL_BASIS_SIGN)
    locked = LegalBasis.objects.filter(pk=basis.pk, withdrawn_at__isnull=True)
    if not locked.update(withdrawn_at=clock.now(), withdrawn_by=by):
        raise NotNow("Deze grondslag is al ingetrokken.")
    record(Event.LEGAL_BASIS_WITHDRAWN, "grondslag", [basis.pk], details={"regeling": basis.regeling_id})
