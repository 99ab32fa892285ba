"""The mail that tells somebody in the morning that something waits for him: counts, and the way to the site.

Mail is read by more eyes than a page is, so no name, address, regeling or number of anything stands in it.
"""

import datetime
import logging
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from outreach.actions import notifications
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import DailyMail, Task, User
from outreach.permissions import Permission, may

SUBJECT = "Bereik: er wacht iets op je"
_FRIDAY = 5

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for one user: notifications that he has not read, and tasks of which the term is over."""

    unread: int
    late: int


def send(day: datetime.date) -> int:
    """Send the mails of this day that did not go out yet, on a working day; how many went out.

    What goes wrong with one is logged with the number of the user, and the next one goes on.
    """
    if not settings.SENDS_MAIL or day.isoweekday() > _FRIDAY:
        return 0
    wanted = User.objects.filter(is_active=True, daily_mail=True).exclude(email="").exclude(role="")
    return sum(_send_to(user, day) for user in wanted.select_related("team").order_by("pk"))


def waiting_for(user: User, day: datetime.date) -> Waiting:
    """Counted as this user himself: what he may not see does not count."""
    with acting_as(user.actor()):
        late = Task.objects.for_user(user).overdue(day).count() if may(user, Permission.TASK_DO) else 0
        return Waiting(notifications.unread(user), late)


def _send_to(user: User, day: datetime.date) -> bool:
    found = waiting_for(user, day)
    if found == Waiting(0, 0) or not _claim(user, day):
        return False
    try:
        _mail(user, found).send()
    except (OSError, ValueError) as error:
        # The text of such an error often names the address.
        logger.error("daily mail to user %s failed: %s", user.pk, type(error).__name__)
        _give_back(user, day)
        return False
    return True


def _mail(user: User, found: Waiting) -> EmailMessage:
    site = settings.SITE_URL.rstrip("/")
    context = {
        "unread": found.unread,
        "late": found.late,
        "notifications_url": site + reverse("notifications"),
        "settings_url": site + reverse("own_settings"),
    }
    return EmailMessage(SUBJECT, render_to_string("outreach/daily_mail.txt", context), to=[user.email])


def _claim(user: User, day: datetime.date) -> bool:
    """Whether this mail is ours to send; committed before it goes, so that a second worker sends none."""
    if transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("a mail is claimed in a transaction of its own")
    with acting_as(SYSTEM_ACTOR):
        return DailyMail.objects.get_or_create(user=user, day=day)[1]


def _give_back(user: User, day: datetime.date) -> None:
    """It did not go out: the next beat of this morning may try again."""
    with acting_as(SYSTEM_ACTOR):
        DailyMail.objects.filter(user=user, day=day).delete()
