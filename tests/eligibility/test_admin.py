"""Reference data in the admin: who may, what is held to, and that every change stands in the audit."""

import datetime
import io

import openpyxl
import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connections, transaction
from django.test import Client
from django.urls import reverse

from eligibility.actions import agreements
from eligibility.models import Agreement, Bron, BronGround, PostcodeBuurt, Transparency
from outreach.kernel import clock
from outreach.kernel.db import acting_as
from outreach.management.demo import people, transparency
from outreach.models import Notification, Role
from tests import factories
from tests.agreements import WRITTEN_DOWN
from tests.roles import as_role

pytestmark = pytest.mark.django_db

MODELS = ("bron", "agreement", "bronground", "postcodebuurt")
GOOD = "postcode;buurt_code\n1099AB;BU03630001\n1099AC;BU03630002\n"


@pytest.fixture(autouse=True)
def reference_stays():
    """The tables that migrations filled are not emptied after a test, so a change is taken back here."""
    bronnen, agreements = list(Bron.objects.all()), list(Agreement.objects.all())
    yield
    with as_role("migrate"):
        for row in [*bronnen, *agreements]:
            row.save()
        Agreement.objects.exclude(pk__in=[row.pk for row in agreements]).delete()


def client(role: Role = Role.FUNCTIONEEL_BEHEERDER) -> Client:
    made = Client()
    made.force_login(factories.user(role))
    return made


@pytest.mark.parametrize("model", MODELS)
def test_the_functioneel_beheerder_sees_and_changes(model: str):
    page = client().get(reverse(f"admin:eligibility_{model}_changelist"))
    assert page.status_code == 200
    row = {
        "bron": "brp",
        "agreement": Agreement.objects.first().pk,
        "bronground": BronGround.objects.first().pk,
    }
    if model in row:
        page = client().get(reverse(f"admin:eligibility_{model}_change", args=[row[model]]))
        assert b'name="_save"' in page.content


@pytest.mark.parametrize("model", MODELS)
def test_the_privacy_officer_only_looks(model: str):
    officer = client(Role.PRIVACY_OFFICER)
    assert officer.get(reverse(f"admin:eligibility_{model}_changelist")).status_code == 200
    page = officer.get(reverse("admin:eligibility_bron_change", args=["brp"]))
    assert page.status_code == 200
    assert b'name="_save"' not in page.content
    assert (
        officer.post(reverse("admin:eligibility_bron_change", args=["brp"]), {"name": "x"}).status_code == 403
    )
    assert officer.get(reverse("admin:eligibility_postcodebuurt_import")).status_code == 403


@pytest.mark.parametrize("role", [Role.APPLICATIEBEHEERDER, Role.CONSULENT, Role.ANALIST])
def test_others_get_nothing(role: Role):
    assert client(role).get(reverse("admin:eligibility_bron_changelist")).status_code in (302, 403)


def test_a_bron_keeps_its_code_and_cannot_be_made_or_removed():
    page = client().get(reverse("admin:eligibility_bron_change", args=["brp"])).content.decode()
    assert 'id="id_code"' not in page
    assert client().get(reverse("admin:eligibility_bron_add")).status_code == 403
    assert (
        client().post(reverse("admin:eligibility_bron_delete", args=["brp"]), {"post": "yes"}).status_code
        == 403
    )


def agreement_data(**changes: str) -> dict[str, str]:
    return {
        "bron": "bijstand",
        "supplier": "Werk, Participatie en Inkomen",
        "role": "verantwoordelijke",
        "valid_from": "2020-01-01",
        "valid_to": "",
        "purposes": "minimavoorzieningen",
        "retention_months": "24",
        "committee_reference": "PC-2024-31",
        "committee_dated": "2024-11-12",
        "columns": "bsn",
        "uses": "bsn: Zien dat het inkomen al getoetst is",
    } | changes


def test_an_agreement_is_changed_and_audited(audited):
    row = Agreement.objects.get(bron="bijstand")
    address = reverse("admin:eligibility_agreement_change", args=[row.pk])
    response = client().post(address, agreement_data(valid_to="2026-12-31"))
    assert response.status_code == 302
    row.refresh_from_db()
    assert row.valid_to == datetime.date(2026, 12, 31)
    assert audited("wat") == [("stamgegevens_gewijzigd", "afspraak", "gewijzigd")]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"columns": "bsn,iban"}, "kent niet: iban"),
        ({"columns": "naam"}, "betekent een bestand niets: bsn"),
        ({"valid_to": "2019-01-01"}, "einddatum ligt voor de begindatum"),
        ({"uses": "bsn zonder dubbele punt"}, "Regel 1: schrijf de kolom"),
        ({"uses": "naam: De brief"}, "Schrijf ook op waarvoor: bsn"),
        ({"uses": "bsn: De brief\nbsn: De lijst"}, "Regel 2: deze kolom staat er al"),
        ({"role": "verwerker"}, "hoort een verwerkersovereenkomst"),
        ({"committee_dated": ""}, "privacycommissie kenmerk en datum"),
    ],
)
def test_an_agreement_that_cannot_be_is_refused(changes: dict[str, str], problem: str):
    page = client().post(reverse("admin:eligibility_agreement_add"), agreement_data(**changes))
    assert problem in page.content.decode()
    assert Agreement.objects.filter(bron="bijstand").count() == 1


def test_the_history_of_an_agreement_says_what_stood_there_before():
    row = Agreement.objects.get(bron="bijstand")
    user = client()
    address = reverse("admin:eligibility_agreement_change", args=[row.pk])
    assert user.post(address, agreement_data(valid_to="2026-12-31")).status_code == 302
    assert user.post(address, agreement_data(valid_to="2027-06-30", role="gezamenlijk")).status_code == 302
    officer = client(Role.PRIVACY_OFFICER)
    history = officer.get(reverse("admin:eligibility_agreement_history", args=[row.pk]))
    text = history.content.decode()
    assert "Geldig tot en met: was „31 december 2026”, is nu „30 juni 2027”" in text
    assert "was „Verwerkingsverantwoordelijke”, is nu „Gezamenlijk verantwoordelijk”" in text


def test_an_agreement_of_a_fresh_installation_says_what_each_column_is_for_and_what_misses():
    for row in Agreement.objects.all():
        assert set(row.uses) == set(row.columns), row
    brp = Agreement.objects.get(bron="brp")
    page = client(Role.PRIVACY_OFFICER).get(reverse("admin:eligibility_agreement_change", args=[brp.pk]))
    kept = client().get(reverse("admin:eligibility_agreement_change", args=[brp.pk])).content.decode()
    assert "bsn: De andere bronnen bij de goede persoon zoeken\nvoornamen: Naam" in kept
    assert "geheim: Een geheim adres krijgt geen team van buiten te zien" in page.content.decode()


@pytest.mark.parametrize(
    ("days", "told"), [(61, False), (60, True), (0, True), (-1, False)], ids=["61", "60", "last", "over"]
)
def test_who_watches_is_told_once_that_an_agreement_ends(days: int, told: bool):
    officer, keeper = factories.user(Role.PRIVACY_OFFICER), factories.user(Role.FUNCTIONEEL_BEHEERDER)
    factories.user(Role.CONSULENT)
    row = Agreement.objects.get(bron="bijstand")
    Agreement.objects.filter(pk=row.pk).update(valid_to=clock.today() + datetime.timedelta(days=days))
    agreements.tell_ending()
    agreements.tell_ending()
    with as_role("migrate"):
        found = set(Notification.objects.values_list("user", "kind", "about"))
    assert found == {(user.pk, "afspraak_eindigt", row.pk) for user in (officer, keeper) if told}
    page = client().get(reverse("admin:eligibility_agreement_change", args=[row.pk])).content.decode()
    assert "Dan geldt die van de afspraak." in page
    assert ("Deze afspraak loopt af" in page) == told
    assert ("Deze afspraak is afgelopen" in page) == (days < 0)


def test_the_melding_leads_to_the_agreement():
    officer = factories.user(Role.PRIVACY_OFFICER)
    row = Agreement.objects.get(bron="bijstand")
    Agreement.objects.filter(pk=row.pk).update(valid_to=clock.today())
    agreements.tell_ending()
    browser = Client()
    browser.force_login(officer)
    page = browser.get(reverse("notifications")).content.decode()
    assert f"Afspraak {row.pk}, uiterlijk" in page
    with acting_as(officer.actor()):
        melding = Notification.objects.get(user=officer)
    answer = browser.post(reverse("notification", args=[melding.pk]))
    assert answer["Location"] == reverse("admin:eligibility_agreement_change", args=[row.pk])


def test_an_agreement_that_another_follows_does_not_end_for_anybody():
    row = Agreement.objects.get(bron="bijstand")
    last = clock.today() + datetime.timedelta(days=10)
    Agreement.objects.filter(pk=row.pk).update(valid_to=last)
    assert agreements.ending(clock.today()) == [row]
    next_one = Agreement.objects.create(
        bron_id="bijstand",
        valid_from=last + datetime.timedelta(days=1),
        purposes=row.purposes,
        columns=["bsn"],
    )
    # A draft follows nothing.
    assert agreements.ending(clock.today()) == [row]
    whole = {"supplier": row.supplier, "uses": {"bsn": "De lijst"}, **WRITTEN_DOWN}
    Agreement.objects.filter(pk=next_one.pk).update(**whole)
    assert agreements.ending(clock.today()) == []
    Agreement.objects.filter(pk=next_one.pk).update(purposes=["schuldhulp"])
    assert agreements.ending(clock.today()) == [row]


def test_the_demo_shows_whole_agreements_one_that_ends_and_a_version_that_waits():
    people.make_people([("BU03630001", "Oude Haven")], "proef")
    assert [transparency.write_down(), transparency.write_down()] == [2, 0]
    assert all(row.is_whole() for row in Agreement.objects.all())
    assert [row.bron_id for row in agreements.ending(clock.today())] == ["gba_v"]
    assert Transparency.objects.current().number == 1


@pytest.mark.parametrize(
    ("guard", "changes"),
    [
        ("agreement_processor_has_contract", {"role": "verwerker"}),
        ("agreement_contract_whole", {"processing_reference": "VO-1"}),
        ("agreement_decision_whole", {"committee_dated": None}),
        ("agreement_role_known", {"role": "anders"}),
    ],
)
def test_the_database_keeps_an_agreement_whole(guard: str, changes: dict[str, str]):
    found = Agreement.objects.filter(bron="bijstand")
    with pytest.raises(IntegrityError, match=guard), transaction.atomic():
        found.update(**changes)
    with as_role("migrate"), transaction.atomic():
        with connections["default"].cursor() as cursor:
            cursor.execute(f"ALTER TABLE eligibility_agreement DROP CONSTRAINT {guard}")
        assert found.update(**changes) == 1
        transaction.set_rollback(True)


def import_page(content: bytes, name: str = "buurten.csv", kind: str = "0"):
    data = {"import_file": SimpleUploadedFile(name, content), "format": kind, "resource": "0"}
    return client().post(reverse("admin:eligibility_postcodebuurt_import"), data)


def confirm(page, user: Client):
    form = page.context["confirm_form"]
    data = {name: form.initial.get(name) for name in form.fields if form.initial.get(name) is not None}
    return user.post(reverse("admin:eligibility_postcodebuurt_process_import"), data)


@pytest.mark.parametrize("scanner", ["tests.optout.test_notices.infected", "tests.eligibility.nowhere"])
def test_a_list_of_postcodes_that_the_scanner_did_not_call_clean_gets_no_preview(settings, scanner: str):
    settings.VIRUS_SCANNER = scanner
    page = import_page(b"postcode;buurt_code\n1011AB;BU03630001\n")
    assert "confirm_form" not in page.context
    assert "De virusscanner" in page.content.decode()


def workbook(rows: list[list[str]]) -> bytes:
    book, content = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(content)
    return content.getvalue()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_postcodes_are_read_after_a_preview(audited, kind: str):
    with as_role("migrate"):
        PostcodeBuurt.objects.create(postcode="1099AB", buurt_code="BU03630099")
    rows = [line.split(";") for line in GOOD.splitlines()]
    content = GOOD.encode() if kind == "csv" else workbook(rows)
    page = import_page(content, f"buurten.{kind}", "0" if kind == "csv" else "1")
    assert page.status_code == 200
    assert PostcodeBuurt.objects.count() == 1
    assert confirm(page, client()).status_code == 302
    assert dict(PostcodeBuurt.objects.values_list("postcode", "buurt_code")) == {
        "1099AB": "BU03630001",
        "1099AC": "BU03630002",
    }
    assert audited("wat") == [("stamgegevens_gewijzigd", "postcode met buurt", "ingelezen")]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("bsn;buurt_code\n123456782;BU03630001\n", "kopregel moet zijn"),
        ("postcode;buurt_code\n123456782;BU03630001\n", "Regel 2, kolom postcode"),
        ("postcode;buurt_code\n1099AB;123456782\n", "Regel 2, kolom buurt_code"),
        ("postcode;buurt_code\n1099AB\n", "niet 2 kolommen"),
        ("postcode,buurt_code\n1099AB,BU03630001\n", "kopregel moet zijn"),
        ("postcode;buurt_code\n" + "1099AB;BU03630001\n" * 5001, "hooguit 5000"),
    ],
)
def test_a_list_that_is_something_else_gets_no_further(content: str, problem: str):
    cache.clear()
    page = import_page(content.encode())
    text = page.content.decode()
    assert problem in text
    assert "123456782" not in text
    assert not cache._cache


def test_the_export_can_be_read_again():
    with as_role("migrate"):
        PostcodeBuurt.objects.create(postcode="1099AB", buurt_code="BU03630099")
    user = client(Role.PRIVACY_OFFICER)
    address = reverse("admin:eligibility_postcodebuurt_export")
    fields = {"postcoderesource_postcode": "on", "postcoderesource_buurt_code": "on"}
    response = user.post(address, {"format": "0", "resource": "0"} | fields)
    assert response.content.decode().splitlines() == ["postcode;buurt_code", "1099AB;BU03630099"]
