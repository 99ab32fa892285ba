"""How accounts behave: nobody signs himself up."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """A functioneel beheerder makes accounts."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
