"""Today, for a municipality in the Netherlands.

One door to the calendar, so that a page, a task and a test agree on what day it is.
"""

import datetime

from django.utils import timezone


def now() -> datetime.datetime:
    """The moment, with its time zone."""
    return timezone.now()


def today() -> datetime.date:
    """The calendar date in the Netherlands (settings.TIME_ZONE)."""
    return timezone.localdate(now())
