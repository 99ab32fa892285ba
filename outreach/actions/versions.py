"""Two people who write about one household at once: the second is told what the first wrote."""

from uuid import UUID

from django.db import connection

from outreach.models import Gesprek, Household

# Whoever writes about a household waits here for the other: a gesprek that has a number is then there to see.
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('gesprek:' || %s, 0))"


def last_known(household: Household) -> int:
    """The number of the newest gesprek of a household; 0 when there is none. A form carries it."""
    newest = Gesprek.objects.filter(household=household).order_by("-pk")
    return newest.values_list("pk", flat=True).first() or 0


def saved_since(household: Household, *, known: int, submission: UUID) -> list[Gesprek]:
    """What was saved about a household since a form was opened, the oldest first.

    Not the gesprek of this form itself, that a second tap sends again. Needs a transaction: until its end
    nobody else saves about this household by way of a form.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ONE_AT_A_TIME, [str(household.pk)])
    found = Gesprek.objects.filter(household=household, pk__gt=known).exclude(submission=submission)
    return list(found.select_related("by").order_by("pk"))
