"""Tokens: client credentials only (RFC 6749, section 4.4). The answers, errors too, are those of the RFC."""

import base64
import binascii

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from oauth2_provider.models import AccessToken
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauth2_provider.views import TokenView
from oauthlib.common import Request

from letters.api import problems
from letters.api.throttles import address, count
from letters.models import VendorClient
from outreach.kernel import clock

# Of a client_id, in characters: as wide as its column.
_LONGEST = 100


class VendorValidator(OAuth2Validator):
    """Knows the programs of vendors and no other."""

    def _load_application(self, client_id: str, request: Request) -> object | None:
        """Also a client that was revoked, or whose vendor is no longer used, does not exist."""
        application = super()._load_application(client_id, request) if _may_exist(client_id) else None
        if application is None:
            return None
        if not VendorClient.objects.usable().filter(application=application).exists():
            request.client = None
            return None
        return application


class ClientTokenView(TokenView):
    """One address to get a token at. Guessing is slow: each caller has few tries a minute for one client.

    Tries for a client that does not exist are counted apart, so that nobody shuts a vendor out with them.
    """

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        used, left = count(f"token:{_existing_client(request)}:{address(request)}")
        if used > settings.API_TOKENS_PER_MINUTE:
            return problems.answer(
                request, problems.Fault(problems.TOO_OFTEN, headers={"Retry-After": str(left)})
            )
        # What expired says nothing any more; the table stays as small as what is in use.
        AccessToken.objects.filter(expires__lt=clock.now()).delete()
        return self.authorization_flow_token_response(request, *args, **kwargs)


def _existing_client(request: HttpRequest) -> str:
    """The client that asks, as far as it exists; what a caller made up has no count of its own."""
    asked = _named_client(request)
    usable = VendorClient.objects.usable().filter(application__client_id=asked)
    return asked if _may_exist(asked) and usable.exists() else ""


def _may_exist(client_id: str | None) -> bool:
    """Whether it looks as our random ids do: anything else, such as a zero byte, is no word to look up."""
    named = client_id or ""
    return named.isascii() and named.isalnum() and len(named) <= _LONGEST


def _named_client(request: HttpRequest) -> str:
    """The client_id in the header, or else in the form. Source: RFC 6749, section 2.3.1."""
    kind, _, pair = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "basic":
        return request.POST.get("client_id", "")
    try:
        return base64.b64decode(pair, validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""
