"""Agreements and public notices that end soon: who has to make a new one is told in time."""

import datetime
from collections.abc import Iterable

from eligibility import bronnen
from eligibility.models import Agreement, Bron
from optout.actions import notices
from optout.models import PublicNotice
from outreach.actions import notifications
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Role, User
from outreach.models.notification import NotificationKind
from outreach.permissions import Permission

#: So long before its last day an agreement is said to end.
WARNED = datetime.timedelta(days=60)
#: Who is told: he who writes agreements down, and he who watches over them.
WATCHERS = (Role.FUNCTIONEEL_BEHEERDER, Role.PRIVACY_OFFICER)


def ending(day: datetime.date) -> list[Agreement]:
    """Agreements for our purpose that end within sixty days of this day, and that no whole one follows."""
    ours = Agreement.objects.filter(purposes__contains=[bronnen.PURPOSE]).select_related("bron")
    soon = ours.filter(valid_to__gte=day, valid_to__lte=day + WARNED, valid_from__lte=day)
    others = list(ours)
    return sorted((one for one in soon if not _followed(one, others)), key=lambda one: (one.valid_to, one.pk))


def _followed(one: Agreement, others: Iterable[Agreement]) -> bool:
    if one.valid_to is None:
        return True
    after = one.valid_to + datetime.timedelta(days=1)
    return any(
        other.bron_id == one.bron_id and other.in_force(after) and other.is_whole() for other in others
    )


def tell_notice_ends() -> None:
    """Tell the watchers that the last public notice is soon too old for a bron that asks for one."""
    last = PublicNotice.objects.order_by("-published_on").first()
    if last is None or not Bron.objects.filter(notice_required=True).exists():
        return
    ends = notices.last_day(last)
    if not 0 <= (ends - clock.today()).days <= WARNED.days:
        return
    with acting_as(SYSTEM_ACTOR):
        watchers = notifications.working_with(Permission.PUBLIC_NOTICE_REGISTER)
        notifications.tell(NotificationKind.NOTICE_ENDS, [last.pk], watchers, day=ends)


def tell_ending() -> None:
    """Tell the watchers of each agreement that ends soon, once for its last day."""
    day = clock.today()
    with acting_as(SYSTEM_ACTOR):
        working = User.objects.filter(is_active=True, role__in=WATCHERS)
        watchers = set(working.values_list("pk", flat=True))
        for one in ending(day):
            notifications.tell(NotificationKind.AGREEMENT_ENDS, [one.pk], watchers, day=one.valid_to)
