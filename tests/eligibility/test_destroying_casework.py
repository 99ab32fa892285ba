"""Destroying rounds and people: all of theirs, by the worker alone, never what is held or still needed."""

import datetime
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pypdfium2
import pytest
from django.apps import apps
from django.db import IntegrityError, connections, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from eligibility.actions import destroying as worker
from eligibility.actions import destroying_casework as casework
from eligibility.actions import expiring as sealed_reasons
from letters.actions import expiring, report
from letters.models import Part
from letters.models.grant import PayingAdministration
from optout.models import OptOut
from outreach.actions import destruction
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as, dedicated_connection
from outreach.kernel.destruction_log import DestructionLog
from outreach.models import (
    DestructionList,
    Gesprek,
    Household,
    LegalHold,
    PastCount,
    Person,
    Role,
    Round,
    Sheet,
    SubjectRequest,
    Task,
)
from outreach.models.subject_request import months_after
from outreach.policies import NotNow
from outreach.views.certificate_pdf import certificate
from tests import factories
from tests.eligibility import destroying
from tests.eligibility.casework import (
    LONG_AGO,
    OF_PEOPLE,
    OF_ROUNDS,
    Casework,
    ask,
    counted,
    destroy_rounds,
    know,
    known,
    ready,
    states,
)
from tests.outreach import visits
from tests.roles import as_role
from tests.waiting import until_somebody_waits

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places")]


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.LETTER_FOLDER = tmp_path / "brieven"
    settings.LETTER_FOLDER.mkdir()
    settings.DATABASE_FILES = ""
    return settings.LETTER_FOLDER


@pytest.fixture
def of() -> Casework:
    return Casework()


@pytest.fixture(autouse=True)
def nobody_known() -> Iterator[None]:
    yield
    with visits.as_owner() as cursor:
        cursor.execute("DELETE FROM blackbox.bekende_persoon")


def test_no_table_about_people_is_forgotten():
    """What hangs on a person or household, directly or through another table, is removed and written anew."""
    found, todo = set(), [Person, Household]
    while todo:
        for relation in todo.pop()._meta.related_objects:
            model = relation.related_model
            if model._meta.db_table not in found and relation.field.name not in ("sheet", "batch"):
                found.add(model._meta.db_table)
                todo.append(model)
    found |= {"outreach_person", "outreach_household", "outreach_candidacy_persons"}
    # A share and its lines go by the foreign key of the database; a sheet holds an array of households.
    assert found == {*OF_PEOPLE, *OF_ROUNDS}
    ((listed,),) = ask("SELECT public.uitvoeringstabellen()")
    assert {*listed} == {*found, "letters_shareline", "outreach_sheet"}
    arrays = {
        model._meta.db_table
        for model in apps.get_models()
        for field in model._meta.fields
        if "UUIDField" in type(getattr(field, "base_field", None)).__name__
    }
    # A breach and an answer of a request are registers of their own.
    assert arrays == {"outreach_sheet", "outreach_breach"}


def test_of_a_closed_round_nothing_is_left_of_anybody(of: Casework, audited):
    before = counted(OF_ROUNDS)
    assert all(before.values()), before
    made = destroy_rounds(of)
    assert counted(OF_ROUNDS) == dict.fromkeys(OF_ROUNDS, 0)
    assert all(counted(OF_PEOPLE).values())
    assert states(made) == ["vernietigd", "vernietigd"]
    with as_role("migrate"):
        assert Round.objects.filter(emptied_at=None).count() == 0
        assert Part.objects.count() == 1
        assert Sheet.objects.get().households == []
        assert Gesprek.objects.get().item_id is None
    by_round = {item.subject: item.facts["verwijderd"] for item in destroying.items(made)}
    assert by_round[str(of.letters.pk)]["rijen"]["letters_letter"] == 1
    assert by_round[str(of.visits.pk)] == {
        "rijen": {
            table: int(table in ("outreach_looplijstitem", "outreach_approach")) for table in OF_ROUNDS
        },
        "huishoudens": 1,
        "bewaard": 0,
    }
    acts = [(act, about) for act, about, _ in audited("lijst")]
    assert acts.count(("ronde_vernietigd", "ronde")) == 2
    counted_out = [(act, about) for act, about, _ in audited("aantal", rows=True)]
    assert ("rijen_verwijderd", "letters_letterevent") in counted_out


def test_of_a_person_nothing_is_left_and_his_number_goes_from_the_box(of: Casework):
    know(of.person.pk)
    destroy_rounds(of)
    of.age()
    with acting_as(SYSTEM_ACTOR):
        found = expiring.people(clock.today())
    assert sorted(one.subject for one in found) == of.people()
    made = ready("persoon", of.people())
    assert destroying.carry_out() == [made.pk]
    assert counted(OF_PEOPLE) == dict.fromkeys(OF_PEOPLE, 0)
    assert known() == []
    assert states(made) == ["vernietigd", "vernietigd"]


def test_who_opted_out_keeps_a_row_without_a_name_and_is_known_again(of: Casework):
    know(of.person.pk)
    with acting_as(SYSTEM_ACTOR), as_role("migrate"):
        OptOut.objects.create(person=of.person, scope="alles", channel="deur")
    destroy_rounds(of)
    of.age()
    made = ready("persoon", of.people())
    assert destroying.carry_out() == [made.pk]
    with as_role("migrate"):
        left = Person.objects.get()
        assert OptOut.objects.get().person_id == left.pk == of.person.pk
    _on_paper_nobody_is_known(made)
    assert left.no_contact
    assert {left.given_names, left.family_name, left.prefix, left.birth_date, left.sex} == {""}
    assert left.search_key.strip() == ""
    assert known() == [str(of.person.pk)]
    # Once he withdraws it, nothing keeps that row.
    ask("UPDATE optout_optout SET withdrawn_at = %s, withdrawn_by_id = %s", LONG_AGO, of.walker.pk)
    assert [one.subject for one in expiring.people(clock.today())] == [str(of.person.pk)]
    again = ready("persoon", [of.person.pk])
    assert destroying.carry_out() == [again.pk]
    assert counted(["outreach_person", "optout_optout"]) == {"outreach_person": 0, "optout_optout": 0}
    assert known() == []


def _on_paper_nobody_is_known(made: DestructionList) -> None:
    """One of the two keeps a row: that is counted, and the paper leads to nobody."""
    made.refresh_from_db()
    with acting_as(SYSTEM_ACTOR):
        items = list(made.items.all())
    pages = pypdfium2.PdfDocument(certificate(made, items))
    text = " ".join("".join(page.get_textpage().get_text_range() for page in pages).split())
    assert "Rijen zonder naam die blijven 1" in text
    assert "Persoon 1 op de lijst" in text
    assert "Persoon 2 op de lijst" in text
    assert not [one.subject for one in items if one.subject[:8] in text]


def test_the_rapport_tells_the_same_after_it(of: Casework):
    with as_role("migrate"), acting_as(SYSTEM_ACTOR):
        before = report._counted().tables
    destroy_rounds(of)
    with as_role("migrate"), acting_as(SYSTEM_ACTOR):
        assert report._counted().tables == before
        assert PastCount.objects.count() == 4
        assert before["totaal"][""] == (1, 1, 1, 1)


#: What keeps a closed round, with the statement that makes it so and what the list then says.
WAITING = {
    "brieven": "UPDATE letters_part SET destroyed_at = NULL",
    "scans": "UPDATE letters_scan SET destroyed_at = NULL",
    "aanvraag": "UPDATE letters_application SET state = 'te_beoordelen'",
    "werk": "UPDATE letters_workitem SET closed_at = NULL, resolution = ''",
    "papier": "UPDATE outreach_sheet SET state = 'in_gebruik', shredded_on = NULL, shredded_by_id = NULL",
}


@pytest.mark.parametrize("why", WAITING)
def test_what_is_under_way_keeps_a_round(of: Casework, why: str):
    both = [of.letters.pk, of.visits.pk]
    assert [int(one.subject) for one in expiring.rounds(clock.today())] == both
    made = ready("ronde", both)
    # The arrows of some of these do not lead back: a deploy alone could do it.
    table = WAITING[why].split()[1]
    ask(f"ALTER TABLE {table} DISABLE TRIGGER USER; {WAITING[why]}; ALTER TABLE {table} ENABLE TRIGGER USER")
    kept = of.visits.pk if why == "papier" else of.letters.pk
    assert [int(one.subject) for one in expiring.rounds(clock.today())] == [
        one for one in both if one != kept
    ]
    assert destroying.carry_out() == []
    told = {int(item.subject): (item.state, item.problem) for item in destroying.items(made)}
    assert told[kept] == ("open", casework.WAITS[why])
    (other,) = set(both) - {kept}
    assert told[other] == ("vernietigd", "")
    assert Round.objects.get(pk=kept).emptied_at is None


def test_a_round_that_was_closed_lately_is_not_due(of: Casework):
    assert len(expiring.rounds(LONG_AGO.date())) == 2
    assert expiring.rounds(LONG_AGO.date() - datetime.timedelta(days=1)) == []


#: What keeps somebody: his own wish, a case, or that something is under way with his household.
STAYING = {
    "beperkt": "UPDATE outreach_person SET restricted = true WHERE id = %s",
    "betwist": "UPDATE outreach_person SET disputed = true WHERE id = %s",
}


@pytest.mark.parametrize("why", STAYING)
def test_who_asked_for_restriction_keeps_his_household_in_a_round_that_goes(of: Casework, why: str):
    ask(STAYING[why], of.person.pk)
    made = destroy_rounds(of)
    for item in destroying.items(made):
        assert (item.facts["verwijderd"]["huishoudens"], item.facts["verwijderd"]["bewaard"]) == (0, 1)
    assert counted(["letters_letter", "outreach_approach"]) == {"letters_letter": 1, "outreach_approach": 2}
    assert Round.objects.filter(emptied_at=None).count() == 2
    of.age()
    assert expiring.people(clock.today()) == []


def test_a_hold_on_a_person_keeps_him_and_what_rounds_did_for_his_household(of: Casework):
    officer = factories.user(Role.PRIVACY_OFFICER)
    with acting_as(officer.actor()):
        destruction.place_hold(kind="persoon", subject=str(of.person.pk), reason="Beroep 26/4", by=officer)
    destroy_rounds(of)
    assert counted(["letters_letter", "outreach_looplijstitem"]) == {
        "letters_letter": 1,
        "outreach_looplijstitem": 1,
    }


def test_a_hold_on_a_round_wins_over_an_approved_list(of: Casework):
    made = ready("ronde", [of.letters.pk, of.visits.pk])
    officer = factories.user(Role.PRIVACY_OFFICER)
    with acting_as(officer.actor()):
        destruction.place_hold(kind="ronde", subject=str(of.letters.pk), reason="Beroep 26/4", by=officer)
    assert destroying.carry_out() == [made.pk]
    assert states(made) == ["vastgehouden", "vernietigd"]
    assert counted(["letters_letter"]) == {"letters_letter": 1}


def _task(of: Casework) -> None:
    with acting_as(SYSTEM_ACTOR):
        Task.objects.create(
            submission=uuid.uuid4(),
            household=of.household,
            kind="overig",
            due_on=clock.today(),
            made_by=of.walker,
            owner=of.walker,
        )


def _again(of: Casework) -> None:
    factories.household(adults=[of.person])


def _gesprek(of: Casework) -> None:
    ask("UPDATE outreach_gesprek SET saved_at = now()")


def _request(of: Casework) -> None:
    officer = factories.user(Role.PRIVACY_OFFICER)
    with acting_as(officer.actor()):
        SubjectRequest.objects.create(
            kind="inzage",
            person=of.person.pk,
            channel="brief",
            received_on=clock.today(),
            due_on=months_after(clock.today(), 1),
            registered_by=officer,
        )


@pytest.mark.parametrize("happens", [_task, _again, _gesprek, _request])
def test_whose_household_is_in_touch_again_stays(of: Casework, happens):
    destroy_rounds(of)
    of.age()
    child = next(key for key in of.people() if key != str(of.person.pk))
    made = ready("persoon", of.people())
    happens(of)
    # Who makes a list does not see the register of requests; who destroys does.
    listed = [one.subject for one in expiring.people(LONG_AGO.date())]
    assert (str(of.person.pk) in listed) == (happens is _request)
    assert destroying.carry_out() == [made.pk]
    became = {item.subject: item.state for item in destroying.items(made)}
    assert became[str(of.person.pk)] == "weer_nodig"
    # A child who is in no other household goes where nothing is under way.
    assert became[child] == ("vernietigd" if happens in (_again, _request) else "weer_nodig")
    with as_role("migrate"):
        assert Household.objects.filter(pk=of.household.pk).exists()
        assert Person.objects.get(pk=of.person.pk).family_name


def test_nobody_goes_while_a_round_has_something_left(of: Casework):
    of.age()
    assert expiring.people(clock.today()) == []
    made = ready("persoon", of.people())
    assert destroying.carry_out() == [made.pk]
    assert states(made) == ["weer_nodig", "weer_nodig"]


def test_a_page_destroys_nothing_and_a_round_says_itself_when_it_was_closed(of: Casework):
    for statement in (
        "SELECT poort.vernietig_ronde(1, now(), 'UTC', true)",
        "SELECT * FROM poort.vernietig_personen('{}', current_date, 'UTC', now())",
        "DELETE FROM letters_letterevent",
        "DELETE FROM outreach_approach",
        "SELECT public.herschrijf('outreach_person')",
        "UPDATE outreach_pastcount SET found = 0",
    ):
        with (
            as_role("web"),
            dedicated_connection() as web,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            web.execute(statement.encode())
    with acting_as(SYSTEM_ACTOR):
        Round.objects.filter(pk=of.letters.pk).update(closed_at=clock.now(), emptied_at=clock.now())
        one = Round.objects.get(pk=of.letters.pk)
    assert (one.closed_at, one.emptied_at) == (LONG_AGO, None)


def test_events_of_letters_go_by_that_door_alone(of: Casework):
    for statement in ("DELETE FROM letters_letterevent", "UPDATE letters_letterevent SET code = 'x'"):
        with pytest.raises(Exception, match="append-only"):
            ask(statement)


def test_the_certificate_counts_and_names_nobody(of: Casework):
    made = destroy_rounds(of)
    made.refresh_from_db()
    with acting_as(SYSTEM_ACTOR):
        pdf = certificate(made, list(made.items.all()))
    text = " ".join("".join(p.get_textpage().get_text_range() for p in pypdfium2.PdfDocument(pdf)).split())
    for said in (f"ronde {of.letters.pk}", "Huishoudens 1", "blijven staan", "Niet gezocht"):
        assert said in text
    for secret in (of.person.family_name, of.household.street, str(of.household.pk), of.letter.form_code):
        assert secret not in text


def test_the_pages_of_a_round_say_that_its_rows_are_gone(of: Casework):
    destroy_rounds(of)
    client = Client()
    client.force_login(factories.user(Role.TEAMLEIDER))
    said = "De gegevens van deze ronde zijn vernietigd op"
    for url in (
        reverse("round", args=[of.visits.pk]),
        reverse("round", args=[of.letters.pk]),
        reverse("letter_round", args=[of.letters.pk]),
    ):
        page = client.get(url)
        assert page.status_code == 200
        assert said in page.content.decode()
        assert reverse("looplijst", args=[of.list.pk]) not in page.content.decode()
    # The file of a part is gone: there is nothing to fetch.
    page = client.get(reverse("letter_round", args=[of.letters.pk])).content.decode()
    assert "bestand vernietigd op" in page
    assert "Deel 1 ophalen" not in page
    for url in (
        reverse("rounds"),
        reverse("letter_rounds"),
        reverse("letter_list", args=[of.letters.pk]),
        reverse("looplijsten"),
        reverse("sheets"),
        reverse("household", args=[of.household.pk]),
        reverse("report"),
    ):
        assert client.get(url).status_code == 200, url


def test_what_goes_is_written_down_outside_the_database_first(of: Casework):
    destroy_rounds(of)
    of.age()
    made = ready("persoon", of.people())
    destroying.carry_out()
    lines = list(DestructionLog(worker.settings.DESTRUCTION_FOLDER, "koppel").lines())
    assert [line["soort"] for line in lines] == ["ronde", "ronde", "persoon", "persoon"]
    assert {line["lijst"] for line in lines[2:]} == {made.pk}


def test_who_writes_about_them_in_that_second_is_refused_and_nothing_is_lost_unseen(
    of: Casework, box: psycopg.Connection
):
    """A foreign key is looked at when a transaction ends; households are held until the other one does."""
    destroy_rounds(of)
    of.age()
    with as_role("migrate"):
        colleague = dedicated_connection()
    written = (
        b"INSERT INTO outreach_task (submission, household_id, kind, text, meeting, place, due_on, state,"
        b" dropped_because, made_by_id, owner_id) VALUES (gen_random_uuid(), %s, 'overig', '', '', '',"
        b" current_date, 'open', '', %s, %s)"
    )
    query = b"SELECT uitkomst FROM poort.vernietig_personen(%s::uuid[], current_date, 'UTC', NULL)"
    ready("persoon", of.people())
    ask("UPDATE outreach_destructionitem SET begun_at = now() WHERE kind = 'persoon'")
    late: list[Exception] = []

    def write() -> None:
        try:
            colleague.execute(written, (of.household.pk, of.walker.pk, of.walker.pk))
        except psycopg.errors.ForeignKeyViolation as refused:
            late.append(refused)

    busy = threading.Thread(target=write)
    with colleague:
        with box.transaction():
            assert {outcome for (outcome,) in box.execute(query, (of.people(),))} == {"weg"}
            busy.start()
            until_somebody_waits()
        busy.join()
    assert len(late) == 1
    assert counted(["outreach_task", "outreach_person"]) == {"outreach_task": 0, "outreach_person": 0}


def test_what_was_granted_and_not_paid_out_keeps_a_round(of: Casework):
    payer = PayingAdministration.objects.create(name="Werk en Inkomen", public_key="age1proef")
    payer.regelingen.add("stadspas")
    made = ready("ronde", [of.letters.pk])
    assert destroying.carry_out() == []
    assert [item.problem for item in destroying.items(made)] == [casework.WAITS["uitbetaling"]]
    assert of.letters.pk not in [int(one.subject) for one in expiring.rounds(clock.today())]


def test_what_is_left_of_a_round_can_be_held_after_a_part_of_it_went(of: Casework):
    """And what is gone cannot."""
    ask("UPDATE outreach_person SET restricted = true WHERE id = %s", of.person.pk)
    destroy_rounds(of)
    officer = factories.user(Role.PRIVACY_OFFICER)

    def hold() -> None:
        with acting_as(officer.actor()):
            destruction.place_hold(kind="ronde", subject=str(of.letters.pk), reason="Beroep 26/4", by=officer)

    hold()
    with as_role("migrate"):
        LegalHold.objects.all().delete()
    ask("UPDATE outreach_person SET restricted = false")
    destroy_rounds(of)
    with pytest.raises(NotNow, match="al begonnen"):
        hold()


def test_the_doors_open_for_what_two_people_agreed_to_alone(of: Casework, box: psycopg.Connection):
    made = ask("SELECT made_at FROM outreach_round WHERE id = %s", of.letters.pk)[0][0]
    query = b"SELECT poort.vernietig_ronde(%s, %s, 'UTC', false)"
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        box.execute(query, (of.letters.pk, made))
    destroy_rounds(of)
    of.age()
    people = b"SELECT uitkomst FROM poort.vernietig_personen(%s::uuid[], current_date, 'UTC', NULL)"
    assert {outcome for (outcome,) in box.execute(people, (of.people(),))} == {"weer_nodig"}
    assert counted(["outreach_person"]) == {"outreach_person": 2}


def test_the_image_of_who_asked_for_restriction_stays(of: Casework):
    ask("UPDATE letters_scan SET destroyed_at = NULL")
    assert len(expiring.scans(clock.today())) == 1
    ask("UPDATE outreach_person SET disputed = true WHERE id = %s", of.person.pk)
    assert expiring.scans(clock.today()) == []


# --- without its guard ---


@contextmanager
def broken(function: str, old: str, new: str) -> Iterator[None]:
    """A function of the database with one thing else in it."""
    ((whole, owner),) = ask(
        "SELECT pg_get_functiondef(oid), proowner::regrole::text FROM pg_proc WHERE oid = %s::regprocedure",
        function,
    )
    assert whole.count(old) == 1
    _define(whole.replace(old, new), owner)
    try:
        yield
    finally:
        _define(whole, owner)


def _define(function: str, owner: str) -> None:
    with transaction.atomic("migrate"), connections["migrate"].cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {owner}")
        cursor.execute(function)


def _by_letter_alone(of: Casework) -> None:
    """As if nobody was to go past: only the letters of the round keep its people."""
    ask("UPDATE outreach_gesprek SET item_id = NULL")
    ask("DELETE FROM outreach_looplijstitem")
    test_nobody_goes_while_a_round_has_something_left(of)


ROUND = "poort.vernietig_ronde(bigint, timestamptz, text, boolean)"
PEOPLE = "poort.vernietig_personen(uuid[], date, text, timestamptz)"
DUE = "public.personen_over(date, text, uuid[])"
STAYS = "public.blijft_bewaard(uuid)"

#: What holds it, what it is without that, and the test above that shows it.
GUARDS: dict[str, tuple[str, str, str, Callable[[Casework], None]]] = {
    "work under way": (
        "public.ronde_wacht_op(bigint)",
        "w.closed_at IS NULL",
        "false",
        lambda of: test_what_is_under_way_keeps_a_round(of, "werk"),
    ),
    "a file that is there": (
        "public.ronde_wacht_op(bigint)",
        "d.state = 'gemaakt' AND d.destroyed_at IS NULL",
        "false",
        lambda of: test_what_is_under_way_keeps_a_round(of, "brieven"),
    ),
    "restriction": (
        STAYS,
        "p.restricted OR p.disputed",
        "false",
        lambda of: test_who_asked_for_restriction_keeps_his_household_in_a_round_that_goes(of, "beperkt"),
    ),
    "a hold on somebody": (
        STAYS,
        "h.kind = 'persoon'",
        "false",
        lambda of: test_a_hold_on_a_person_keeps_him_and_what_rounds_did_for_his_household(of),
    ),
    "a request": (
        STAYS,
        "v.state IN ('ontvangen', 'in_behandeling')",
        "false",
        lambda of: test_whose_household_is_in_touch_again_stays(of, _request),
    ),
    "a task": (
        DUE,
        "t.state = 'open'",
        "false",
        lambda of: test_whose_household_is_in_touch_again_stays(of, _task),
    ),
    "a gesprek of late": (
        DUE,
        " AND greatest(o.dag, max(s.dag)) <= p_tot",
        "",
        lambda of: test_whose_household_is_in_touch_again_stays(of, _gesprek),
    ),
    "what rounds have left": (
        DUE,
        "FROM public.outreach_approach a WHERE",
        "FROM public.outreach_approach a WHERE false AND",
        lambda of: _by_letter_alone(of),
    ),
    "the number in the box": (
        PEOPLE,
        "DELETE FROM blackbox.bekende_persoon b WHERE",
        "DELETE FROM blackbox.bekende_persoon b WHERE false AND",
        lambda of: test_of_a_person_nothing_is_left_and_his_number_goes_from_the_box(of),
    ),
    "the row of who opted out": (
        PEOPLE,
        "id = ANY ($2) AND id <> ALL ($5)",
        "id = ANY ($2)",
        lambda of: test_who_opted_out_keeps_a_row_without_a_name_and_is_known_again(of),
    ),
    "a table": (
        ROUND,
        "['letters_recall', 'letter_id = ANY ($1)'],",
        "",
        lambda of: test_what_goes_is_written_down_outside_the_database_first(of),
    ),
    "the counts of the rapport": (
        ROUND,
        "PERFORM poort.tel_bij(p_zone, 1);",
        "",
        lambda of: test_the_rapport_tells_the_same_after_it(of),
    ),
}


@pytest.mark.proof
@pytest.mark.parametrize("guard", GUARDS)
def test_without_its_guard_it_would_go(of: Casework, guard: str):
    function, old, new, shows = GUARDS[guard]
    with broken(function, old, new), pytest.raises((AssertionError, IntegrityError)):
        shows(of)


@pytest.mark.parametrize(("days", "waits"), [(42, True), (43, False)])
def test_reasons_stay_for_six_weeks_after_the_last_decision(of: Casework, days: int, waits: bool):
    """Awb 6:7, also when the round of it is closed already."""
    on = clock.today() - datetime.timedelta(days=days)
    with connections["migrate"].cursor() as cursor:
        cursor.execute("UPDATE letters_application SET decided_at = %s", [on])
        cursor.execute("UPDATE letters_grant SET granted_on = %s", [on])
    asked = sealed_reasons.reasons_wait(of.letters.handover_id)
    assert ("bezwaar" in asked) == waits
    assert bool(asked) == waits
