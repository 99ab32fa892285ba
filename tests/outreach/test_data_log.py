"""The Logboek Dataverwerkingen: whose data was processed, joined to the audit by a trace, without a user."""

import io
import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

import pytest
from celery.app.task import Context
from celery.signals import before_task_publish, task_postrun, task_prerun
from django.core.management import call_command
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse

from outreach.actions import data_log
from outreach.admin_site import PROCESSING
from outreach.audit import Event, record
from outreach.forms.audit import usual
from outreach.kernel import clock, trace
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Household, Role, User
from tests import factories
from tests.border import guards
from tests.letters import applications
from tests.outreach.logged import LogTail
from tests.outreach.visits import as_owner, broken_audit
from tests.roles import as_role

pytestmark = pytest.mark.django_db
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
CALLER = f"00-{TRACE}-00f067aa0ba902b7-01"
URL = "/beheer/dataverwerkingen/"


@pytest.fixture
def family() -> tuple[Household, set[str]]:
    """A household of three."""
    household = factories.household()
    with as_role("migrate"):
        for _ in range(2):
            household.members.create(person=factories.person(), adult=False)
        return household, {str(one) for one in household.members.values_list("person_id", flat=True)}


def client_of(user: User) -> Client:
    made = Client(raise_request_exception=False)
    made.force_login(user)
    return made


# --- a line for each of whom data was read ---


def test_who_opens_a_household_leaves_a_line_for_each_of_its_people_and_none_of_himself(family):
    household, people = family
    user, tail = factories.user(), LogTail()
    answer = client_of(user).get(reverse("household", args=[household.pk]), headers={"traceparent": CALLER})
    lines = tail.lines()
    assert {line["subject"] for line in lines} == people
    assert len(lines) == len(people)
    for line in lines:
        assert (line["trace"], line["foreign"]) == (TRACE, "00f067aa0ba902b7")
        assert (line["name"], line["activity"]) == ("huishouden_ingezien", "bezoeken")
        assert (line["kind"], line["status"]) == ("persoon", 1)
        assert answer["traceparent"] == f"00-{TRACE}-{line['parent']}-01"
    # The audit says who, under the same trace; the log has no column for it.
    assert (str(user.pk), "huishouden_ingezien") in tail.audited_in(TRACE)
    columns = guards.rows(
        "migrate",
        "SELECT attname FROM pg_attribute WHERE attrelid = 'audit.dataverwerking'::regclass AND attnum > 0",
    )
    assert not {name for (name,) in columns} & {"actor", "soort", "team", "user"}


def test_a_look_at_an_application_is_a_look_at_its_household():
    one = applications.application()
    with acting_as(SYSTEM_ACTOR):
        members = one.approach.household.members
        people = {str(each) for each in members.values_list("person_id", flat=True)}
    tail = LogTail()
    assert client_of(factories.user()).get(reverse("application", args=[one.pk])).status_code == 200
    seen = [line for line in tail.lines() if line["name"] == "aanvraag_ingezien"]
    assert {line["subject"] for line in seen} == people
    assert {line["activity"] for line in seen} == {"formulieren"}


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "geen",
        CALLER.upper(),
        f"ff-{TRACE}-00f067aa0ba902b7-01",
        f"00-{'0' * 32}-00f067aa0ba902b7-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE}-00f067aa0ba902b7-01-meer",
        f"00-{TRACE}-00f067aa0ba902b7",
        f"00-{TRACE}'; DROP-00f067aa0ba902b7-01",
        CALLER + ", " + CALLER,
    ],
)
def test_a_bad_traceparent_is_replaced_and_no_error(bad):
    answer = Client().get("/.well-known/security.txt", headers={"traceparent": bad})
    assert answer.status_code == 200
    given = trace.from_own(answer["traceparent"])
    assert answer["traceparent"] == given.header()
    assert given.trace_id != TRACE


def test_a_later_version_of_the_header_may_say_more():
    assert trace.from_caller(f"01-{TRACE}-00f067aa0ba902b7-01-meer").trace_id == TRACE


def test_a_page_that_fails_leaves_no_line(family):
    household, _ = family
    tail = LogTail()
    with broken_audit():
        answer = client_of(factories.user()).get(reverse("household", args=[household.pk]))
    assert answer.status_code == 500
    assert tail.lines() == []


def test_a_task_goes_on_in_the_trace_of_who_asked_it(family):
    """Over the headers of the message: nothing of it stands in what the task is given."""
    household, people = family
    asked = trace.from_caller(CALLER)
    headers: dict[str, object] = {}
    with trace.following(asked):
        before_task_publish.send("een.taak", headers=headers)
    assert headers == {"traceparent": asked.header()}

    class Job:
        request: ClassVar = Context(headers)

    tail = LogTail()
    task_prerun.send(Job, task=Job)
    with acting_as(SYSTEM_ACTOR):
        record(Event.HOUSEHOLD_SEEN, "huishouden", [household.pk])
    task_postrun.send(Job, task=Job)
    assert trace.current() is None
    lines = tail.lines()
    assert {line["subject"] for line in lines} == people
    assert {(line["trace"], line["parent"]) for line in lines} == {(TRACE, asked.span_id)}


def test_what_no_request_asked_has_a_trace_of_its_own_that_joins_too(family):
    household, _ = family
    tail = LogTail()
    with acting_as(SYSTEM_ACTOR):
        record(Event.HOUSEHOLD_SEEN, "huishouden", [household.pk])
    (one,) = {line["trace"] for line in tail.lines()}
    assert tail.audited_in(one) == [("systeem", "huishouden_ingezien")]


# --- the table ---


def test_it_only_grows_and_the_pages_cannot_write_or_read_it():
    for statement in (
        "SELECT * FROM audit.dataverwerking",
        "SELECT * FROM audit.soort_verwerking",
        "INSERT INTO audit.dataverwerking (name) VALUES ('x')",
        "INSERT INTO audit.gebeurtenis (handeling, onderwerp, verzoek) VALUES ('x', 'x', 'x')",
        "SELECT * FROM poort.dataverwerkingen('-infinity', 'infinity', 1)",
        "SELECT * FROM poort.dataverwerkingen_geteld('-infinity', 'infinity')",
    ):
        with guards.connected("web") as web, pytest.raises(guards.REFUSALS):
            web.execute(statement.encode())
    for statement in (
        "UPDATE audit.dataverwerking SET name = ''",
        "DELETE FROM audit.dataverwerking",
        "TRUNCATE audit.dataverwerking",
    ):
        _written(str(uuid.uuid4()))
        with pytest.raises(DatabaseError, match="append-only"), as_owner() as cursor:
            cursor.execute(statement)


def test_a_bsn_does_not_fit_in():
    with pytest.raises(DatabaseError, match="betrokkene_is_pseudoniem"):
        _written("999999990")


def _written(subject: str) -> None:
    with as_owner() as cursor:
        cursor.execute(
            "INSERT INTO audit.dataverwerking (trace_id, status_code, name, processing_activity_id,"
            " data_subject_id, data_subject_id_type) VALUES (gen_random_uuid(), 1, 'x', 'x', %s, 'persoon')",
            [subject],
        )


def test_every_activity_stands_in_the_register():
    with as_owner() as cursor:
        cursor.execute("SELECT DISTINCT verwerking FROM audit.soort_verwerking")
        named = {name for (name,) in cursor.fetchall()}
    with acting_as(SYSTEM_ACTOR):
        assert named <= {one.number for source in PROCESSING for one in source()}


def test_every_act_that_is_named_exists():
    with as_owner() as cursor:
        cursor.execute("SELECT DISTINCT handeling FROM audit.soort_verwerking WHERE handeling <> ''")
        assert {name for (name,) in cursor.fetchall()} <= set(Event.values)


@contextmanager
def _without_trigger() -> Iterator[None]:
    with as_owner() as cursor:
        cursor.execute("ALTER TABLE audit.gebeurtenis DISABLE TRIGGER schrijf_dataverwerking")
    try:
        yield
    finally:
        with as_owner() as cursor:
            cursor.execute("ALTER TABLE audit.gebeurtenis ENABLE TRIGGER schrijf_dataverwerking")


def test_without_its_trigger_looks_go_unseen(family):
    household, _ = family
    tail = LogTail()
    with _without_trigger():
        client_of(factories.user()).get(reverse("household", args=[household.pk]))
    assert tail.lines() == []


# --- read and taken along ---


def test_the_privacy_officer_reads_it_and_that_is_audited(family):
    household, people = family
    client_of(factories.user()).get(
        reverse("household", args=[household.pk]), headers={"traceparent": CALLER}
    )
    officer = factories.user(Role.PRIVACY_OFFICER)
    answer = client_of(officer).get(URL)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "Langs de deur gaan en gesprekken vastleggen" in text
    assert all(f"persoon {one}" in text for one in people)
    assert TRACE in text
    read = trace.from_own(answer["traceparent"]).trace_id
    assert LogTail().audited_in(read) == [(str(officer.pk), "dataverwerkingen_ingezien")]


def test_older_lines_are_a_page_further(family):
    household, _ = family
    with acting_as(SYSTEM_ACTOR):
        for _ in range(data_log.PER_PAGE // 3 + 1):
            record(Event.HOUSEHOLD_SEEN, "huishouden", [household.pk])
    with acting_as(factories.user(Role.PRIVACY_OFFICER).actor()):
        lines, older = data_log.newest(usual())
        further, _ = data_log.newest(usual(), before=older)
    assert len(lines) == data_log.PER_PAGE
    assert older == lines[-1].number
    assert further[0].number < older


def test_nobody_else_reads_it():
    with pytest.raises(DatabaseError, match="privacy officer"), acting_as(factories.user().actor()):
        data_log.newest(usual())
    with pytest.raises(DatabaseError, match="privacy officer"), acting_as(factories.user().actor()):
        data_log.counted(usual())


def test_a_period_is_taken_along_in_the_fields_of_the_standard(family):
    household, people = family
    client_of(factories.user()).get(
        reverse("household", args=[household.pk]), headers={"traceparent": CALLER}
    )
    told, today = io.StringIO(), clock.today().isoformat()
    with as_role("migrate"):
        call_command("logboek", van=clock.today(), tot=clock.today(), stdout=told)
    lines = [json.loads(line) for line in told.getvalue().splitlines()]
    mine = [line for line in lines if line["attributes"]["dpl.core.data_subject_id"] in people]
    assert len(mine) == len(people)
    for line in mine:
        assert line["trace_id"] == TRACE
        assert len(bytes.fromhex(line["operation_id"])) == 8
        assert line["foreign_operation"] == {"trace_id": TRACE, "operation_id": "00f067aa0ba902b7"}
        assert line["status_code"] == 1
        assert line["start_time"] <= line["end_time"]
        assert line["attributes"]["dpl.core.processing_activity_id"].endswith(
            "/beheer/verwerkingen/#v-bezoeken"
        )
        assert line["attributes"]["dpl.core.data_subject_id_type"] == "persoon"
    assert len({line["operation_id"] for line in mine}) == len(mine)
    with as_owner() as cursor:
        cursor.execute(
            "SELECT actor, bijzonderheden ->> 'regels', bijzonderheden ->> 'van' FROM audit.gebeurtenis"
            " WHERE handeling = 'dataverwerkingen_uitgevoerd' ORDER BY id DESC LIMIT 1"
        )
        assert cursor.fetchone() == ("migrate", str(len(lines)), today)
