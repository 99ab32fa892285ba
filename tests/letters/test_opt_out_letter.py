"""The confirmation of an opt-out as a PDF: to whom it goes, what it says, and when there is none."""

import pypdfium2
import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from optout.actions import opt_out
from optout.models import Channel, OptOut, Scope
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Household, Role, User
from tests import factories
from tests.letters import rounds
from tests.outreach import visits
from tests.outreach.logged import LogTail

pytestmark = pytest.mark.django_db


@pytest.fixture
def consulent() -> User:
    return factories.user(Role.CONSULENT)


@pytest.fixture
def household() -> Household:
    rounds.approved_texts()
    adult = factories.person(given_names="Aad", family_name="Wilgen")
    return factories.household(adults=[adult], street="Gerststraat", house_number=7)


def opted_out(
    household: Household, by: User, scope: Scope = Scope.ALL, regeling: str | None = None
) -> OptOut:
    with acting_as(by.actor()):
        person = household.members.select_related("person").get(adult=True).person
        opt_out.register(person=person, regeling=regeling, scope=scope, channel=Channel.DESK, by=by)
        return OptOut.objects.latest("pk")


def fetch(household: Household, wish: OptOut, by: User) -> HttpResponse:
    client = Client()
    client.force_login(by)
    return client.get(reverse("opt_out_letter", args=[household.pk, wish.pk]))


def words(answer: HttpResponse) -> str:
    assert answer["Content-Type"] == "application/pdf"
    pages = pypdfium2.PdfDocument(answer.content)
    return " ".join(" ".join(page.get_textpage().get_text_range() for page in pages).split())


def test_it_goes_to_who_opted_out_at_his_address_and_is_written_down(household, consulent):
    wish = opted_out(household, consulent)
    tail = LogTail()
    text = words(fetch(household, wish, consulent))
    for said in ("Wilgen", "Gerststraat 7", "U bent afgemeld", "geen brief of bezoek meer"):
        assert said in text
    assert "{" not in text
    lines = [line for line in tail.lines() if line["name"] == "afmelding_bevestigd"]
    assert [(line["subject"], line["activity"]) for line in lines] == [(str(wish.person_id), "afmeldingen")]


def test_about_one_regeling_it_names_that(household, consulent):
    wish = opted_out(household, consulent, Scope.REGELING, "stadspas")
    assert "meer over de Stadspas" in words(fetch(household, wish, consulent))


def test_to_who_represents_him(household, consulent):
    wish = opted_out(household, consulent)
    with acting_as(SYSTEM_ACTOR):
        factories.representative(wish.person)
    text = words(fetch(household, wish, consulent))
    assert "Bewindkantoor De Brug" in text
    assert "Gerststraat" not in text


@pytest.mark.parametrize("scope", [Scope.LETTERS, Scope.VISITS, Scope.SHARE])
def test_of_what_the_text_does_not_tell_there_is_none(household, consulent, scope):
    wish = opted_out(household, consulent, scope)
    client = Client()
    client.force_login(consulent)
    page = client.get(reverse("opt_out", args=[household.pk]))
    assert "Bevestiging als PDF" not in page.content.decode()
    assert fetch(household, wish, consulent).status_code == 302


def test_without_an_approved_text_one_is_told(consulent):
    household = factories.household()
    wish = opted_out(household, consulent)
    client = Client()
    client.force_login(consulent)
    page = client.get(reverse("opt_out_letter", args=[household.pk, wish.pk]), follow=True)
    assert "nog niet goedgekeurd" in page.content.decode()


def test_not_of_another_household_nor_once_it_was_taken_back(household, consulent):
    wish = opted_out(household, consulent)
    assert fetch(factories.household(), wish, consulent).status_code == 404
    with acting_as(consulent.actor()):
        opt_out.withdraw(opt_out=OptOut.objects.get(pk=wish.pk), by=consulent)
    assert fetch(household, wish, consulent).status_code == 404


def test_without_the_audit_there_is_none(household, consulent):
    wish = opted_out(household, consulent)
    client = Client(raise_request_exception=False)
    client.force_login(consulent)
    with visits.broken_audit():
        answer = client.get(reverse("opt_out_letter", args=[household.pk, wish.pk]))
    assert answer.status_code == 500
    assert not answer.content.startswith(b"%PDF")
