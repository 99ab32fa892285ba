"""Who comes back from the municipality signs in with a right answer, and with no other."""

import hashlib
import hmac
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import jwt
import pytest
from django.core.cache import cache
from django.test import Client

from outreach.audit import Event
from outreach.kernel import openid
from outreach.models import Role, User
from outreach.views import municipal_sign_in
from tests import factories
from tests.identity_provider import (
    CLIENT,
    KEY,
    LEVEL,
    OTHER_KEY,
    PUBLIC,
    SECRET,
    IdentityProvider,
    by_hand,
    signed,
)
from tests.outreach.visits import AuditTail

pytestmark = pytest.mark.django_db
START, BACK = "/account/gemeente/", "/account/gemeente/terug/"
BUTTON = "Inloggen via de gemeente"


@pytest.fixture
def user() -> User:
    return factories.user(Role.CONSULENT)


@pytest.fixture
def provider(user, settings, monkeypatch) -> Iterator[IdentityProvider]:
    cache.clear()
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    provider = IdentityProvider(user.username)
    settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID = provider.issuer, CLIENT
    settings.OIDC_CLIENT_SECRET, settings.OIDC_ACR = SECRET, [LEVEL]
    yield provider
    provider.close()


def is_in(client: Client) -> bool:
    return client.get("/instellingen/").status_code == 200


def come_back(client: Client, provider: IdentityProvider, **changed: str) -> int:
    answer = provider.visit(client.get(START).headers["Location"])
    return client.get(BACK, {**answer, **changed}).status_code


def set_claim(name: str, value: object) -> Callable[[IdentityProvider], None]:
    return lambda provider: provider.change.update({name: value})


def set_token(token: Callable[[dict], str]) -> Callable[[IdentityProvider], None]:
    return lambda provider: setattr(provider, "token", token)


def of_public_key(claims: dict) -> str:
    """HS256, with what everybody may know as its secret."""
    header = {"alg": "HS256", "kid": "een"}
    return by_hand(claims, header, lambda text: hmac.new(PUBLIC, text, hashlib.sha256).digest())


def of_key(key: object, kid: str) -> Callable[[dict], str]:
    return lambda claims: jwt.encode(claims, key, algorithm="RS256", headers={"kid": kid})


def unsigned(claims: dict) -> str:
    return by_hand(claims, {"alg": "none", "kid": "een"}, lambda text: b"")


LONG = 3600
BAD: dict[str, tuple[Callable[[IdentityProvider], None], str]] = {
    "alg none": (set_token(unsigned), "InvalidAlgorithmError"),
    "HS256 with the public key": (set_token(of_public_key), "InvalidAlgorithmError"),
    "signed with another key": (set_token(of_key(OTHER_KEY, "een")), "InvalidSignatureError"),
    "a key nobody knows": (set_token(of_key(OTHER_KEY, "twee")), "sleutel"),
    "another issuer": (set_claim("iss", "https://elders.example"), "InvalidIssuerError"),
    "no issuer": (set_claim("iss", None), "MissingRequiredClaimError"),
    "another audience": (set_claim("aud", "iemand-anders"), "InvalidAudienceError"),
    "an audience it shares": (set_claim("aud", [CLIENT, "iemand-anders"]), "azp"),
    "made for another": (set_claim("azp", "iemand-anders"), "azp"),
    "another nonce": (set_claim("nonce", "van-een-ander"), "nonce"),
    "no nonce": (set_claim("nonce", None), "nonce"),
    "over": (set_claim("exp", int(time.time()) - LONG), "ExpiredSignatureError"),
    "without an end": (set_claim("exp", None), "MissingRequiredClaimError"),
    "not yet valid": (set_claim("nbf", int(time.time()) + LONG), "ImmatureSignatureError"),
    "made in the future": (set_claim("iat", int(time.time()) + LONG), "ImmatureSignatureError"),
    "no acr": (set_claim("acr", None), "acr"),
    "too low an acr": (set_claim("acr", "urn:example:laag"), "acr"),
    "an unknown user": (set_claim("sub", "niemand-hier"), "gebruiker"),
    "no subject": (set_claim("sub", None), "MissingRequiredClaimError"),
    "no token": (set_token(lambda claims: ""), "DecodeError"),
}


def refusals(audit: AuditTail) -> list[tuple[str, list[str], dict]]:
    return [line[1:] for line in audit.lines(Event.MUNICIPAL_SIGN_IN_REFUSED)]


def test_a_right_answer_signs_in_with_a_new_session_and_counts_as_the_second_step(provider, user):
    client, audit = Client(), AuditTail()
    address = client.get(START).headers["Location"]
    before = client.session.session_key
    assert f"acr_values={LEVEL.replace(':', '%3A')}" in address
    assert client.get(BACK, provider.visit(address)).headers["Location"] == "/"
    assert client.session.session_key != before
    assert client.session["_auth_user_id"] == str(user.pk)
    assert is_in(client)
    (line,) = audit.lines(Event.SIGNED_IN)
    assert line == (str(user.pk), "account", [str(user.pk)], {"manier": "gemeente"})


def test_no_bad_answer_signs_anybody_in(provider):
    assert {kind: tried(provider, kind) for kind in BAD} == {
        kind: (403, True, False, [("inloggen", [], {"reden": reason})]) for kind, (_, reason) in BAD.items()
    }
    assert provider.given == len(BAD) >= 12


def tried(provider: IdentityProvider, kind: str) -> tuple[object, ...]:
    """The answer, whether it is the page that says so, whether somebody is in, and the lines of the audit."""
    provider.change, provider.token = {}, signed
    BAD[kind][0](provider)
    client, audit = Client(), AuditTail()
    answer = client.get(BACK, provider.visit(client.get(START).headers["Location"]))
    said = "Inloggen via de gemeente is niet gelukt" in answer.content.decode()
    return answer.status_code, said, is_in(client), refusals(audit)


def test_who_is_put_out_of_work_does_not_sign_in(provider, user):
    user.is_active = False
    user.save()
    client = Client()
    assert come_back(client, provider) == 403
    assert not is_in(client)


@pytest.mark.parametrize("state", ["", "een-andere", "é"])
def test_another_state_signs_nobody_in_and_does_not_ask_the_provider(provider, state):
    client, audit = Client(), AuditTail()
    assert come_back(client, provider, state=state) == 403
    assert (provider.given, len(refusals(audit))) == (0, 1)


def test_an_answer_serves_once_and_in_one_browser(provider):
    client, thief = Client(), Client()
    answer = provider.visit(client.get(START).headers["Location"])
    assert thief.get(BACK, answer).status_code == 403
    assert client.get(BACK, answer).status_code == 302
    client.post("/account/logout/")
    provider.codes[answer["code"]] = {"nonce": "x", "code_challenge": "", "code_challenge_method": "S256"}
    assert client.get(BACK, answer).status_code == 403
    assert not is_in(client)


def test_the_answer_to_somebody_elses_question_signs_nobody_in(provider):
    """A code of another browser, put into this one: its verifier and its nonce are of that one."""
    client, other = Client(), Client()
    stolen = provider.visit(other.get(START).headers["Location"])
    assert come_back(client, provider, code=stolen["code"]) == 403
    assert provider.given == 0


@pytest.mark.parametrize("verifier", ["", "een-andere"])
def test_without_the_verifier_of_the_question_the_code_is_worth_nothing(provider, verifier):
    client = Client()
    answer = provider.visit(client.get(START).headers["Location"])
    session = client.session
    session["bij_gemeente"] = {**session["bij_gemeente"], "verifier": verifier}
    session.save()
    assert client.get(BACK, answer).status_code == 403
    assert not is_in(client)


def test_a_question_is_over_after_ten_minutes(provider):
    client = Client()
    answer = provider.visit(client.get(START).headers["Location"])
    session = client.session
    session["bij_gemeente"] = {**session["bij_gemeente"], "begun": int(time.time()) - 601}
    session.save()
    assert client.get(BACK, answer).status_code == 403


def test_an_error_or_a_provider_that_is_down_signs_nobody_in(provider):
    client, audit = Client(), AuditTail()
    assert come_back(client, provider, error="access_denied") == 403
    answer = provider.visit(client.get(START).headers["Location"])
    provider.close()
    assert client.get(BACK, answer).status_code == 403
    assert len(refusals(audit)) == 2


def test_a_provider_is_not_asked_in_clear():
    ours = openid.Provider("https://gemeente.example", CLIENT, SECRET, (LEVEL,), "sub")
    with pytest.raises(openid.Refused, match="tls"):
        openid.begin(replace(ours, issuer="http://gemeente.example"), BACK)


def test_who_asks_too_often_is_stopped_and_writes_no_more_lines(provider, settings):
    settings.ACCOUNT_RATE_LIMITS = {"municipal_sign_in": "2/m/ip"}
    client, audit = Client(), AuditTail()
    assert [client.get(BACK).status_code for _ in range(4)] == [403, 403, 429, 429]
    assert len(refusals(audit)) == 2


def test_the_button_is_there_where_it_works_and_nowhere_else(provider, settings):
    assert BUTTON in Client().get("/account/login/").content.decode()
    settings.OIDC_ISSUER = ""
    assert BUTTON not in Client().get("/account/login/").content.decode()
    assert [Client().get(page).status_code for page in (START, BACK)] == [404, 404]


# --- each guard taken away ---

AWAY = {
    "signed with another key": (openid, "CHECKS", {**openid.CHECKS, "verify_signature": False}),
    "alg none": (openid, "CHECKS", {**openid.CHECKS, "verify_signature": False}),
    "HS256 with the public key": (openid, "CHECKS", {**openid.CHECKS, "verify_signature": False}),
    "another issuer": (openid, "CHECKS", {**openid.CHECKS, "verify_iss": False}),
    "another audience": (openid, "CHECKS", {**openid.CHECKS, "verify_aud": False}),
    "over": (openid, "CHECKS", {**openid.CHECKS, "verify_exp": False}),
    "without an end": (openid, "CHECKS", {**openid.CHECKS, "require": []}),
    "not yet valid": (openid, "CHECKS", {**openid.CHECKS, "verify_nbf": False}),
    "made in the future": (openid, "CHECKS", {**openid.CHECKS, "verify_iat": False}),
    "another nonce": (openid, "_is_for_this_question", lambda *_: None),
    "no nonce": (openid, "_is_for_this_question", lambda *_: None),
    "no acr": (openid, "_is_strong_enough", lambda *_: None),
    "too low an acr": (openid, "_is_strong_enough", lambda *_: None),
}


def test_without_its_guard_each_of_these_would_sign_in(provider):
    assert {kind: tried_without(provider, kind) for kind in AWAY} == dict.fromkeys(AWAY, (302, True))


def tried_without(provider: IdentityProvider, kind: str) -> tuple[int, bool]:
    provider.change, provider.token = {}, signed
    BAD[kind][0](provider)
    client = Client()
    with pytest.MonkeyPatch.context() as away:
        away.setattr(*AWAY[kind])
        status = come_back(client, provider)
    return status, is_in(client)


def test_without_the_state_an_answer_of_elsewhere_would_sign_in(provider, monkeypatch):
    monkeypatch.setattr(openid, "_is_asked_by_us", lambda *_: None)
    client = Client()
    assert come_back(client, provider, state="een-andere") == 302


def test_without_the_look_at_whom_it_is_a_stranger_would_be_somebody(provider, user, monkeypatch):
    monkeypatch.setattr(municipal_sign_in, "_user", lambda name: user)
    BAD["an unknown user"][0](provider)
    assert come_back(Client(), provider) == 302


def test_the_provider_of_the_tests_signs_with_the_key_it_publishes():
    assert jwt.decode(of_key(KEY, "een")({"a": 1}), PUBLIC, algorithms=["RS256"]) == {"a": 1}
