"""The yearly public notice: what was published, and whether it is recent enough."""

import calendar
import datetime

from django.db import transaction

from optout.models import PublicNotice
from outreach.audit import Event, record
from outreach.models import User
from outreach.permissions import Permission, check


def a_year_before(day: datetime.date) -> datetime.date:
    """The same day of the year before; of 29 February the 28th, as the database counts."""
    last = calendar.monthrange(day.year - 1, day.month)[1]
    return day.replace(year=day.year - 1, day=min(day.day, last))


def last_day(notice: PublicNotice) -> datetime.date:
    """The last day on which a koppeling may rest on this notice: of 29 February the 28th, a year later."""
    on = notice.published_on
    last = calendar.monthrange(on.year + 1, on.month)[1]
    return on.replace(year=on.year + 1, day=min(on.day, last))


def is_recent(day: datetime.date) -> bool:
    """Whether on this day the last notice is not over twelve months old."""
    return PublicNotice.objects.filter(published_on__gte=a_year_before(day)).exists()


@transaction.atomic
def register(notice: PublicNotice, *, by: User) -> PublicNotice:
    """Write down a notice of which the scan is encrypted already. Raises PermissionDenied."""
    check(by, Permission.PUBLIC_NOTICE_REGISTER)
    notice.registered_by = by
    notice.save(force_insert=True)
    details = {"gepubliceerd": notice.published_on.isoformat()}
    record(Event.NOTICE_REGISTERED, "openbare mededeling", [notice.pk], details=details)
    return notice
