"""Telling who watches over the data of residents what waits for him: terms, lists and signatures.

What expires without anybody noticing is kept too long, and a list that waits destroys nothing.
"""

import datetime
from collections.abc import Callable, Iterable, Mapping

from django.utils.timezone import localdate

from outreach.actions import destruction, notifications
from outreach.actions.destruction import Due
from outreach.actions.role_reviews import quarter_of
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import DestructionList, RetentionRule, RoleReview, User
from outreach.models.destruction import ListState, RetentionKind
from outreach.models.notification import NotificationKind
from outreach.permissions import Permission, roles_with

#: A list that was due so long ago and is not carried out wholly is one to look at.
STUCK_AFTER = datetime.timedelta(days=1)
#: So long before the end of a quarter who signs the roles is told.
SIGN_WITHIN = datetime.timedelta(days=14)
_MONTHS_OF_QUARTER = 3


def tell_terms(sources: Mapping[str, Callable[[datetime.date], Iterable[Due]]]) -> None:
    """Tell who makes lists of each kind that has something past its term on no list, once a month.

    `sources` gives of each kind what is older than a day. It is asked as one of those who are told, since
    background work does not see all of it.
    """
    asker = User.objects.filter(is_active=True, role__in=roles_with(Permission.DESTRUCTION_ASK)).first()
    if asker is None:
        return
    today = clock.today()
    with acting_as(asker.actor()):
        over = [rule.pk for rule in _rules() if destruction.left_to_list(rule, sources[rule.kind])]
    with acting_as(SYSTEM_ACTOR):
        to = notifications.working_with(Permission.DESTRUCTION_ASK)
        notifications.tell(NotificationKind.TERM_OVER, over, to, day=today.replace(day=1))


def _rules() -> list[RetentionRule]:
    found = (RetentionRule.objects.current(kind) for kind in RetentionKind.values)
    return [rule for rule in found if rule is not None]


def tell_stuck_lists() -> None:
    """Tell the second person of each list that was to be carried out and still has something open on it."""
    with acting_as(SYSTEM_ACTOR):
        to = notifications.working_with(Permission.DESTRUCTION_APPROVE)
        late = DestructionList.objects.filter(
            state=ListState.APPROVED, execute_from__lte=clock.now() - STUCK_AFTER
        )
        for key, due in late.values_list("pk", "execute_from"):
            notifications.tell(NotificationKind.LIST_STUCK, [key], to, day=localdate(due))


def tell_unsigned_roles() -> None:
    """Tell who signs the roles when the quarter is nearly over and nobody did. Source: BIO2, 8.02.01."""
    today = clock.today()
    last = end_of_quarter(today)
    if last - today > SIGN_WITHIN or RoleReview.objects.filter(quarter=quarter_of(today)).exists():
        return
    number = int(quarter_of(today).replace("-", ""))
    with acting_as(SYSTEM_ACTOR):
        to = notifications.working_with(Permission.AUDIT_SEE)
        notifications.tell(NotificationKind.ROLES_UNSIGNED, [number], to, day=last)


def end_of_quarter(day: datetime.date) -> datetime.date:
    """The last day of the quarter that a day is in."""
    first_after = (day.month - 1) // _MONTHS_OF_QUARTER * _MONTHS_OF_QUARTER + _MONTHS_OF_QUARTER
    year, month = day.year + first_after // 12, first_after % 12 + 1
    return datetime.date(year, month, 1) - datetime.timedelta(days=1)
