"""Whoever gets work must still be here when it is given: a colleague may let him leave at the same moment."""

from django.db import connection

from outreach.models import User


def held(user: User) -> User:
    """The same user read again, held as he is until the end of the transaction.

    Letting him leave waits for that (outreach.actions.leaving locks the row), and who waited for a leave to
    end reads that he left. Taken before any lock on lists, addresses or tasks, so that nobody waits in a
    circle. Must be called within a transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM outreach_user WHERE id = %s FOR SHARE", [user.pk])
    return User.objects.select_related("team").get(pk=user.pk)
