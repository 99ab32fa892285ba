"""Asking the identity provider of the municipality who somebody is: OpenID Connect, code flow.

Sources: OpenID Connect Core 1.0 (3.1.3.7: what is looked at in an id_token), RFC 7636 (PKCE), RFC 8725 (the
algorithm is ours to choose, never that of the token). Whatever is not as it must be raises Refused.
"""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import jwt
import requests

from outreach.kernel import clock

#: Signatures with a key pair alone. With HS256 the public key would do as a secret; "none" needs no key.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
#: What PyJWT looks at in the id_token.
CHECKS: dict[str, Any] = {
    "verify_signature": True,
    "verify_iss": True,
    "verify_aud": True,
    "verify_exp": True,
    "verify_nbf": True,
    "verify_iat": True,
    "require": ["iss", "aud", "exp", "iat", "sub"],
}
#: Seconds: that clocks may differ, that somebody may take to sign in there, that one question may take.
CLOCK_SECONDS, PENDING_SECONDS, ANSWER_SECONDS = 30, 600, 5
_LOOPBACK = {"127.0.0.1", "localhost"}
_KEY_PAIRS = {"RSA", "EC"}


class Refused(Exception):
    """Nobody signs in with this answer. `str()` is one word for the audit, and never from the answer."""


@dataclass(frozen=True, slots=True)
class Provider:
    """The identity provider, and what we are to it. `levels` are the values of acr that will do."""

    issuer: str
    client_id: str
    secret: str
    levels: tuple[str, ...]
    user_claim: str


def begin(provider: Provider, return_url: str) -> tuple[str, dict[str, Any]]:
    """Where to send the browser, and what its session keeps until it is back. Raises Refused."""
    kept = {
        "state": secrets.token_urlsafe(32),
        "nonce": secrets.token_urlsafe(32),
        "verifier": secrets.token_urlsafe(64),
        "begun": int(clock.now().timestamp()),
    }
    digest = hashlib.sha256(kept["verifier"].encode()).digest()
    asked = {
        "response_type": "code",
        "scope": "openid profile",
        "client_id": provider.client_id,
        "redirect_uri": return_url,
        "state": kept["state"],
        "nonce": kept["nonce"],
        "acr_values": " ".join(provider.levels),
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    address = _address(_configuration(provider), "authorization_endpoint")
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}", kept


def finish(
    provider: Provider, kept: Mapping[str, Any] | None, answer: Mapping[str, str], return_url: str
) -> str:
    """How the provider calls who came back: the value of the claim we know users by. Raises Refused.

    `kept` is what `begin` gave to this session; the caller has taken it out, so that it serves once.
    """
    _is_asked_by_us(kept, answer)
    assert kept is not None
    found = _configuration(provider)
    token = _id_token(provider, found, answer["code"], kept["verifier"], return_url)
    claims = _claims(provider, _asked("GET", _address(found, "jwks_uri")), token)
    _is_for_this_question(claims, kept["nonce"])
    _is_strong_enough(claims, provider.levels)
    name = claims.get(provider.user_claim)
    if not isinstance(name, str) or not name:
        raise Refused("gebruiker")
    return name


def _is_asked_by_us(kept: Mapping[str, Any] | None, answer: Mapping[str, str]) -> None:
    """This browser asked it, a moment ago, and has had no answer yet."""
    if not kept or not secrets.compare_digest(kept["state"].encode(), answer.get("state", "").encode()):
        raise Refused("state")
    if clock.now().timestamp() - kept["begun"] > PENDING_SECONDS:
        raise Refused("te_laat")
    if "error" in answer or not answer.get("code"):
        raise Refused("aanbieder")


def _id_token(provider: Provider, found: dict, code: str, verifier: str, return_url: str) -> str:
    """The code, changed for an id_token. The access token that comes along is for nothing here."""
    sent = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": return_url,
        "code_verifier": verifier,
    }
    # RFC 6749 2.3.1: both are encoded as in a form before they become a name and a password.
    ourselves = (quote(provider.client_id, safe=""), quote(provider.secret, safe=""))
    token = _asked("POST", _address(found, "token_endpoint"), data=sent, auth=ourselves).get("id_token")
    if not isinstance(token, str):
        raise Refused("id_token")
    return token


def _claims(provider: Provider, keys: dict, token: str) -> dict[str, Any]:
    """What the token says, when the provider signed it, for us and for now."""
    try:
        claims = jwt.decode(
            token,
            key=_key(keys, jwt.get_unverified_header(token).get("kid")),
            algorithms=ALGORITHMS,
            audience=provider.client_id,
            issuer=provider.issuer,
            leeway=CLOCK_SECONDS,
            options=CHECKS,
        )
    except jwt.PyJWTError as error:
        raise Refused(type(error).__name__) from error
    shared = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", None if shared else provider.client_id) != provider.client_id:
        raise Refused("azp")
    return claims


def _key(keys: dict, kid: str | None) -> jwt.PyJWK:
    """The public key of this name in the provider's own list. An address in the token itself is not read."""
    for one in keys.get("keys", []):
        if kid and one.get("kid") == kid and one.get("kty") in _KEY_PAIRS and one.get("use", "sig") == "sig":
            return jwt.PyJWK.from_dict(one)
    raise Refused("sleutel")


def _is_for_this_question(claims: dict[str, Any], nonce: str) -> None:
    """An answer to another question, of whoever, carries another nonce."""
    if not secrets.compare_digest(nonce.encode(), str(claims.get("nonce", "")).encode()):
        raise Refused("nonce")


def _is_strong_enough(claims: dict[str, Any], levels: tuple[str, ...]) -> None:
    """Asking for a level is a wish; what was done stands in the answer."""
    if claims.get("acr") not in levels:
        raise Refused("acr")


def _configuration(provider: Provider) -> dict:
    found = _asked("GET", f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
    if found.get("issuer") != provider.issuer:
        raise Refused("issuer")
    return found


def _address(found: dict, name: str) -> str:
    address = found.get(name)
    if not isinstance(address, str):
        raise Refused("aanbieder")
    return address


def _asked(method: str, address: str, **sent: Any) -> dict:
    """The JSON of one question to the provider, over TLS, without following it elsewhere."""
    parts = urlsplit(address)
    if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
        raise Refused("tls")
    try:
        answer = requests.request(method, address, timeout=ANSWER_SECONDS, allow_redirects=False, **sent)
        found = answer.json() if answer.status_code == requests.codes.ok else None
    except requests.RequestException as error:
        raise Refused("aanbieder") from error
    if not isinstance(found, dict):
        raise Refused("aanbieder")
    return found
