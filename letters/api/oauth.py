"""Tokens: client credentials only (RFC 6749, section 4.4). The answers, errors too, are those of the RFC."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from oauth2_provider.models import AccessToken
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauth2_provider.views import TokenView
from oauthlib.common import Request

from letters.api import problems
from letters.api.throttles import count
from letters.models import VendorClient
from outreach.kernel import clock


class VendorValidator(OAuth2Validator):
    """Knows the programs of vendors and no other."""

    def _load_application(self, client_id: str, request: Request) -> object | None:
        """Also a client that was revoked, or whose vendor is no longer used, does not exist."""
        application = super()._load_application(client_id, request)
        if application is None:
            return None
        if not VendorClient.objects.usable().filter(application=application).exists():
            request.client = None
            return None
        return application


class ClientTokenView(TokenView):
    """One address to get a token at. Guessing is slow: each caller has few tries a minute for one client."""

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        caller = f"token:{request.META.get('REMOTE_ADDR', '')}"
        used, left = count(caller)
        if used > settings.API_TOKENS_PER_MINUTE:
            return problems.answer(
                request, problems.Fault(problems.TOO_OFTEN, headers={"Retry-After": str(left)})
            )
        # What expired says nothing any more; the table stays as small as what is in use.
        AccessToken.objects.filter(expires__lt=clock.now()).delete()
        return self.authorization_flow_token_response(request, *args, **kwargs)
