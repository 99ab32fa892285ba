"""What is changed or removed in a table about people leaves a line, by whatever way it happens."""

import base64
import hashlib

import pytest
from django.db import connection, transaction

from optout.models import OptOut
from outreach.audit import Event
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from tests import factories
from tests.border import guards
from tests.outreach import visits
from tests.roles import as_role

pytestmark = pytest.mark.django_db
#: Texts that are not saved yet, kept every few seconds, and who is busy for an hour: nothing was done.
NOT_COUNTED = {"outreach_draft", "outreach_claim"}
#: What a wish changes on who has it.
MIRRORED = "outreach_person"


def digest(keys: list[object]) -> str:
    text = ",".join(str(key) for key in sorted(keys))
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def test_every_table_about_people_is_counted():
    """A migration that makes one says: SELECT audit.volg('its_name')."""
    found = guards.rows(
        "migrate",
        "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname IN ('tel_gewijzigd', 'tel_verwijderd')"
        " AND tgenabled = 'O' GROUP BY 1 HAVING count(*) = 2",
    )
    assert {name for (name,) in found} == guards.tables_about_people() - NOT_COUNTED


def test_a_change_of_many_rows_by_the_pages_is_one_line():
    people = [factories.person() for _ in range(4)]
    with acting_as(SYSTEM_ACTOR):
        keys = [OptOut.objects.create(person=one, scope="alles", channel="brief").pk for one in people][:3]
        tail = visits.AuditTail()
        OptOut.objects.filter(pk__in=keys).update(withdrawn_at=clock.now())
        # Nothing changes, so nothing is told.
        OptOut.objects.filter(pk=None).update(withdrawn_at=clock.now())
    ((actor, table, ids, told),) = [one for one in tail.lines(Event.ROWS_CHANGED) if one[1] != MIRRORED]
    assert (actor, table, ids) == ("systeem", "optout_optout", [])
    assert told == {"aantal": 3, "vingerafdruk": digest(keys), "rol": "web"}


def _by_hand(statement: str, *params: object) -> None:
    with as_role("migrate"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, params)


def test_what_is_removed_by_hand_in_sql_is_told_with_the_login():
    keys = [factories.person().pk for _ in range(2)]
    tail = visits.AuditTail()
    _by_hand("DELETE FROM outreach_person WHERE id = ANY(%s)", keys)
    ((actor, table, _, told),) = tail.lines(Event.ROWS_REMOVED)
    assert (actor, table) == ("migrate", "outreach_person")
    assert (told["aantal"], told["vingerafdruk"]) == (2, digest(keys))


def test_a_statement_that_is_taken_back_leaves_nothing():
    person = factories.person()
    tail = visits.AuditTail()
    with as_role("migrate"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM outreach_person WHERE id = %s", [person.pk])
        transaction.set_rollback(True)
    assert tail.lines(Event.ROWS_REMOVED) == []


def test_without_its_trigger_rows_go_unseen():
    person = factories.person()
    tail = visits.AuditTail()
    _by_hand("ALTER TABLE outreach_person DISABLE TRIGGER tel_verwijderd")
    try:
        _by_hand("DELETE FROM outreach_person WHERE id = %s", person.pk)
        assert tail.lines(Event.ROWS_REMOVED) == []
    finally:
        _by_hand("ALTER TABLE outreach_person ENABLE TRIGGER tel_verwijderd")


def test_the_pages_cannot_call_what_counts():
    for statement in ("SELECT audit.volg('outreach_person')", "SELECT audit.tel_rijen()"):
        with guards.connected("web") as web, pytest.raises(guards.REFUSALS):
            web.execute(statement.encode())
