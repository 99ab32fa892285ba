"""The pages on which the privacy officer handles a request: a few clicks from the letter to the file."""

import datetime
import re

import pypdfium2
import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from eligibility.actions import access_packs, keys
from outreach.audit import Event
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.management.demo import requests
from outreach.models import LegalHold, LooplijstItem, Role, SubjectNumber, SubjectRequest, User
from outreach.views import pack_pdf
from tests import factories
from tests.days import pin
from tests.eligibility import deliver
from tests.outreach import visits
from tests.roles import as_role

pytestmark = pytest.mark.django_db
NUMBER = deliver.bsn(53000000)
#: Those of the session and the actor too.
PAGE_QUERIES = 14


@pytest.fixture(autouse=True)
def folders(settings, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("celery.app.task.Task.apply_async", lambda *args, **kwargs: None)
    settings.EXPORT_FOLDER = tmp_path / "uitvoer"
    settings.KEY_FOLDER = str(tmp_path / "keys")
    settings.MASTER_KEY = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="


@pytest.fixture
def officer() -> User:
    return factories.user(Role.PRIVACY_OFFICER)


@pytest.fixture
def site(officer) -> Client:
    made = Client()
    made.force_login(officer)
    return made


@pytest.fixture
def noor() -> str:
    person = factories.person(given_names="Noor", family_name="Zilverberg", birth_date="19710203")
    factories.household(adults=[person], street="Gerststraat", house_number=7)
    return str(person.pk)


def url(name: str, *args: object) -> str:
    return reverse(f"admin:outreach_subjectrequest_{name}", args=args)


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def fields(**said: str) -> dict[str, str]:
    told = {"kind": "inzage", "received_on": clock.today().isoformat(), "channel": "brief"}
    return told | {"identity": "balie"} | said


def by_name(**said: str) -> dict[str, str]:
    return fields(name="Zilverberg", born="1971-02-03", **said)


def only(officer: User) -> SubjectRequest:
    with acting_as(officer.actor()):
        return SubjectRequest.objects.get()


def worker() -> list[int]:
    with as_role("koppel"):
        keys.keep_ready()
        return access_packs.make_due(pack_pdf.draw)


def test_from_the_letter_to_the_file(site, officer, noor):
    found = site.post(url("add"), by_name())
    assert found.status_code == 200
    assert "Noor Zilverberg, Gerststraat 7, Waterveen" in text_of(found)
    with acting_as(officer.actor()):
        assert not SubjectRequest.objects.exists()
    page = site.post(url("add"), by_name(person=noor), follow=True)
    made = only(officer)
    assert "De werker maakt het pakket" in text_of(page)
    assert "Noor Zilverberg, geboren 03-02-1971" in text_of(page)
    assert worker() == [made.pk]
    page = site.get(url("change", made.pk))
    assert "Pakket downloaden" in text_of(page)
    tail = visits.AuditTail()
    file = site.get(url("pakket", made.pk))
    assert file["Content-Type"] == "application/pdf"
    assert "no-store" in file["Cache-Control"]
    assert file["Content-Disposition"] == f'attachment; filename="overzicht-verzoek-{made.pk}.pdf"'
    pages = [one.get_textpage().get_text_range() for one in pypdfium2.PdfDocument(file.content)]
    assert "Zilverberg" in "".join(pages)
    assert len(tail.lines(Event.SUBJECT_PACK_FETCHED)) == 1
    done = site.post(url("beantwoorden", made.pk), follow=True)
    assert "Het verzoek is beantwoord." in text_of(done)
    assert only(officer).state == "beantwoord"


def test_who_is_not_among_those_found_is_not_taken(site, officer, noor):
    other = factories.person(family_name="Anders", birth_date="19710203")
    answer = site.post(url("add"), by_name(person=str(other.pk)))
    assert "Gevonden: wie is het?" in text_of(answer)
    nobody = site.post(url("add"), fields(name="Onbekend", born="1971-02-03"))
    assert "Niemand gevonden" in text_of(nobody)
    with acting_as(officer.actor()):
        assert not SubjectRequest.objects.exists()


def test_a_number_that_is_typed_is_shown_nowhere(site, officer):
    with as_role("koppel"):
        keys.keep_ready()
    wrong = site.post(url("add"), fields(bsn="123456789"))
    assert wrong.status_code == 422
    assert "123456789" not in text_of(wrong)
    page = site.post(url("add"), fields(bsn=NUMBER), follow=True)
    assert NUMBER not in text_of(page)
    made = only(officer)
    assert "wacht op de werker" in text_of(page)
    assert worker() == [made.pk]
    assert "kwam niet uit een koppeling" in text_of(site.get(url("change", made.pk)))
    with as_role("migrate"):
        assert not SubjectNumber.objects.exists()


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({}, "Vul een naam met een geboortedatum in, of een BSN."),
        ({"name": "Zilverberg", "born": "1971-02-03", "bsn": NUMBER}, "of een BSN."),
        ({"kind": "correctie", "name": "Zilverberg", "born": "1971-02-03"}, "Schrijf op wat er niet klopt."),
        ({"about": f"Zijn nummer is {NUMBER}"}, "kan zijn"),
        ({"received_on": "2999-01-01"}, "Kies een dag die geweest is."),
    ],
)
def test_what_is_not_complete_is_said(site, officer, said, why):
    answer = site.post(url("add"), fields(**said))
    assert answer.status_code == 422
    assert why in text_of(answer)
    with acting_as(officer.actor()):
        assert not SubjectRequest.objects.exists()


def test_each_act_is_offered_when_it_can_be_done(site, officer, noor):
    site.post(url("add"), by_name(kind="correctie", about="Het huisnummer", identity="", person=noor))
    made = only(officer)
    page = text_of(site.get(url("change", made.pk)))
    assert "Identiteit vastleggen" in page
    assert "Beantwoord</" not in page
    empty = site.post(url("doorgeven", made.pk), {"whom": ""})
    assert empty.status_code == 422
    site.post(url("identiteit", made.pk), {"identity": "digid"})
    early = site.post(url("beantwoorden", made.pk), follow=True)
    assert "Geef de fout eerst door" in text_of(early)
    site.post(url("doorgeven", made.pk), {"whom": "BRP"})
    site.post(url("verlengen", made.pk), {"reason": "Het is ingewikkeld"})
    page = text_of(site.get(url("change", made.pk)))
    assert "BRP," in page
    assert "verlengd op" in page
    assert "Termijn verlengen" not in page
    site.post(url("afwijzen", made.pk), {"reason": "Het klopt wel"})
    assert (only(officer).state, only(officer).refusal) == ("afgewezen", "Het klopt wel")
    ended = text_of(site.get(url("change", made.pk)))
    assert re.findall(r'<input type="submit"[^>]* value="([^"]+)"', ended) == ["Gegevens bewaren"]


def test_a_restriction_is_lifted_on_its_page(site, officer, noor):
    page = site.post(url("add"), by_name(kind="beperking", person=noor), follow=True)
    assert "wordt nu niet benaderd" in text_of(page)
    consulent = Client()
    consulent.force_login(factories.user(Role.CONSULENT))
    with as_role("migrate"):
        household = factories.Person.objects.get(pk=noor).households.get().pk
    seen = text_of(consulent.get(f"/huishoudens/{household}/"))
    assert "gebruik van gegevens beperkt" in seen
    site.post(url("opheffen", only(officer).pk))
    assert "gebruik van gegevens beperkt" not in text_of(consulent.get(f"/huishoudens/{household}/"))


def test_the_data_of_who_asked_are_held_from_his_request_without_a_key_typed_over(site, officer, noor):
    site.post(url("add"), by_name(kind="bezwaar", person=noor))
    made = only(officer)
    refused = site.post(url("vasthouden", made.pk), {"because": ""})
    assert refused.status_code == 422
    page = text_of(site.post(url("vasthouden", made.pk), {"because": "Beroep 26/4"}, follow=True))
    hold = LegalHold.objects.get()
    assert (hold.kind, hold.subject, hold.reason) == ("persoon", noor, "Beroep 26/4")
    assert reverse("admin:outreach_legalhold_change", args=[hold.pk]) in page
    assert "Gegevens bewaren" not in page
    again = text_of(site.post(url("vasthouden", made.pk), {"because": "Beroep 26/4"}, follow=True))
    assert "Er is al een verbod" in again
    assert LegalHold.objects.count() == 1
    shown = text_of(site.get(reverse("admin:outreach_legalhold_change", args=[hold.pk])))
    assert "Zilverberg" not in shown
    assert noor in shown


def test_who_is_nowhere_is_not_held(site, officer):
    with as_role("koppel"):
        keys.keep_ready()
    site.post(url("add"), fields(bsn=NUMBER, kind="bezwaar"))
    made = only(officer)
    assert "Gegevens bewaren" not in text_of(site.get(url("change", made.pk)))
    refused = text_of(site.post(url("vasthouden", made.pk), {"because": "Beroep 26/4"}, follow=True))
    assert "Er valt niets te bewaren" in refused
    assert not LegalHold.objects.exists()


def test_what_is_late_is_shown_and_pages_ask_little(site, officer, noor, monkeypatch):
    site.post(url("add"), by_name(person=noor))
    made = only(officer)
    counted = []
    for _ in range(2):
        with CaptureQueriesContext(connections["default"]) as queries:
            assert site.get(url("changelist")).status_code == 200
        counted.append(len(queries))
        for _ in range(4):
            site.post(url("add"), by_name(kind="bezwaar", person=noor))
    assert counted[0] == counted[1]
    with CaptureQueriesContext(connections["default"]) as queries:
        site.get(url("change", made.pk))
    assert len(queries) <= PAGE_QUERIES
    pin(monkeypatch, clock.today() + datetime.timedelta(days=32))
    site.force_login(officer)
    assert "te laat" in text_of(site.get(url("changelist")))
    assert "Dit verzoek is te laat." in text_of(site.get(url("change", made.pk)))


def test_the_demo_asks_once(officer):
    item = visits.items(visits.list_of(factories.team()))[0]
    with acting_as(SYSTEM_ACTOR):
        LooplijstItem.objects.filter(pk=item.pk).update(state="bezocht")
        spoken = item.household.members.get().person_id
        made = requests.ask(item.round, clock.today(), officer)
        assert requests.ask(item.round, clock.today(), officer) == made
    assert worker() == [made]
    assert only(officer).person == spoken
