"""Tokens: who gets one, how long it is good, and that it is over at once when a client is shut out."""

import base64
import datetime

import pytest
import time_machine
from django.contrib.auth.hashers import check_password
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from oauth2_provider.models import AccessToken, Application

from letters.actions import vendor_clients
from letters.api.throttles import address
from letters.models import Vendor
from outreach.kernel.db import acting_as
from outreach.models import Role
from outreach.policies import NotNow
from tests import factories
from tests.api import calling
from tests.letters import rounds

pytestmark = pytest.mark.django_db


@pytest.fixture
def issued(transactional_db):
    return calling.issue()


def _with(token: str):
    return calling.Caller(issued=None, token=token).get("/partijen")


def test_a_client_gets_a_token_for_ten_minutes_and_nothing_to_renew_it(issued):
    answer = calling.ask_token(issued)
    body = answer.json()
    assert (answer.status_code, body["token_type"], body["expires_in"]) == (200, "Bearer", 600)
    assert "refresh_token" not in body
    assert answer["Cache-Control"] == "no-store"
    assert answer["API-Version"]
    assert _with(body["access_token"]).status_code == 200


def test_neither_a_secret_nor_a_token_lies_readable(issued):
    token = calling.ask_token(issued).json()["access_token"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(t)::text FROM oauth2_provider_accesstoken t")
        rows = cursor.fetchall()
        cursor.execute("SELECT row_to_json(t)::text FROM oauth2_provider_application t")
        rows += cursor.fetchall()
    assert len(rows) == 2
    assert not any(token in row or issued.secret in row for (row,) in rows)
    assert check_password(issued.secret, issued.client.application.client_secret)


@pytest.mark.parametrize(
    ("fields", "status", "error"),
    [
        ({"grant_type": "password", "username": "a", "password": "b"}, 400, "unsupported_grant_type"),
        ({"grant_type": "authorization_code", "code": "a"}, 400, "unsupported_grant_type"),
        ({"grant_type": "refresh_token", "refresh_token": "a"}, 400, "unsupported_grant_type"),
        (
            {"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": "a"},
            400,
            "unsupported_grant_type",
        ),
        ({"scope": "alles"}, 400, "invalid_scope"),
    ],
)
def test_what_else_is_asked_is_refused_in_the_words_of_the_rfc(issued, fields, status, error):
    answer = calling.ask_token(issued, **fields)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer["Content-Type"] == "application/json"
    assert not AccessToken.objects.exists()


def test_a_wrong_secret_gets_nothing(issued):
    for secret in ("raad maar", issued.secret[:-1]):
        answer = calling.ask_token(issued, secret)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert Client().post("/oauth/token", {"grant_type": "client_credentials"}).status_code == 401


def test_guessing_is_slowed_down(issued, settings):
    settings.API_TOKENS_PER_MINUTE = 0
    answer = calling.ask_token(issued, "raad maar")
    calling.problem(answer, 429, "te-vaak")
    assert int(answer["Retry-After"]) <= 60


def _try(issued, secret: str = "", *, client: str = "", address: str = "192.0.2.1", **headers: str) -> int:
    """The status of asking for a token from an address."""
    pair = calling.basic(issued, secret)
    if client:
        pair = {"Authorization": "Basic " + base64.b64encode(f"{client}:x".encode()).decode()}
    answer = Client(raise_request_exception=False).post(
        "/oauth/token",
        {"grant_type": "client_credentials", "scope": "drukwerk"},
        headers=pair | {name.replace("_", "-"): value for name, value in headers.items()},
        REMOTE_ADDR=address,
    )
    return answer.status_code


@pytest.fixture
def three(settings):
    """Three tries a minute, with nothing counted yet and no minute that turns meanwhile."""
    cache.clear()
    settings.API_TOKENS_PER_MINUTE = 3
    with time_machine.travel(datetime.datetime(2026, 3, 5, 10, 0, 5, tzinfo=datetime.UTC), tick=False):
        yield


def test_a_stranger_shuts_no_vendor_out(issued, three):
    other = calling.issue(Vendor.objects.create(name="Een andere drukker"))
    assert [_try(issued, client="verzonnen") for _ in range(4)] == [401, 401, 401, 429]
    assert _try(issued, client="weeranders") == 429
    assert [_try(issued, "raad maar") for _ in range(4)] == [401, 401, 401, 429]
    assert _try(issued) == 429
    assert _try(other) == 200
    assert _try(issued, address="192.0.2.2") == 200


def test_a_client_that_is_named_in_the_form_has_the_same_count(issued, three):
    form = {
        "grant_type": "client_credentials",
        "client_id": issued.client.application.client_id,
        "client_secret": "raad maar",
    }
    tries = [Client().post("/oauth/token", form, REMOTE_ADDR="192.0.2.1").status_code for _ in range(3)]
    assert tries == [401] * 3
    assert _try(issued) == 429


@pytest.mark.parametrize("client", ["a\x00b", "é" * 9, "a" * 101, ":"])
def test_what_can_be_no_client_is_refused_as_any_other(issued, three, client):
    assert _try(issued, client=client) == 401


def test_without_a_trusted_proxy_nobody_says_where_he_comes_from(issued, three):
    tries = [_try(issued, "raad maar", X_Forwarded_For=f"198.51.100.{last}") for last in range(4)]
    assert tries == [401, 401, 401, 429]


def test_behind_a_proxy_each_caller_has_his_own_count(issued, three, settings):
    settings.TRUSTED_PROXIES = 1
    mine, theirs = "198.51.100.7", "198.51.100.8"
    assert [_try(issued, "raad maar", X_Forwarded_For=theirs) for _ in range(4)] == [401, 401, 401, 429]
    assert _try(issued, X_Forwarded_For=mine) == 200
    # What stands before the address that the proxy saw is made up.
    assert _try(issued, X_Forwarded_For=f"{mine}, {theirs}") == 429


@pytest.mark.parametrize(
    ("proxies", "told", "seen"),
    [
        (0, "198.51.100.7", "192.0.2.1"),
        (1, "", "192.0.2.1"),
        (1, "nergens", "192.0.2.1"),
        (1, "203.0.113.9, 198.51.100.7", "198.51.100.7"),
        (2, "203.0.113.9, 198.51.100.7,10.0.0.1", "198.51.100.7"),
        (2, "198.51.100.7", "192.0.2.1"),
        (1, "2001:DB8::1", "2001:db8::1"),
    ],
)
def test_where_a_caller_comes_from(rf, settings, proxies, told, seen):
    settings.TRUSTED_PROXIES = proxies
    headers = {"X-Forwarded-For": told} if told else {}
    assert address(rf.post("/oauth/token", headers=headers, REMOTE_ADDR="192.0.2.1")) == seen


def test_a_token_that_is_over_is_refused_and_swept_away(issued):
    token = calling.ask_token(issued).json()["access_token"]
    with time_machine.travel(datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=601)):
        answer = _with(token)
        calling.problem(answer, 401, "token-ongeldig")
        assert answer["WWW-Authenticate"] == 'Bearer realm="drukwerk", error="invalid_token"'
        calling.ask_token(issued)
        assert AccessToken.objects.count() == 1


@pytest.mark.parametrize("token", ["", "x", "x y", "a" * 600, "é"])
def test_what_is_no_token_is_refused(issued, token):
    calling.problem(_with(token), 401, "token-ongeldig")


def test_a_token_is_not_taken_from_the_address_or_of_another_kind(issued):
    token = calling.token_for(issued)
    client = Client()
    address = f"/api/drukwerk/v1/partijen?access_token={token}"
    assert client.get(address).status_code == 401
    for header in (calling.basic(issued), {"Authorization": token}, {"Authorization": f"Token {token}"}):
        assert client.get("/api/drukwerk/v1/partijen", headers=header).status_code == 401


def test_a_token_of_a_client_that_is_no_vendors_opens_nothing(issued):
    stray = Application.objects.create(
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
        client_secret="geheim",
    )
    issued.client.application = stray
    calling.problem(_with(calling.token_for(issued)), 401, "token-ongeldig")
    assert calling.ask_token(issued, "geheim").json()["error"] == "invalid_client"


def test_who_is_shut_out_is_out_at_once(issued):
    token, by = calling.ask_token(issued).json()["access_token"], calling.manager()
    with acting_as(by.actor()):
        vendor_clients.revoke(client=issued.client, by=by)
        with pytest.raises(NotNow):
            vendor_clients.revoke(client=issued.client, by=by)
        with pytest.raises(NotNow):
            vendor_clients.rotate(client=issued.client, by=by)
    calling.problem(_with(token), 401, "token-ongeldig")
    assert calling.ask_token(issued).json()["error"] == "invalid_client"
    # Also a token that was handed out in the same moment.
    calling.problem(_with(calling.token_for(issued)), 401, "token-ongeldig")


def test_a_new_secret_ends_the_old_one_and_its_tokens(issued):
    token, by = calling.ask_token(issued).json()["access_token"], calling.manager()
    with acting_as(by.actor()):
        renewed = vendor_clients.rotate(client=issued.client, by=by)
    calling.problem(_with(token), 401, "token-ongeldig")
    assert calling.ask_token(issued).status_code == 401
    assert calling.ask_token(renewed).status_code == 200
    assert renewed.secret not in repr(renewed)


def test_a_vendor_that_is_no_longer_used_is_out(issued):
    token = calling.token_for(issued)
    Vendor.objects.update(active=False)
    calling.problem(_with(token), 401, "token-ongeldig")
    assert calling.ask_token(issued).json()["error"] == "invalid_client"
    with acting_as(calling.manager().actor()), pytest.raises(NotNow):
        vendor_clients.make(vendor=Vendor.objects.get(), label="x", sandbox=False, by=calling.manager())


@pytest.mark.parametrize("role", [one for one in Role if one != Role.FUNCTIONEEL_BEHEERDER])
def test_only_a_functioneel_beheerder_makes_clients(role, transactional_db):
    by = factories.user(role, team=factories.team() if role == Role.BUURTTEAM else None)
    vendor = rounds.vendor()
    with acting_as(by.actor()), pytest.raises(PermissionDenied):
        vendor_clients.make(vendor=vendor, label="x", sandbox=False, by=by)
