"""The transparantiedocument: writing a version, and approving it by a second person."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.db.models import Max

from eligibility.models import Transparency
from eligibility.policies import refused_by
from outreach.audit import Event, record
from outreach.kernel import clock
from outreach.models import User
from outreach.permissions import Permission, check
from outreach.policies import NotNow


@transaction.atomic
def draft(
    *, bronnen: Iterable[str], regelingen: Iterable[str], purposes: Iterable[str], text: str, by: User
) -> Transparency:
    """Write the next version. Another approves it. Raises PermissionDenied, NotNow (two at once)."""
    check(by, Permission.TRANSPARENCY_WRITE)
    last = Transparency.objects.aggregate(last=Max("number"))["last"] or 0
    made = Transparency(
        number=last + 1,
        bronnen=sorted(set(bronnen)),
        regelingen=sorted(set(regelingen)),
        purposes=sorted(set(purposes)),
        text=text,
        made_by=by,
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        if refused_by(error) != "eligibility_transparency_number_key":
            raise
        raise NotNow("Een ander maakte net ook een versie. Bekijk die eerst.") from None
    record(Event.TRANSPARENCY_MADE, "transparantiedocument", [made.pk], details={"versie": made.number})
    return made


@transaction.atomic
def approve(*, version: Transparency, by: User) -> None:
    """Let a version hold from now on. Raises PermissionDenied, and NotNow: its maker, or too late."""
    check(by, Permission.TRANSPARENCY_APPROVE)
    if version.made_by_id == by.pk:
        raise NotNow("Je hebt deze versie zelf gemaakt. Een ander keurt haar goed.")
    # Of two who approve different versions at once, the second sees what the first did.
    list(Transparency.objects.select_for_update(no_key=True).order_by("pk"))
    if Transparency.objects.filter(approved_at__isnull=False, number__gt=version.number).exists():
        raise NotNow("Er geldt al een nieuwere versie.")
    approved = Transparency.objects.filter(pk=version.pk, approved_at=None)
    if not approved.update(approved_by=by, approved_at=clock.now()):
        raise NotNow("Deze versie is al goedgekeurd.")
    details = {"versie": version.number}
    record(Event.TRANSPARENCY_APPROVED, "transparantiedocument", [version.pk], details=details)
