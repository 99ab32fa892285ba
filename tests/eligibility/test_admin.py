"""Reference data in the admin: who may, what is held to, and that every change stands in the audit."""

import datetime
import io

import openpyxl
import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from eligibility.models import Agreement, Bron, BronGround, PostcodeBuurt
from outreach.models import Role
from tests import factories
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
    assert 'name="code"' not in page
    assert client().get(reverse("admin:eligibility_bron_add")).status_code == 403
    assert (
        client().post(reverse("admin:eligibility_bron_delete", args=["brp"]), {"post": "yes"}).status_code
        == 403
    )


def agreement_data(**changes: str) -> dict[str, str]:
    return {
        "bron": "bijstand",
        "valid_from": "2020-01-01",
        "valid_to": "",
        "purposes": "minimavoorzieningen",
        "columns": "bsn",
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
    ],
)
def test_an_agreement_that_cannot_be_is_refused(changes: dict[str, str], problem: str):
    page = client().post(reverse("admin:eligibility_agreement_add"), agreement_data(**changes))
    assert problem in page.content.decode()
    assert Agreement.objects.filter(bron="bijstand").count() == 1


def import_page(content: bytes, name: str = "buurten.csv", kind: str = "0"):
    data = {"import_file": SimpleUploadedFile(name, content), "format": kind, "resource": "0"}
    return client().post(reverse("admin:eligibility_postcodebuurt_import"), data)


def confirm(page, user: Client):
    form = page.context["confirm_form"]
    data = {name: form.initial.get(name) for name in form.fields if form.initial.get(name) is not None}
    return user.post(reverse("admin:eligibility_postcodebuurt_process_import"), data)


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
