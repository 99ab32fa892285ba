"""Taking the app for codes off an account, for who lost his phone: he sets up a new one when he signs in."""

from collections.abc import Iterable

from allauth.mfa.models import Authenticator
from django.db import transaction

from outreach.audit import Event, record
from outreach.models import User
from outreach.sessions import end_all_of


@transaction.atomic
def loosen(users: Iterable[User]) -> int:
    """Take it off these accounts and end their sign-ins; how many had one. For inside an actor."""
    had = [user for user in users if Authenticator.objects.filter(user=user).delete()[0]]
    for user in had:
        end_all_of(user.pk)
    if had:
        record(Event.CODE_APP_LOOSENED, "gebruiker", [user.pk for user in had])
    return len(had)
