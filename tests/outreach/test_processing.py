"""The register of processing follows what is set up now, and names what nobody has written down."""

import csv
import io

import pytest
from django.test import Client

from eligibility.models import Agreement, ControllerRole
from letters.models import Vendor
from outreach.actions.processing import HEADINGS, MISSING, NO_TERM, responsible
from outreach.admin_site import PROCESSING
from outreach.audit import Event
from outreach.kernel import clock
from outreach.kernel.db import acting_as
from outreach.models import Organisation, Role
from tests import factories
from tests.eligibility import destroying
from tests.outreach.visits import AuditTail
from tests.roles import as_role

pytestmark = pytest.mark.django_db
URL = "/beheer/verwerkingen/"


@pytest.fixture
def client() -> Client:
    made = Client(raise_request_exception=False)
    made.force_login(factories.user(Role.PRIVACY_OFFICER))
    return made


def rows(client: Client) -> dict[str, dict[str, str]]:
    text = client.get(URL + "register.csv").content.decode("utf-8-sig")
    return {row["Nummer"]: row for row in csv.DictReader(io.StringIO(text), delimiter=";")}


def test_each_bron_stands_in_it_with_what_was_agreed(client):
    today = clock.today()
    kept = Agreement.objects.get(bron="bijstand")
    with as_role("migrate"):
        Agreement.objects.filter(pk=kept.pk).update(
            role=ControllerRole.CONTROLLER,
            supplier="Sociale Dienst Waterveen",
            committee_reference="PC 26-4",
            committee_dated=today,
            retention_months=18,
            columns=["bsn"],
            uses={"bsn": "het pseudoniem"},
        )
    try:
        destroying.rule("levering", 24)
        line = rows(client)["bron-bijstand"]
    finally:
        with as_role("migrate"):
            kept.save()
    assert line["Rust op"] == f"besluit privacycommissie PC 26-4 van {today:%d-%m-%Y}"
    assert line["Van wie krijgen wij ze"] == "Sociale Dienst Waterveen (verwerkingsverantwoordelijke)"
    assert line["Welke gegevens"] == "bsn (het pseudoniem)"
    assert "volgens de afspraak: 18 maanden; levering van een bron: 24 maanden" in line["Hoe lang bewaard"]
    assert line["Hoe lang bewaard"].endswith("voor een levering geldt de kortste")


def test_who_gets_data_is_who_is_in_use_now(client):
    Vendor.objects.create(name="Drukkerij De Inktvis")
    Vendor.objects.create(name="Drukkerij Van Toen", active=False)
    Organisation.objects.create(name="Voedselbank Waterveen", kind="voedselbank")
    told = rows(client)
    assert told["brieven"]["Wie krijgt ze"] == "Drukkerij De Inktvis"
    assert told["overdracht"]["Wie krijgt ze"] == "Voedselbank Waterveen"


def test_the_page_names_what_was_not_written_down_and_the_file_says_the_same(client):
    text = client.get(URL).content.decode()
    told = rows(client)
    short = [number for number, row in told.items() if any(MISSING in row[name] for name in HEADINGS)]
    assert f"Bij {len(short)} van de {len(told)} verwerkingen is iets nog niet vastgelegd." in text
    assert all(f'id="v-{number}"' in text for number in told)
    assert list(next(iter(told.values()))) == [*HEADINGS, *responsible()]


def test_it_says_who_is_responsible_and_who_watches_over_that(client, settings):
    settings.GEMEENTE_VERANTWOORDELIJKE, settings.GEMEENTE_FG = "college@gemeente.example", ""
    head = client.get(URL).content.decode().split("</dl>")[0]
    assert "Contact: college@gemeente.example" in head
    assert head.count("Nog niet compleet:") == 1
    line = rows(client)["brieven"]
    assert line["Verantwoordelijke"].startswith(f"Gemeente {settings.GEMEENTE_NAAM}, ")
    assert line["Functionaris gegevensbescherming"] == MISSING
    settings.GEMEENTE_FG = "A. de Vries, fg@gemeente.example"
    assert rows(client)["brieven"]["Functionaris gegevensbescherming"] == settings.GEMEENTE_FG
    assert "Nog niet compleet:" not in client.get(URL).content.decode().split("</dl>")[0]


def test_of_each_line_it_says_whether_data_leaves_the_eu(client):
    told = {number: row["Doorgifte buiten de EU"] for number, row in rows(client).items()}
    assert all(text.startswith("geen") for text in told.values())
    by_others = {number for number, text in told.items() if text != "geen"}
    assert by_others == {"brieven", "toekenningen", "delen", "overdracht"}


@pytest.mark.parametrize(
    ("role", "said"),
    [
        ("", MISSING),
        (ControllerRole.JOINT, "Sociale Dienst Waterveen"),
        (ControllerRole.PROCESSOR, "niemand"),
    ],
)
def test_it_says_with_whom_the_municipality_is_responsible_together(client, role, said):
    kept = Agreement.objects.get(bron="bijstand")
    with as_role("migrate"):
        Agreement.objects.filter(pk=kept.pk).update(
            role=role,
            supplier="Sociale Dienst Waterveen",
            processing_reference="VO 26-1",
            processing_dated=clock.today(),
        )
    try:
        assert rows(client)["bron-bijstand"]["Samen verantwoordelijk met"] == said
    finally:
        with as_role("migrate"):
            kept.save()


def test_what_nothing_clears_away_is_said_to_have_no_term(client):
    told = {number: row["Hoe lang bewaard"] for number, row in rows(client).items()}
    assert {number for number, text in told.items() if NO_TERM in text} == {
        *("verzoeken", "ontzegelen", "datalekken", "rapport", "logboek"),
    }
    assert "persoon in de uitvoering" not in told["verzoeken"]
    assert "zonder termijn" in told["medewerkers"]
    assert "persoon in de uitvoering" in told["vertegenwoordigers"]


def test_every_room_tells_of_its_own_and_no_number_stands_twice():
    with acting_as(factories.user(Role.PRIVACY_OFFICER).actor()):
        numbers = [line.number for source in PROCESSING for line in source()]
    assert len(numbers) == len(set(numbers))
    assert {"bron-brp", "koppeling", "brieven", "toekenningen", "afmeldingen", "bezoeken"} <= set(numbers)


def test_that_it_was_taken_along_is_written_down(client):
    tail = AuditTail()
    rows(client)
    assert len(tail.lines(Event.PROCESSING_EXPORTED)) == 1


def test_no_other_role_reads_it():
    other = Client(raise_request_exception=False)
    other.force_login(factories.user(Role.FUNCTIONEEL_BEHEERDER))
    assert other.get(URL).status_code == other.get(URL + "register.csv").status_code == 403
