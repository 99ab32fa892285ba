"""That somebody signed in or out, or tried to, in the audit: without it nobody sees who was at the door.

What was typed is never written down: people type a password where their name goes. Source: BIO2 and ISO
27002, control 8.15 (logging of successful and refused access).
"""

from typing import Any

from allauth.account.signals import user_logged_in
from allauth.mfa.signals import authentication_failed
from django.contrib.auth.signals import user_logged_out, user_login_failed
from django.dispatch import receiver

from outreach.audit import Event, record
from outreach.kernel.db import SYSTEM_ACTOR, Actor, acting_as
from outreach.models import User

SUBJECT = "account"
PASSWORD, CODE, MUNICIPALITY = "wachtwoord", "code", "gemeente"


def tell(event: Event, user: User | None, **details: str) -> None:
    """Write it down: by the user himself once he is in, by the system for who is not."""
    known = [user.pk] if user else []
    with acting_as(_as_himself(user) if user and event != Event.SIGN_IN_FAILED else SYSTEM_ACTOR):
        record(event, SUBJECT, known, details=details)


def _as_himself(user: User) -> Actor:
    """Also one whose role was taken: he sees nothing, and his leaving is his own."""
    actor = user.actor()
    return actor if actor.id else Actor(id=str(user.pk), kind="zonder rol")


@receiver(user_logged_in)
def told_in(user: User, **kwargs: Any) -> None:
    """By password, and by a code for who has an app: the library says it after both."""
    tell(Event.SIGNED_IN, user, manier=PASSWORD)


@receiver(user_logged_out)
def told_out(user: User | None, **kwargs: Any) -> None:
    """By himself. A session that ended by itself, or with a change of his rights, leaves no line here."""
    if user is not None:
        tell(Event.SIGNED_OUT, user)


@receiver(user_login_failed)
def told_wrong_password(credentials: dict[str, Any], **kwargs: Any) -> None:
    """With the account when there is one under that name, and without what was typed when there is not."""
    user = User.objects.filter(username=credentials.get("username", "")).first()
    tell(Event.SIGN_IN_FAILED, user, stap=PASSWORD)


@receiver(authentication_failed)
def told_wrong_code(user: User, **kwargs: Any) -> None:
    tell(Event.SIGN_IN_FAILED, user, stap=CODE)
