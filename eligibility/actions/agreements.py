"""Agreements with bronnen that end soon: who has to make a new one is told in time."""

import datetime
from collections.abc import Iterable

from eligibility import bronnen
from eligibility.models import Agreement
from outreach.actions import notifications
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Role, User
from outreach.models.notification import NotificationKind

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


def tell_ending() -> None:
    """Tell the watchers of each agreement that ends soon, once for its last day."""
    day = clock.today()
    with acting_as(SYSTEM_ACTOR):
        working = User.objects.filter(is_active=True, role__in=WATCHERS)
        watchers = set(working.values_list("pk", flat=True))
        for one in ending(day):
            notifications.tell(NotificationKind.AGREEMENT_ENDS, [one.pk], watchers, day=one.valid_to)
