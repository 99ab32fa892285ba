"""The yearly public notice: written down with its scan encrypted, and asked of the bronnen that need it."""

import datetime
import re

import pyrage
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, connections, transaction
from django.test import Client

from eligibility import transitions
from eligibility.actions import runs
from eligibility.models import Bron, Run
from eligibility.policies import NotNow
from letters.actions import storage
from optout.actions import notices
from optout.forms import LARGEST_SCAN
from optout.models import OptOut, PublicNotice
from outreach.audit import Event
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Role, User
from tests import factories
from tests.eligibility import deliver
from tests.eligibility.conftest import manager, places  # noqa: F401
from tests.outreach import visits
from tests.roles import as_role

pytestmark = pytest.mark.django_db

ADD = "/beheer/optout/publicnotice/add/"
PDF = b"%PDF-1.7 Gemeente Waterveen maakt bekend"


@pytest.fixture
def officer() -> User:
    return factories.user(Role.PRIVACY_OFFICER)


def _client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _sent(content: bytes = PDF, **changed: str) -> dict[str, object]:
    file = SimpleUploadedFile("Krant van de familie.pdf", content)
    return {"medium": "Waterveens Nieuwsblad", "published_on": "2026-03-01", "bestand": file, **changed}


def _notice(day: datetime.date) -> PublicNotice:
    sealed = pyrage.encrypt(PDF, [storage.identity().to_public()])
    return PublicNotice.objects.create(
        medium="Krant", published_on=day, scan=sealed, scan_name="x", registered_by=factories.user()
    )


def _days_ago(number: int) -> datetime.date:
    return clock.today() - datetime.timedelta(days=number)


def test_it_is_written_down_with_its_scan_encrypted_and_read_back(officer):
    client, tail = _client(officer), visits.AuditTail()
    assert client.post(ADD, _sent(published_on=_days_ago(3).isoformat())).status_code == 302
    made = PublicNotice.objects.get()
    assert (made.medium, made.registered_by, made.published_on) == (
        "Waterveens Nieuwsblad",
        officer,
        _days_ago(3),
    )
    assert PDF not in bytes(made.scan)
    assert "familie" not in made.scan_name
    assert len(tail.lines(Event.NOTICE_REGISTERED)) == 1
    answer = client.get(f"/beheer/optout/publicnotice/{made.pk}/scan/")
    assert (answer.content, answer["Content-Type"]) == (PDF, "application/pdf")


@pytest.mark.parametrize(
    ("content", "day", "said"),
    [
        (b"<script>", 3, "Kies een PDF"),
        (PDF, -1, "Kies een dag die geweest is"),
    ],
)
def test_what_is_no_notice_is_refused(officer, content, day, said):
    page = _client(officer).post(ADD, _sent(content, published_on=_days_ago(day).isoformat()))
    assert page.status_code == 200
    assert said in page.content.decode()
    assert not PublicNotice.objects.exists()


def test_a_scan_of_ten_megabytes_is_taken_and_a_larger_one_is_told_of(officer, settings, tmp_path):
    """In memory alone: where Django would keep a large file for a moment, there is no folder."""
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "nergens"
    client = _client(officer)
    day = _days_ago(3).isoformat()
    for size in (LARGEST_SCAN + 1, LARGEST_SCAN + 2**20):
        page = client.post(ADD, _sent(PDF.ljust(size), published_on=day)).content.decode()
        assert "Kies een bestand van hoogstens 10 MB." in page
        assert not PublicNotice.objects.exists()
    assert client.post(ADD, _sent(PDF.ljust(LARGEST_SCAN), published_on=day)).status_code == 302
    assert len(PublicNotice.objects.get().scan) > LARGEST_SCAN


def test_a_notice_is_not_added_from_another_site_or_by_another_role(officer):
    outside = Client(enforce_csrf_checks=True)
    outside.force_login(officer)
    assert outside.post(ADD, _sent(published_on=_days_ago(3).isoformat())).status_code == 403
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', outside.get(ADD).content.decode())
    sent = _sent(b"<script>", published_on=_days_ago(3).isoformat())
    assert outside.post(ADD, sent | {"csrfmiddlewaretoken": token[1]}).status_code == 200
    leader = _client(factories.user(Role.TEAMLEIDER))
    assert leader.post(ADD, _sent(published_on=_days_ago(3).isoformat())).status_code in (302, 403)
    assert not PublicNotice.objects.exists()


def test_the_scanner_has_to_call_it_clean(officer, settings):
    settings.VIRUS_SCANNER = "tests.optout.test_notices.infected"
    page = _client(officer).post(ADD, _sent(published_on=_days_ago(3).isoformat()))
    assert "keurt dit bestand af" in page.content.decode()
    assert not PublicNotice.objects.exists()


def infected(_stream: object) -> bool:
    """A virus scanner that trusts nothing."""
    return False


def test_a_notice_stays_as_it_was_written_down():
    made = _notice(_days_ago(3))
    with acting_as(factories.user().actor()), connections["default"].cursor() as cursor:
        for statement in (
            "UPDATE optout_publicnotice SET published_on = current_date",
            "DELETE FROM optout_publicnotice",
        ):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                cursor.execute(statement)
    with pytest.raises(IntegrityError, match="notice_was_published"), transaction.atomic():
        _notice(_days_ago(-2))
    with pytest.raises(IntegrityError, match="notice_encrypted"), transaction.atomic():
        PublicNotice.objects.create(
            medium="Krant",
            published_on=made.published_on,
            scan=PDF,
            scan_name="x",
            registered_by=made.registered_by,
        )


@pytest.mark.parametrize(
    ("day", "before"),
    [("2026-11-22", "2025-11-22"), ("2028-02-29", "2027-02-28"), ("2029-02-28", "2028-02-28")],
)
def test_a_year_before_is_the_same_day(day, before):
    asked = notices.a_year_before(datetime.date.fromisoformat(day))
    assert asked == datetime.date.fromisoformat(before)
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT (%s::date - interval '12 months')::date", [day])
        assert cursor.fetchone()[0] == asked


@pytest.fixture
def asked(manager, places):  # noqa: F811
    """Deliveries of two bronnen, one of which asks for a notice."""
    deliver.deliver(deliver.brp([deliver.resident(deliver.bsn(40000000))]), "brp", by=manager)
    Bron.objects.filter(pk="brp").update(notice_required=True)
    deliver.transparent()
    yield manager
    Bron.objects.filter(pk="brp").update(notice_required=False)


def _start(by: User) -> Run:
    with acting_as(by.actor()):
        return runs.start(peildatum=deliver.DAY, by=by)


def test_without_a_recent_notice_no_koppeling_starts(asked):
    for days in (None, 400):
        if days:
            _notice(_days_ago(days))
        with pytest.raises(NotNow, match="elk jaar openbaar"):
            _start(asked)
    page = _client(asked).post("/koppelen/start/", {"peildatum": deliver.DAY.isoformat()}, follow=True)
    assert "elk jaar openbaar" in page.content.decode()
    assert not Run.objects.exists()
    _notice(notices.a_year_before(clock.today()))
    assert _start(asked).pk


def _past_the_form(asked: User) -> None:
    run = Run.objects.create(peildatum=deliver.DAY, asked_by=asked, transparency=deliver.transparent())
    with connections["default"].cursor() as cursor, transaction.atomic():
        cursor.execute(
            "INSERT INTO eligibility_run_deliveries (run_id, delivery_id)"
            " SELECT %s, id FROM eligibility_delivery WHERE bron_id = 'brp'",
            [run.pk],
        )


def test_the_database_refuses_it_too(asked):
    _notice(notices.a_year_before(clock.today()) - datetime.timedelta(days=1))
    with pytest.raises(IntegrityError, match="no recent public notice"):
        _past_the_form(asked)


@pytest.fixture
def stranded(asked) -> Run:
    """A koppeling that stranded, and whose notice got too old meanwhile."""
    _notice(_days_ago(3))
    run = _start(asked)
    with as_role("koppel"), acting_as(SYSTEM_ACTOR):
        transitions.apply(Run.objects.get(), transitions.STRAND, problem="De schijf is vol.")
    with as_role("migrate"):
        PublicNotice.objects.update(published_on=_days_ago(400))
    run.refresh_from_db()
    return run


def test_a_koppeling_is_not_tried_again_when_the_notice_got_too_old(asked, stranded):
    with acting_as(asked.actor()), pytest.raises(NotNow, match="elk jaar openbaar"):
        runs.retry(run=stranded, by=asked)
    with pytest.raises(IntegrityError, match="no recent public notice"), transaction.atomic():
        Run.objects.filter(pk=stranded.pk).update(state="wacht")
    with as_role("migrate"), connections["default"].cursor() as cursor:
        cursor.execute("ALTER TABLE eligibility_run DISABLE TRIGGER mededeling")
    try:
        assert Run.objects.filter(pk=stranded.pk).update(state="wacht") == 1
    finally:
        with as_role("migrate"), connections["default"].cursor() as cursor:
            cursor.execute("ALTER TABLE eligibility_run ENABLE TRIGGER mededeling")


def test_without_the_trigger_it_would_start(asked):
    with as_role("migrate"), connections["default"].cursor() as cursor:
        cursor.execute("ALTER TABLE eligibility_run_deliveries DISABLE TRIGGER mededeling")
    try:
        _past_the_form(asked)
    finally:
        with as_role("migrate"), connections["default"].cursor() as cursor:
            cursor.execute("ALTER TABLE eligibility_run_deliveries ENABLE TRIGGER mededeling")


def test_the_register_shows_what_was_refused_and_not_by_whom(officer):
    household = factories.household(adults=[factories.person(family_name="Kanariepiet")])
    with acting_as(SYSTEM_ACTOR):
        person = household.members.get().person
        wish = OptOut.objects.create(person=person, scope="bezoek", channel="brief")
    client, tail = _client(officer), visits.AuditTail()
    for address in ("", f"{wish.pk}/change/"):
        page = client.get(f"/beheer/optout/optout/{address}").content.decode()
        assert "Geen bezoek" in page
        assert "Kanariepiet" not in page
        assert str(person.pk) not in page
    assert tail.lines(Event.OPT_OUTS_SEEN)
    with acting_as(officer.actor()), connections["default"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM optout_optout")
        assert cursor.fetchone()[0] == 1
        cursor.execute("SELECT count(*) FROM outreach_person")
        assert cursor.fetchone()[0] == 0
