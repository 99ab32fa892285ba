"""Asking, agreeing and reading why somebody was found, on the pages in Beheer."""

import pytest
from django.test import Client
from django.urls import reverse

from outreach.models import Role, User
from tests import factories
from tests.eligibility import unsealing as made
from tests.eligibility.unsealing import Town

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places")]


@pytest.fixture
def town(manager: User) -> Town:
    return made.town(manager)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def url(name: str, *args: object) -> str:
    return reverse(f"admin:eligibility_unsealrequest_{name}", args=args)


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def test_one_asks_another_agrees_and_both_read_it(town: Town, django_assert_max_num_queries):
    officer, adviser = factories.user(Role.PRIVACY_OFFICER), factories.user(Role.JURIDISCH_ADVISEUR)
    mine, theirs = client_of(officer), client_of(adviser)
    where = {"number": str(town.household())}
    assert "Zoek huishouden" in text_of(mine.get(url("add")))
    shown = text_of(mine.post(url("add"), where))
    # Who of the household is told by a birth date; a name is not there.
    assert shown.count("Volwassene, geboren 10-03-1986") == 2
    assert "Kind, geboren 01-04-2014" in shown
    assert "Aad" not in shown
    chosen = where | {"who": f"{town.run.pk}:{town.person('Aad')}"}
    assert mine.post(url("add"), chosen | {"reason": ""}).status_code == 422
    assert mine.post(url("add"), chosen | {"reason": "Over 123456782"}).status_code == 422
    assert mine.post(url("add"), chosen | {"who": "1:x", "reason": "Bezwaar"}).status_code == 422
    asked = mine.post(url("add"), chosen | {"reason": "Bezwaar, zaak 12"}, follow=True)
    pk = int(asked.redirect_chain[-1][0].split("/")[-3])
    assert "Akkoord geven" not in text_of(asked)
    assert mine.post(url("toestaan", pk)).status_code == 403
    again = mine.post(url("add"), chosen | {"reason": "Nog eens"})
    assert "loopt al een verzoek" in text_of(again)
    with django_assert_max_num_queries(20):
        page = theirs.get(url("change", pk))
    assert "Bezwaar, zaak 12" in text_of(page)
    assert "Akkoord geven" in text_of(page)
    assert theirs.get(url("toestaan", pk)).status_code == 405
    early = theirs.get(url("antwoord", pk), follow=True)
    assert "Alleen wie dit vroeg" in text_of(early)
    theirs.post(url("toestaan", pk))
    assert made.open_due() == 1
    for client in (mine, theirs):
        assert "Antwoord lezen" in text_of(client.get(url("change", pk)))
        answer = client.get(url("antwoord", pk))
        assert "Bijstand (2025)" in text_of(answer)
        assert "no-store" in answer.headers["Cache-Control"]
    for role in (Role.PRIVACY_OFFICER, Role.JURIDISCH_ADVISEUR):
        other = client_of(factories.user(role)).get(url("antwoord", pk), follow=True)
        assert "Bijstand" not in text_of(other)
    assert client_of(factories.user(Role.CONSULENT)).get(url("antwoord", pk)).status_code == 403


def test_an_adviser_reaches_his_requests_and_no_other_register(town: Town):
    adviser = client_of(factories.user(Role.JURIDISCH_ADVISEUR))
    request = made.ask(town)
    menu = text_of(adviser.get("/"))
    assert url("changelist") in menu
    index = text_of(adviser.get(reverse("admin:index")))
    assert "Verzoeken tot ontzegelen" in index
    assert reverse("admin:outreach_user_changelist") not in index
    assert adviser.get(reverse("admin:outreach_user_changelist")).status_code == 403
    refused = adviser.post(url("weigeren", request.pk), follow=True)
    assert "Het zegel blijft dicht" in text_of(refused)
    assert made.by_hand("SELECT state FROM eligibility_unsealrequest") == [("geweigerd",)]


def test_of_an_address_without_a_seal_the_page_says_so(town: Town):
    officer = client_of(factories.user(Role.PRIVACY_OFFICER))
    page = officer.post(url("add"), {"postcode": "1099 AB", "house_number": "4999"})
    assert "Over niemand op dit adres" in text_of(page)
