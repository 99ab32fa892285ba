"""Who calls: a program of a vendor, with a token that it fetched less than ten minutes ago."""

import hashlib
from dataclasses import dataclass

from oauth2_provider.models import AccessToken
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from letters.models import VendorClient
from outreach.kernel import clock
from outreach.kernel.db import Actor
from outreach.models import Role

_MOST = 512


@dataclass(frozen=True, slots=True)
class Caller:
    """A program of a vendor, in the place where a page has its user. It has no role and no permission."""

    client: VendorClient
    client_id: str
    scopes: frozenset[str]
    is_authenticated: bool = True

    def actor(self) -> Actor:
        """How the row policies and the audit see it: the letters of this vendor, and no person."""
        return Actor(id=self.client_id, kind=Role.DRUKKER, team=str(self.client.vendor_id))


class TokenAuthentication(BaseAuthentication):
    """A bearer token in the Authorization header, and nothing else: no session, no token in the address."""

    def authenticate(self, request: Request) -> tuple[Caller, AccessToken] | None:
        """None without a header. Raises AuthenticationFailed for a token that is not good any more."""
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != b"bearer":
            return None
        if len(words) != 2 or len(words[1]) > _MOST:
            raise AuthenticationFailed
        token = _usable(hashlib.sha256(words[1]).hexdigest())
        if token is None:
            raise AuthenticationFailed
        application = token.application
        scopes = frozenset(token.scope.split())
        return Caller(application.vendor_client, application.client_id, scopes), token

    def authenticate_header(self, request: Request) -> str:
        if get_authorization_header(request):
            return 'Bearer realm="drukwerk", error="invalid_token"'
        return 'Bearer realm="drukwerk"'


def _usable(checksum: str) -> AccessToken | None:
    """A token of a client that is not revoked, of a vendor that is in use. One query."""
    return (
        AccessToken.objects.select_related("application__vendor_client__vendor")
        .filter(
            token_checksum=checksum,
            expires__gt=clock.now(),
            application__vendor_client__revoked_at__isnull=True,
            application__vendor_client__vendor__active=True,
        )
        .first()
    )


class HasScope(BasePermission):
    """The token has the scope that the view asks for. A view that asks for none is closed."""

    def has_permission(self, request: Request, view: object) -> bool:
        scope = getattr(view, "scope", "")
        return bool(scope) and isinstance(request.user, Caller) and scope in request.user.scopes
