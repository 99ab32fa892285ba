"""What the installation is made to do beside what it does by itself, each in a process of the right role.

`python -m tests.remains.acts` mails its staff, and destroys all that was delivered.
"""

import datetime
import os
import sys
from collections.abc import Iterable

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "outreach.settings")
django.setup()

from django.core.mail import send_mail  # noqa: E402

from eligibility.actions import destroying, expiring  # noqa: E402
from eligibility.models import Delivery  # noqa: E402
from outreach.actions import daily_mail, destruction, notifications  # noqa: E402
from outreach.actions.destruction import Due  # noqa: E402
from outreach.kernel.db import acting_as  # noqa: E402
from outreach.models import User  # noqa: E402
from outreach.models.destruction import RetentionKind  # noqa: E402
from tests.remains import planted  # noqa: E402

LONG_AGO = datetime.date(2020, 1, 1)
MONDAY = datetime.date(2026, 3, 2)


def mail() -> None:
    """The daily mail to everybody who has something waiting, and one with our own leak."""
    User.objects.filter(email="").update(email="iemand@waterveen.example")
    User.objects.update(daily_mail=True)
    notifications.sweep()
    daily_mail.send(MONDAY)
    send_mail("geplant", planted.TOLD, None, ["proef@waterveen.example"])


def ask_deliveries() -> None:
    """Two people agree to destroy every delivery of which there are rows."""
    kept = Delivery.objects.filter(state__in=expiring.KEPT).values_list("pk", flat=True)
    _agree(RetentionKind.DELIVERY, map(str, kept))


def ask_cycles() -> None:
    """And the key of every refertejaar."""
    years = {day.year - 1 for day in Delivery.objects.values_list("peildatum", flat=True)}
    _agree(RetentionKind.CYCLE, map(str, sorted(years)))


def _agree(kind: RetentionKind, subjects: Iterable[str]) -> None:
    asker, officer = (User.objects.get(username=name) for name in ("fatma", "pieter"))
    found = [Due(one, LONG_AGO, f"{kind.value} {one}") for one in subjects]
    with acting_as(asker.actor()):
        rule = destruction.current_rule(kind)
        made = destruction.draft(rule=rule, cutoff=LONG_AGO, found=found, by=asker)
    with acting_as(officer.actor()):
        destruction.approve(of=made, by=officer)


def destroy() -> None:
    """As the worker of the box does every ten minutes."""
    destroying.carry_out_due()


if __name__ == "__main__":
    {one.__name__: one for one in (mail, ask_deliveries, ask_cycles, destroy)}[sys.argv[1]]()
