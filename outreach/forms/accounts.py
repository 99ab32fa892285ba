"""How accounts behave: nobody signs himself up, and a password is long."""

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    MinimumLengthValidator,
    UserAttributeSimilarityValidator,
)
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """A functioneel beheerder makes accounts."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


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
