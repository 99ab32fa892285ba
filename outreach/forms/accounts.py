"""How accounts behave: nobody signs himself up, and a password is long."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    MinimumLengthValidator,
    UserAttributeSimilarityValidator,
)
from django.http import HttpRequest

from outreach.sessions import signed_in_just_now


class AccountAdapter(DefaultAccountAdapter):
    """A functioneel beheerder makes accounts."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not of who has just signed in, as when he sets up his app: he showed who he is a moment ago."""
        just_now = signed_in_just_now(context.request)
        return not just_now and super().is_reauthentication_required(app=app, **kwargs)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Tries are counted per user and address, so that nobody shuts out a colleague from elsewhere."""
        of_user = super()._get_login_attempts_cache_key(request, **credentials)
        return f"{of_user}:{self.get_client_ip(request)}"


class LongPassword(MinimumLengthValidator):
    """Django's rule, with its answer in Dutch: Django has none for it."""

    def get_error_message(self) -> str:
        return f"Dit wachtwoord is te kort. Gebruik minstens {self.min_length} tekens."

    def get_help_text(self) -> str:
        return f"Gebruik minstens {self.min_length} tekens."


class UncommonPassword(CommonPasswordValidator):
    """Django's rule, said as we speak to staff."""

    def get_help_text(self) -> str:
        return "Kies geen wachtwoord dat veel mensen hebben."


class UnlikeYourself(UserAttributeSimilarityValidator):
    """Django's rule, said as we speak to staff."""

    def get_help_text(self) -> str:
        return "Gebruik niet je eigen naam."
