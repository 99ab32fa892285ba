"""The pages on which a functioneel beheerder makes, renews and shuts out the programs of vendors."""

import re

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from letters.models import Vendor, VendorClient
from outreach.admin_site import site
from outreach.models import Role
from tests import factories
from tests.api import calling
from tests.letters import rounds

pytestmark = pytest.mark.django_db
ADD = "admin:letters_vendorclient_add"


@pytest.fixture
def beheerder(transactional_db) -> Client:
    client = Client()
    client.force_login(factories.user(Role.FUNCTIONEEL_BEHEERDER))
    return client


def _make(beheerder: Client, **fields: object):
    body = {"vendor": rounds.vendor().pk, "label": "productie"} | fields
    return beheerder.post(reverse(ADD), body)


def _secret(answer) -> str:
    return re.search(r"client_secret</dt>\s*<dd><code>(\w+)</code>", answer.content.decode())[1]


def test_the_secret_is_shown_once_and_works(beheerder):
    answer = _make(beheerder)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    client, secret = VendorClient.objects.get(), _secret(answer)
    issued = calling.Issued(client, secret)
    assert calling.ask_token(issued).status_code == 200
    for page in (
        reverse("admin:letters_vendorclient_change", args=[client.pk]),
        reverse("admin:letters_vendorclient_changelist"),
        reverse("admin:letters_vendorclient_history", args=[client.pk]),
        reverse("admin:index"),
    ):
        assert secret not in beheerder.get(page).content.decode()
    assert not any(secret in str(line.__dict__) for line in LogEntry.objects.all())
    assert secret not in str(dict(beheerder.session))


def test_a_new_secret_and_shutting_out_have_a_button_each(beheerder):
    first = _secret(_make(beheerder, sandbox="on"))
    client = VendorClient.objects.get()
    assert client.sandbox
    page = reverse("admin:letters_vendorclient_change", args=[client.pk])
    second = _secret(beheerder.post(page, {"label": "productie", "_rotate": "1"}))
    assert second != first
    assert calling.ask_token(calling.Issued(client, first)).status_code == 401
    assert calling.ask_token(calling.Issued(client, second)).status_code == 200
    assert beheerder.post(page, {"label": "productie", "_revoke": "1"}).status_code == 302
    assert calling.ask_token(calling.Issued(client, second)).status_code == 401
    client.refresh_from_db()
    assert client.revoked_at
    assert client.rotated_at
    shown = beheerder.get(page).content.decode()
    assert "_rotate" not in shown
    assert beheerder.post(page, {"label": "weer", "_rotate": "1"}).status_code == 403


def test_vendor_and_kind_of_a_program_do_not_change(beheerder):
    _make(beheerder)
    client, other = VendorClient.objects.get(), Vendor.objects.create(name="Een andere drukker")
    page = reverse("admin:letters_vendorclient_change", args=[client.pk])
    beheerder.post(page, {"label": "anders", "vendor": other.pk, "sandbox": "on"})
    client.refresh_from_db()
    assert (client.label, client.vendor, client.sandbox) == ("anders", rounds.vendor(), False)


def test_a_vendor_that_is_no_longer_used_gets_no_program(beheerder):
    vendor = rounds.vendor()
    Vendor.objects.update(active=False)
    assert "label" in _make(beheerder, vendor=vendor.pk).context["adminform"].form.data
    assert not VendorClient.objects.exists()


def test_who_only_looks_sees_no_button(beheerder):
    _make(beheerder)
    client = VendorClient.objects.get()
    officer = Client()
    officer.force_login(factories.user(Role.PRIVACY_OFFICER))
    page = reverse("admin:letters_vendorclient_change", args=[client.pk])
    shown = officer.get(page)
    assert shown.status_code == 200
    assert "_revoke" not in shown.content.decode()
    assert officer.post(page, {"_revoke": "1", "label": "x"}).status_code == 403
    client.refresh_from_db()
    assert client.revoked_at is None


def test_the_tables_of_the_token_library_have_no_page():
    library = set(apps.get_app_config("oauth2_provider").get_models())
    assert library
    assert not library & set(site._registry)
