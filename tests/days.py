"""A day that stays what it is, whenever the tests run."""

import datetime

import pytest
from django.utils import timezone

from outreach.kernel import clock


def pin(monkeypatch: pytest.MonkeyPatch, day: datetime.date) -> None:
    """Let it be noon of that day for everything that asks the clock of the project."""
    noon = timezone.make_aware(datetime.datetime.combine(day, datetime.time(12)))
    monkeypatch.setattr(clock, "now", lambda: noon)
