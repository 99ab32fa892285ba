"""Somebody says that he does not want to be approached."""

from django.db import transaction
from django.db.models.functions import Now

from optout.models import Channel, OptOut, Scope
from outreach.audit import Event, record
from outreach.models import Person, User


@transaction.atomic
def register(
    *, person: Person, regeling: str | None, channel: Channel, by: User, scope: Scope | None = None
) -> OptOut:
    """Register what somebody does not want: one regeling, everything when `regeling` is None, or `scope`.

    It holds from the end of this transaction for all that was not released yet. A second registration of the
    same wish gives the first one back. Raises IntegrityError when a regeling is named with another scope.
    """
    about = scope or (Scope.REGELING if regeling else Scope.ALL)
    Person.objects.select_for_update().get(pk=person.pk)
    made, created = OptOut.objects.get_or_create(
        person_id=person.pk,
        scope=about,
        regeling_id=regeling,
        withdrawn_at=None,
        defaults={"channel": channel, "registered_by": by},
    )
    if created:
        details = {"kanaal": channel, "wat": about, "voor": regeling or ""}
        record(Event.OPT_OUT_REGISTERED, "persoon", [person.pk], details=details)
    return made


@transaction.atomic
def withdraw(*, opt_out: OptOut, by: User) -> None:
    """Take an opt-out back. Withdrawing twice does nothing the second time."""
    Person.objects.select_for_update().get(pk=opt_out.person_id)
    standing = OptOut.objects.filter(pk=opt_out.pk, withdrawn_at__isnull=True)
    if standing.update(withdrawn_at=Now(), withdrawn_by=by):
        details = {"door": str(by.pk), "wat": opt_out.scope}
        record(Event.OPT_OUT_WITHDRAWN, "persoon", [opt_out.person_id], details=details)
