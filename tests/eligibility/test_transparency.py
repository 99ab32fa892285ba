"""What everybody is told: written by one, approved by another, and no koppeling starts outside it."""

import pypdfium2
import pytest
from django.db import IntegrityError, ProgrammingError, connections, transaction
from django.test import Client
from django.urls import reverse

from eligibility import transitions
from eligibility.actions import runs, transparency
from eligibility.bronnen import PURPOSE
from eligibility.intake.refusals import FileRefused, Rule
from eligibility.models import Bron, Delivery, Run, RunState, Transparency
from eligibility.policies import NotNow
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Regeling, Role, User
from outreach.policies import NotNow as Refused
from tests import factories
from tests.eligibility import deliver
from tests.eligibility.conftest import manager, places  # noqa: F401
from tests.roles import as_role

pytestmark = pytest.mark.django_db


@pytest.fixture
def writer(transactional_db) -> User:
    return factories.user(Role.FUNCTIONEEL_BEHEERDER)


@pytest.fixture
def officer(transactional_db) -> User:
    return factories.user(Role.PRIVACY_OFFICER)


@pytest.fixture
def delivered(manager: User, places) -> User:  # noqa: F811
    deliver.deliver(deliver.brp([deliver.resident(deliver.bsn(40000000))]), "brp", by=manager)
    return manager


def client(user: User) -> Client:
    made = Client()
    made.force_login(user)
    return made


def draft(by: User, **changes: object) -> Transparency:
    told = {
        "bronnen": [bron.pk for bron in Bron.objects.all()],
        "regelingen": [regeling.pk for regeling in Regeling.objects.all()],
        "purposes": [PURPOSE],
        "text": "Wij zoeken wie recht heeft op een regeling.",
    }
    with acting_as(by.actor()):
        return transparency.draft(by=by, **(told | changes))


def start(by: User) -> Run:
    with acting_as(by.actor()):
        return runs.start(peildatum=deliver.DAY, by=by)


def without(trigger: str, table: str, on: str = "DISABLE") -> None:
    with as_role("migrate"), connections["default"].cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} {on} TRIGGER {trigger}")


def test_a_version_is_written_by_one_and_approved_by_another_on_the_pages(writer, officer, audited):
    data = {
        "bronnen": ["brp", "bijstand"],
        "regelingen": ["stadspas"],
        "purposes": PURPOSE,
        "text": "Wij zoeken wie recht heeft op een regeling.",
    }
    add = reverse("admin:eligibility_transparency_add")
    assert client(writer).post(add, data).status_code == 302
    made = Transparency.objects.get()
    assert (made.number, made.bronnen, made.made_by, made.approved_at) == (
        1,
        ["bijstand", "brp"],
        writer,
        None,
    )
    approve = reverse("admin:eligibility_transparency_goedkeuren", args=[made.pk])
    assert client(writer).post(approve).status_code == 403
    page = client(officer).post(approve, follow=True).content.decode()
    assert "Deze versie geldt nu" in page
    assert "Geldt nu" in page
    assert "<p>Wij zoeken wie recht heeft op een regeling.</p>" in page
    assert Transparency.objects.current() == made
    assert [line[0] for line in audited("versie")] == ["transparantie_gemaakt", "transparantie_goedgekeurd"]
    page = client(writer).get(add).content.decode()
    assert "Wij zoeken wie recht heeft op een regeling." in page
    assert 'value="bijstand" id="id_bronnen_' in page


def test_a_number_that_can_be_a_bsn_stands_in_no_version(writer):
    data = {"bronnen": ["brp"], "regelingen": ["stadspas"], "purposes": PURPOSE, "text": "Bel 123456782."}
    page = client(writer).post(reverse("admin:eligibility_transparency_add"), data).content.decode()
    assert "een getal dat een BSN kan zijn" in page
    assert not Transparency.objects.exists()


def test_the_maker_does_not_approve_his_own_version_not_even_in_sql(officer):
    version = draft(officer)
    with pytest.raises(Refused, match="zelf gemaakt"), acting_as(officer.actor()):
        transparency.approve(version=version, by=officer)
    page = client(officer).get(reverse("admin:eligibility_transparency_change", args=[version.pk]))
    assert "Je hebt deze versie zelf gemaakt" in page.content.decode()
    assert "Goedkeuren" not in page.content.decode()
    own = Transparency.objects.filter(pk=version.pk)
    with (
        pytest.raises(IntegrityError, match="transparency_second_person"),
        acting_as(officer.actor()),
    ):
        own.update(approved_by=officer, approved_at=clock.now())
    with as_role("migrate"), transaction.atomic():
        with connections["default"].cursor() as cursor:
            cursor.execute("ALTER TABLE eligibility_transparency DROP CONSTRAINT transparency_second_person")
        assert own.update(approved_by=officer, approved_at=clock.now()) == 1
        transaction.set_rollback(True)


def test_nobody_approves_in_the_name_of_another(writer, officer):
    version = draft(writer)
    with pytest.raises(ProgrammingError, match="is who acts"), acting_as(writer.actor()):
        Transparency.objects.filter(pk=version.pk).update(approved_by=officer, approved_at=clock.now())


def test_what_was_approved_stays_as_it_was(writer, officer):
    version = deliver.transparent()
    found = Transparency.objects.filter(pk=version.pk)
    for changes in ({"text": "Anders"}, {"approved_at": None, "approved_by": None}, {"bronnen": ["brp"]}):
        with pytest.raises(IntegrityError, match="does not change"), as_role("migrate"), transaction.atomic():
            found.update(**changes)
    with pytest.raises(IntegrityError, match="stays"), as_role("migrate"), transaction.atomic():
        found.delete()
    with pytest.raises(ProgrammingError, match="permission denied"), acting_as(officer.actor()):
        found.update(text="Anders")
    without("vast", "eligibility_transparency")
    try:
        with as_role("migrate"):
            assert found.update(text="Anders") == 1
    finally:
        without("vast", "eligibility_transparency", "ENABLE")


def test_an_older_version_is_not_approved_after_a_newer_one(writer, officer):
    older, newer = draft(writer), draft(writer)
    with acting_as(officer.actor()):
        transparency.approve(version=newer, by=officer)
    with pytest.raises(Refused, match="nieuwere versie"), acting_as(officer.actor()):
        transparency.approve(version=older, by=officer)
    with pytest.raises(IntegrityError, match="newer version"), acting_as(officer.actor()):
        Transparency.objects.filter(pk=older.pk).update(approved_by=officer, approved_at=clock.now())


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        (None, "Er is geen goedgekeurd transparantiedocument"),
        ({"approved_by": None, "approved_at": None}, "Er is geen goedgekeurd transparantiedocument"),
        ({"bronnen": ["bijstand"]}, "noemt niet: Basisregistratie Personen. Laat in"),
        ({"regelingen": ["stadspas"]}, "noemt niet: .*Laptop voor scholieren"),
        ({"purposes": ["schuldhulp"]}, "noemt niet: het doel minimavoorzieningen"),
    ],
    ids=["none", "concept", "bron", "regeling", "purpose"],
)
def test_no_koppeling_starts_outside_what_is_told(delivered, changes, problem):
    version = deliver.transparent(**changes) if changes else None
    with pytest.raises(NotNow, match=problem):
        start(delivered)
    page = client(delivered).post("/koppelen/start/", {"peildatum": deliver.DAY.isoformat()}, follow=True)
    assert "transparantiedocument" in page.content.decode()
    with pytest.raises(IntegrityError, match="no approved version covers this"):
        _raw_run(delivered, version)
    tables = ("eligibility_run", "eligibility_run_deliveries")
    for table in tables:
        without("transparantie", table)
    try:
        _raw_run(delivered, version)
    finally:
        for table in tables:
            without("transparantie", table, "ENABLE")


def _raw_run(by: User, version: Transparency | None) -> None:
    """A koppeling that no form has seen."""
    with acting_as(SYSTEM_ACTOR), transaction.atomic():
        run = Run.objects.create(peildatum=deliver.DAY, asked_by=by, transparency=version)
        run.deliveries.set(Delivery.objects.all())


def test_no_file_comes_in_of_a_bron_that_nobody_is_told_of(manager):  # noqa: F811
    told = [bron.pk for bron in Bron.objects.exclude(pk="aio")]
    deliver.transparent(bronnen=told)
    asked = {"bron": "aio", "jaar": 2025, "peildatum": deliver.DAY}
    page = client(manager).get(reverse("delivery_upload"), asked)
    assert Rule.NOT_TOLD.sentence in page.content.decode()
    with pytest.raises(FileRefused) as refused:
        deliver.upload(deliver.client_file([deliver.bsn(20000000)]), "aio", 2025, by=manager)
    assert refused.value.rule == Rule.NOT_TOLD
    assert not Delivery.objects.exists()
    deliver.upload(deliver.client_file([deliver.bsn(20000000)]), "bijstand", 2025, by=manager)
    with pytest.raises(IntegrityError, match="no approved version"), transaction.atomic():
        Delivery.objects.update(bron="aio")
    without("transparantie", "eligibility_delivery")
    try:
        assert deliver.upload(deliver.client_file([deliver.bsn(20000000)]), "aio", 2025, by=manager).pk
    finally:
        without("transparantie", "eligibility_delivery", "ENABLE")


def test_a_koppeling_keeps_the_version_that_held_when_it_started(delivered, manager):  # noqa: F811
    first = deliver.transparent()
    run = start(delivered)
    assert run.transparency == first
    second = deliver.transparent(text="Andere woorden.")
    page = client(delivered).get(reverse("run", args=[run.pk])).content.decode()
    assert "versie 1" in page
    for changes in ({"transparency": second}, {"transparency": None}, {"purpose": "schuldhulp"}):
        with pytest.raises(IntegrityError, match="keeps its version"), transaction.atomic():
            Run.objects.filter(pk=run.pk).update(**changes)
    without("transparantie_blijft", "eligibility_run")
    try:
        assert Run.objects.filter(pk=run.pk).update(transparency=second) == 1
    finally:
        without("transparantie_blijft", "eligibility_run", "ENABLE")


def test_a_koppeling_of_an_older_version_is_not_tried_again(delivered):
    deliver.transparent()
    run = start(delivered)
    with as_role("koppel"), acting_as(SYSTEM_ACTOR):
        transitions.apply(Run.objects.get(), transitions.STRAND, problem="De schijf is vol.")
    deliver.transparent(text="Andere woorden.")
    run.refresh_from_db()
    with pytest.raises(NotNow, match="een andere versie"), acting_as(delivered.actor()):
        runs.retry(run=run, by=delivered)
    stranded = Run.objects.filter(state=RunState.STRANDED)
    with pytest.raises(IntegrityError, match="no approved version"), transaction.atomic():
        stranded.update(state=RunState.WAITING)
    without("transparantie_opnieuw", "eligibility_run")
    try:
        assert stranded.update(state=RunState.WAITING) == 1
    finally:
        without("transparantie_opnieuw", "eligibility_run", "ENABLE")


def test_the_pdf_says_it_all_and_names_nobody(officer, writer):
    long = "\n".join(f"Alinea {number}: " + "woorden over gegevens " * 40 for number in range(40))
    version = deliver.transparent(text=long, approved_by=officer, made_by=writer)
    answer = client(officer).get(reverse("admin:eligibility_transparency_pdf", args=[version.pk]))
    assert answer["Content-Type"] == "application/pdf"
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(answer.content)]
    said = " ".join(" ".join(pages).split())
    for words in (
        "Geldt nu",
        "Basisregistratie Personen (Basisinformatie)",
        "Stadspas",
        PURPOSE,
        "Alinea 39",
    ):
        assert words in said
    assert f"Privacy officer, gebruiker {officer.pk}" in said
    assert officer.last_name not in said
