"""Somebody says that he does not want to be approached."""

from django.db import transaction
from django.db.models.functions import Now

from optout.models import Channel, OptOut
from outreach.audit import Event, record
from outreach.models import Person, User


def _mirror_on_person(person_id: object) -> None:
    """Write what holds now on the person, where contact is refused. The person is locked by then."""
    scopes = OptOut.objects.filter(person_id=person_id, withdrawn_at__isnull=True).values_list(
        "regeling_id", flat=True
    )
    codes = sorted(code for code in scopes if code)
    Person.objects.filter(pk=person_id).update(
        no_contact=any(code is None for code in scopes), no_contact_for=codes
    )


@transaction.atomic
def register(*, person: Person, regeling: str | None, channel: Channel, by: User) -> OptOut:
    """Register an opt-out for a regeling, or for everything when `regeling` is None.

    A second registration of the same wish gives the first one back.
    """
    Person.objects.select_for_update().get(pk=person.pk)
    made, created = OptOut.objects.get_or_create(
        person_id=person.pk,
        regeling_id=regeling,
        withdrawn_at=None,
        defaults={"channel": channel, "registered_by": by},
    )
    if created:
        _mirror_on_person(person.pk)
        record(
            Event.OPT_OUT_REGISTERED,
            "persoon",
            [person.pk],
            details={"kanaal": channel, "voor": regeling or ""},
        )
    return made


@transaction.atomic
def withdraw(*, opt_out: OptOut, by: User) -> None:
    """Take an opt-out back. Withdrawing twice does nothing the second time."""
    Person.objects.select_for_update().get(pk=opt_out.person_id)
    changed = OptOut.objects.filter(pk=opt_out.pk, withdrawn_at__isnull=True).update(withdrawn_at=Now())
    if changed:
        _mirror_on_person(opt_out.person_id)
        record(Event.OPT_OUT_WITHDRAWN, "persoon", [opt_out.person_id], details={"door": str(by.pk)})
