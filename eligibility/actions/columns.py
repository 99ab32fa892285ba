"""Counting which columns each koppeling uses, and saying which ones nobody needed for a year."""

import datetime
from collections.abc import Iterable

from django.utils.timezone import localdate

from eligibility import bronnen
from eligibility.columns_used import Rules, read_by
from eligibility.models import Agreement, BronGround, ColumnUse, Delivery, Run, RunState
from outreach.actions import notifications
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Regeling, Role, User
from outreach.models.notification import NotificationKind

#: A column that no koppeling used for so long is not needed. Source: AVG article 5, lid 1, onder c.
UNUSED_FOR = datetime.timedelta(days=365)
#: Once a year it is told to these.
WATCHERS = (Role.FUNCTIONEEL_BEHEERDER, Role.PRIVACY_OFFICER)


def note(run: Run, taken: Iterable[Delivery]) -> None:
    """Write down which columns the rules of this koppeling read of what it takes."""
    rules = Rules(
        grounds=set(BronGround.objects.values_list("bron_id", "year_offset")),
        regelingen=dict(Regeling.objects.values_list("code", "per_child")),
    )
    year = run.peildatum.year
    told = [(one.bron.layout, one.bron_id, (one.year or year) - year) for one in taken]
    ColumnUse.objects.bulk_create(
        ColumnUse(run=run, bron_id=bron, column=column) for bron, column in sorted(read_by(told, rules))
    )


def counted_since() -> datetime.date | None:
    """The day of the first koppeling of which this was written down."""
    first = ColumnUse.objects.order_by("run__asked_at").values_list("run__asked_at", flat=True).first()
    return localdate(first) if first else None


def last_used(bron: str) -> dict[str, datetime.date]:
    """Of each column of a bron that a finished koppeling used: the day of the last one."""
    found = ColumnUse.objects.filter(bron=bron, run__state=RunState.DONE).order_by("run__finished_at")
    return {column: localdate(at) for column, at in found.values_list("column", "run__finished_at")}


def unused(agreement: Agreement, day: datetime.date) -> list[str]:
    """Columns of an agreement that no koppeling used in the year before this day; none in the first year.

    That year may lie under agreements before this one: most are made anew each year, and none grows so old.
    """
    began, before = counted_since(), day - UNUSED_FOR
    if began is None or began > before or not agreement.in_force(day):
        return []
    of_bron = Agreement.objects.filter(bron=agreement.bron_id, valid_from__lte=before)
    held = {column for one in of_bron if one.in_force(before) for column in one.columns}
    last = last_used(agreement.bron_id)
    return [one for one in agreement.columns if one in held and last.get(one, datetime.date.min) < before]


def tell_unused() -> None:
    """Tell the watchers of each agreement with such columns, once in a calendar year."""
    day = clock.today()
    with acting_as(SYSTEM_ACTOR):
        working = User.objects.filter(is_active=True, role__in=WATCHERS)
        watchers = set(working.values_list("pk", flat=True))
        ours = Agreement.objects.filter(purposes__contains=[bronnen.PURPOSE])
        found = [one.pk for one in ours if unused(one, day)]
        notifications.tell(NotificationKind.COLUMNS_UNUSED, found, watchers, day=day.replace(month=1, day=1))
