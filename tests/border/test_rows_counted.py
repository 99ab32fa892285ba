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
#: About nobody, and yet what is done with data of people follows from it.
REGISTERS = {
    *("outreach_user", "outreach_subjectrequest", "outreach_legalhold", "outreach_retentionrule"),
    *("outreach_destructionlist", "outreach_breach", "django_admin_log", "eligibility_agreement"),
    *("eligibility_bronground", "eligibility_transparency", "eligibility_unsealrequest", "letters_share"),
    *("letters_sharefile", "optout_publicnotice"),
}
#: A row in one of these lets something happen to somebody, or keeps it from him.
WITH_EFFECT = {"letters_grant", "outreach_approach", "optout_optout"}
#: What a wish changes on who has it.
MIRRORED = "outreach_person"


def digest(keys: list[object]) -> str:
    text = ",".join(str(key) for key in sorted(keys))
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _followed(triggers: list[str]) -> set[str]:
    found = guards.rows(
        "migrate",
        "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = ANY (%s)"
        " AND tgenabled = 'O' GROUP BY 1 HAVING count(*) = cardinality(%s::text[])",
        triggers,
        triggers,
    )
    return {name for (name,) in found}


def test_every_table_about_people_and_every_register_is_counted():
    """A migration that makes one says: SELECT audit.volg('its_name')."""
    people = guards.tables_about_people() - NOT_COUNTED
    assert _followed(["tel_gewijzigd", "tel_verwijderd"]) == people | REGISTERS
    assert _followed(["tel_toegevoegd"]) == WITH_EFFECT


def _plainly(role: str, statement: str, *params: object) -> None:
    """A statement of that login, by hand: nobody is said to act."""
    with guards.connected(role) as connection, connection.transaction():
        connection.execute(statement.encode(), params)


def test_who_gives_himself_a_role_by_hand_is_told_and_who_signs_in_is_not():
    user = factories.user()
    tail = visits.AuditTail()
    _plainly("web", "UPDATE outreach_user SET last_login = now() WHERE id = %s", user.pk)
    assert tail.lines(Event.ROWS_CHANGED) == []
    _plainly("web", "UPDATE outreach_user SET role = 'privacy_officer' WHERE id = %s", user.pk)
    ((actor, table, _, told),) = tail.lines(Event.ROWS_CHANGED)
    assert (actor, table, told["aantal"], told["vingerafdruk"]) == (
        "web",
        "outreach_user",
        1,
        digest([user.pk]),
    )


def test_an_agreement_that_is_changed_by_hand_is_told():
    tail = visits.AuditTail()
    _plainly("web", "UPDATE eligibility_agreement SET valid_to = valid_to WHERE bron_id = 'brp'")
    assert [line[1] for line in tail.lines(Event.ROWS_CHANGED)] == ["eligibility_agreement"]


OPT_OUT = "INSERT INTO optout_optout (person_id, scope, channel) VALUES (%s, 'alles', 'brief')"


def test_what_is_added_by_hand_is_told_and_what_the_pages_add_is_not():
    first, second = factories.person(), factories.person()
    tail = visits.AuditTail()
    with acting_as(SYSTEM_ACTOR):
        OptOut.objects.create(person=first, scope="alles", channel="brief")
    assert tail.lines(Event.ROWS_ADDED) == []
    key = _added_by_hand(second.pk)
    ((actor, table, _, told),) = tail.lines(Event.ROWS_ADDED)
    assert (actor, table, told["aantal"], told["vingerafdruk"]) == (
        "migrate",
        "optout_optout",
        1,
        digest([key]),
    )


def test_without_its_trigger_what_is_added_goes_unseen():
    person = factories.person()
    tail = visits.AuditTail()
    _by_hand("ALTER TABLE optout_optout DISABLE TRIGGER tel_toegevoegd")
    try:
        _added_by_hand(person.pk)
        assert tail.lines(Event.ROWS_ADDED) == []
    finally:
        _by_hand("ALTER TABLE optout_optout ENABLE TRIGGER tel_toegevoegd")


def _added_by_hand(person: object) -> int:
    _by_hand(OPT_OUT, person)
    ((key,),) = guards.rows("migrate", "SELECT id FROM optout_optout WHERE person_id = %s", person)
    return key


@pytest.mark.parametrize("privilege", ["UPDATE", "DELETE"])
def test_what_an_agreement_said_before_is_only_added_to(privilege):
    """Beside the hostile statements of the border: the right itself, and that the pages may still add."""
    query = f"SELECT has_table_privilege('web', 'django_admin_log', '{privilege}'),"
    query += " has_table_privilege('web', 'django_admin_log', 'INSERT')"
    assert guards.rows("migrate", query) == [(False, True)]


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
    for statement in (
        "SELECT audit.volg('outreach_person')",
        "SELECT audit.volg_toegevoegd('outreach_person')",
        "SELECT audit.tel_rijen()",
    ):
        with guards.connected("web") as web, pytest.raises(guards.REFUSALS):
            web.execute(statement.encode())
