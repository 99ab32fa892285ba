"""What leaves the box, once, and that somebody who came out before stays the same person."""

import datetime
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connections

from eligibility import tasks
from eligibility.actions import keys, known_persons, loading, settling, sweeping, typed_numbers
from eligibility.blackbox.run import LOCK_BROWSER
from eligibility.locks import holding
from eligibility.models import Delivery, Run
from optout.actions import opt_out
from optout.models import Channel, OptOut
from outreach.kernel.clock import now
from outreach.kernel.db import acting_as
from outreach.models import Candidacy, Handover, Household, Person, Role, User
from tests import factories
from tests.eligibility import deliver
from tests.eligibility.test_runs import crash
from tests.roles import as_role

HANDOVER_SQL = Path(settings.BASE_DIR) / "eligibility" / "blackbox" / "handover.sql"
LISTED_SQL = Path(settings.BASE_DIR) / "eligibility" / "migrations" / "sql" / "listed.sql"

#: Every column that the box writes outside itself. Whoever adds one here shows somebody something new.
LEAVES = {
    "outreach_handover": {"id", "peildatum", "handed_over_at"},
    "outreach_person": {
        "id", "given_names", "prefix", "family_name", "name_usage", "partner_prefix", "partner_family_name",
        "sex", "birth_date", "no_contact", "no_contact_for",
    },
    "outreach_household": {
        "id", "handover_id", "street", "house_number", "house_letter", "house_suffix", "postcode", "city",
        "address_function", "buurt_code", "confidential", "institution",
    },
    "outreach_householdmember": {"household_id", "person_id", "adult", "addressee"},
    "outreach_candidacy": {"household_id", "regeling_id", "klasse", "mode"},
    "outreach_candidacy_persons": {"candidacy_id", "person_id"},
    "optout_optout": {"person_id", "scope", "regeling_id", "channel"},
}  # fmt: skip

ANNA, BEA, CARL = (deliver.bsn(number) for number in (40000000, 40000100, 40000200))
CHILD = deliver.bsn(40000300)
NEXT_YEAR = datetime.date(2027, 3, 1)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places")]


def town(**anna: str) -> bytes:
    return deliver.brp(
        [
            deliver.resident(ANNA, **({"voornamen": "Anna", "geslachtsnaam": "Eerst"} | anna)),
            deliver.resident(BEA, voornamen="Bea"),
            deliver.resident(CARL, voornamen="Carl"),
        ]
    )


@pytest.fixture
def delivered(manager: User) -> User:
    """Three people in bijstand last year."""
    deliver.deliver(town(), "brp", by=manager)
    deliver.deliver(deliver.client_file([ANNA, BEA, CARL]), "bijstand", 2025, by=manager)
    return manager


def persons() -> dict[str, Person]:
    with as_role("migrate"):
        return {person.given_names: person for person in Person.objects.all()}


def regelingen(run: Run, name: str) -> set[str]:
    with as_role("migrate"):
        found = Candidacy.objects.filter(household__handover_id=run.pk, persons__given_names=name)
        return set(found.values_list("regeling_id", flat=True))


def test_the_columns_that_leave_are_these_and_no_others():
    # Opt-outs that came as a list are registered as a later migration says.
    handover = HANDOVER_SQL.read_text(encoding="utf-8").split("-- Opt-outs that came as a list")[0]
    text = re.sub(r"--[^\n]*", "", handover + LISTED_SQL.read_text(encoding="utf-8"))
    written: dict[str, set[str]] = {}
    for table, columns in re.findall(r"INSERT INTO public\.(\w+)\s*\(([^)]*)\)", text):
        written.setdefault(table, set()).update(re.split(r",\s*", columns.strip()))
    for table, changes in re.findall(
        r"UPDATE public\.(\w+) p SET(.*?)(?:FROM blackbox|WHERE p\.id)", text, re.DOTALL
    ):
        written.setdefault(table, set()).update(re.findall(r"^\s*(\w+) = ", changes, re.MULTILINE))
    assert written == LEAVES
    assert set(re.findall(r"(?:INTO|UPDATE) public\.(\w+)", text)) == set(LEAVES)


def test_the_casework_has_no_other_column_that_could_say_why():
    with connections["migrate"].cursor() as cursor:
        for table, columns in LEAVES.items():
            query = "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
            cursor.execute(query, [f"public.{table}"])
            has = {name for (name,) in cursor.fetchall()}
            own = {"outreach_householdmember": {"id"},
                   "outreach_person": {"departed", "search_key", "no_letter", "no_visit", "no_share",
                                       "restricted", "disputed"},
                   "outreach_candidacy": {"id"},
                   "outreach_candidacy_persons": {"id"},
                   "optout_optout": {"id", "registered_by_id", "registered_at", "withdrawn_at",
                                     "withdrawn_by_id"}}  # fmt: skip
            assert has - own.get(table, set()) == columns
            assert not {"bsn", "zegel", "bron", "grond", "levering"} & has


def test_two_worlds_that_differ_in_the_source_alone_hand_over_the_same(manager: User):
    outcomes = []
    for bron, day in (("aio", datetime.date(2026, 3, 1)), ("bbz_gift", datetime.date(2026, 3, 2))):
        deliver.deliver(town(geheim="0" if bron == "aio" else ""), "brp", by=manager, peildatum=day)
        source = deliver.deliver(deliver.client_file([ANNA, BEA]), bron, 2025, by=manager, peildatum=day)
        outcomes.append(deliver.handed_over(deliver.run_through(manager, day)))
        Delivery.objects.filter(pk=source.pk).update(state="ingetrokken")
    assert outcomes[0] == outcomes[1]
    assert outcomes[0]


def test_a_second_call_hands_over_nothing(delivered: User):
    run = deliver.start(delivered)
    with as_role("koppel"):
        # As a worker that dies after the commit of the handover and before anybody heard of it.
        deliver.koppeling.carry_out(run.pk)
        before = counts()
        with connections["default"].cursor() as cursor, pytest.raises(Exception, match="er niet"):
            cursor.execute("SELECT poort.overdracht(%s, %s, %s)", [_number(run), run.pk, run.peildatum])
    assert counts() == before


def _number(run: Run) -> int:
    run.refresh_from_db()
    return run.box_number


def counts() -> dict[str, int]:
    with connections["migrate"].cursor() as cursor:
        found = {}
        for table in LEAVES:
            cursor.execute(f"SELECT count(*) FROM {table}")
            found[table] = cursor.fetchone()[0]
        return found


def test_called_twice_while_the_tables_stand_it_counts_once(delivered: User, monkeypatch: pytest.MonkeyPatch):
    answers = []
    real = deliver.koppeling.account_of

    def again(box: psycopg.Connection, number: int, deliveries: object) -> object:
        run = Run.objects.get(box_number=number)
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT poort.overdracht(%s, %s, %s)", [number, run.pk, run.peildatum])
            answers.append(cursor.fetchone()[0])
        return real(box, number, deliveries)

    monkeypatch.setattr(deliver.koppeling, "account_of", again)
    run = deliver.run_through(delivered)
    assert (run.state, answers) == ("klaar", [0])
    assert counts()["outreach_household"] == 3


def test_somebody_who_came_out_before_keeps_the_same_row_with_the_name_of_today(delivered: User):
    first = deliver.run_through(delivered)
    before = persons()
    deliver.deliver(town(geslachtsnaam="Later"), "brp", by=delivered, peildatum=datetime.date(2026, 4, 1))
    second = deliver.run_through(delivered, datetime.date(2026, 4, 1))
    after = persons()
    assert {name: person.pk for name, person in after.items()} == {
        name: person.pk for name, person in before.items()
    }
    assert (before["Anna"].family_name, after["Anna"].family_name) == ("Eerst", "Later")
    with as_role("migrate"):
        assert Handover.objects.count() == 2
        assert {home.handover_id for home in Household.objects.all()} == {first.pk, second.pk}


def test_also_in_another_cycle_where_every_pseudonym_is_another(delivered: User):
    deliver.run_through(delivered)
    before = {name: person.pk for name, person in persons().items()}
    deliver.deliver(town(), "brp", by=delivered, peildatum=NEXT_YEAR)
    deliver.deliver(
        deliver.client_file([ANNA, BEA, CARL]), "bijstand", 2026, by=delivered, peildatum=NEXT_YEAR
    )
    run = deliver.run_through(delivered, NEXT_YEAR)
    assert (run.state, run.account["overgedragen"]) == ("klaar", 3)
    assert {name: person.pk for name, person in persons().items()} == before
    assert keys.keys_of_cycle(2026).pseudonymiser.pseudonym(ANNA) != keys.keys_of_cycle(
        2025
    ).pseudonymiser.pseudonym(ANNA)


def test_who_does_not_want_contact_is_no_candidate_of_the_next_run(delivered: User):
    deliver.run_through(delivered)
    team = factories.user(Role.CONSULENT)
    with acting_as(team.actor()):
        opt_out.register(person=persons()["Anna"], regeling=None, channel=Channel.DOOR, by=team)
        opt_out.register(person=persons()["Bea"], regeling="czv", channel=Channel.DOOR, by=team)
    run = deliver.run_through(delivered, datetime.date(2026, 3, 2))
    assert regelingen(run, "Anna") == set()
    assert "czv" not in regelingen(run, "Bea")
    assert "stadspas" in regelingen(run, "Bea")
    assert {"stadspas", "czv"} <= regelingen(run, "Carl")


def optouts(lines: list[str], manager: User, day: datetime.date = deliver.DAY) -> Delivery:
    return deliver.deliver(deliver.client_file(lines, "bsn;regeling"), "optout", by=manager, peildatum=day)


def test_a_list_of_opt_outs_is_registered_on_who_came_out_before(delivered: User, audited):
    deliver.run_through(delivered)
    optouts([f"{ANNA};", f"{BEA};czv", f"{deliver.bsn(77777777)};"], delivered)
    found = persons()
    assert (found["Anna"].no_contact, found["Anna"].no_contact_for) == (True, [])
    assert (found["Bea"].no_contact, found["Bea"].no_contact_for) == (False, ["czv"])
    assert not found["Carl"].no_contact
    with as_role("migrate"):
        assert set(OptOut.objects.values_list("person__given_names", "regeling_id", "channel")) == {
            ("Anna", None, "levering"),
            ("Bea", "czv", "levering"),
        }
    assert [row for row in audited("kanaal") if row[0] == "afmelding_vastgelegd"] == [
        ("afmelding_vastgelegd", "persoon", "levering")
    ]


def test_a_wish_that_was_taken_back_after_the_list_stays_taken_back(delivered: User):
    deliver.run_through(delivered)
    listed = optouts([f"{ANNA};"], delivered)
    team = factories.user(Role.CONSULENT)
    with acting_as(team.actor()):
        opt_out.withdraw(opt_out=OptOut.objects.get(), by=team)
    Delivery.objects.filter(pk=listed.pk).update(settled=False)
    deliver.process(listed)
    assert not persons()["Anna"].no_contact
    with as_role("migrate"):
        assert OptOut.objects.get().withdrawn_at <= now()


@pytest.mark.parametrize("guarded", [True, False])
def test_who_takes_back_what_a_list_says_comes_out_again(delivered: User, monkeypatch, guarded: bool):
    """A list that came in after that counts again: it cannot be seen whether it is an old wish."""
    deliver.run_through(delivered)
    optouts([f"{ANNA};", f"{BEA};czv", f"{CARL};"], delivered)
    team = factories.user(Role.CONSULENT)
    for name in ("Anna", "Bea"):
        with acting_as(team.actor()):
            opt_out.withdraw(opt_out=OptOut.objects.get(person__given_names=name), by=team)
    if not guarded:
        monkeypatch.setattr(known_persons, "_taken_back", lambda box: {})
    run = deliver.run_through(delivered, datetime.date(2026, 3, 2))
    assert ("stadspas" in regelingen(run, "Anna")) == guarded
    assert ("czv" in regelingen(run, "Bea")) == guarded
    assert regelingen(run, "Carl") == set()
    assert not persons()["Anna"].no_contact
    optouts([f"{ANNA};", f"{CARL};", f"{deliver.bsn(77777777)};"], delivered, datetime.date(2026, 3, 3))
    assert persons()["Anna"].no_contact
    run = deliver.run_through(delivered, datetime.date(2026, 3, 3))
    assert regelingen(run, "Anna") == set()


def test_a_list_that_is_newer_than_the_run_holds_for_who_comes_out_of_it(delivered: User):
    """The run does not take it, since it looks at an earlier day; nobody on it is approached all the same."""
    listed = optouts([f"{ANNA};"], delivered, datetime.date(2026, 3, 9))
    run = deliver.run_through(delivered)
    assert listed not in run.deliveries.all()
    assert "stadspas" in regelingen(run, "Anna")
    assert persons()["Anna"].no_contact
    assert not persons()["Bea"].no_contact


def test_a_list_goes_to_the_worker_that_waits_for_no_koppeling(delivered: User):
    """And it is registered while one is under way, as a whole koppeling takes half an hour."""
    deliver.run_through(delivered)
    listed = deliver.upload(deliver.client_file([f"{ANNA};"], "bsn;regeling"), "optout", by=delivered)
    with as_role("koppel"), holding(LOCK_BROWSER, 1) as under_way:
        assert under_way is not None
        assert tasks.processing_of(listed) is tasks.process_list
        assert sweeping.due_deliveries() == []
        assert sweeping.due_lists() == [listed.pk]
        tasks.sweep_lists()
    assert persons()["Anna"].no_contact
    assert tasks.processing_of(Delivery.objects.exclude(pk=listed.pk).first()) is tasks.process_delivery


@pytest.mark.parametrize("guarded", [True, False])
def test_a_list_whose_rows_a_crash_took_is_loaded_anew_before_it_counts(
    delivered: User, monkeypatch, guarded: bool
):
    deliver.run_through(delivered)
    listed = optouts([f"{ANNA};"], delivered)
    with as_role("migrate"):
        OptOut.objects.all().delete()
    crash()
    if not guarded:
        monkeypatch.setattr(loading, "_can_settle", lambda *_args: True)
    Delivery.objects.filter(pk=listed.pk).update(settled=False)
    deliver.process(listed)
    with as_role("migrate"):
        assert OptOut.objects.exists() is guarded


@pytest.mark.parametrize("guarded", [True, False])
def test_a_list_that_is_registered_during_the_handover_is_not_lost(
    delivered: User, monkeypatch, unblocked, guarded: bool
):
    """Without the lock it reads who came out before, and is done after the handover asked for it again."""
    listed = optouts([f"{ANNA};"], delivered, datetime.date(2026, 3, 9))
    Delivery.objects.filter(pk=listed.pk).update(settled=False)
    registered, over = threading.Event(), threading.Event()
    here = threading.get_ident()

    def _slow(box: psycopg.Connection, delivery: Delivery) -> int:
        found = register_listed(box, delivery)
        if threading.get_ident() != here:
            registered.set()
            over.wait(60)
        return found

    def _elsewhere() -> None:
        try:
            with as_role("koppel"):
                loading.process(listed.pk)
        finally:
            registered.set()
            connections.close_all()

    def _meanwhile(cursor: object) -> int:
        pool.submit(_elsewhere)
        registered.wait(60)
        return apply_stored(cursor)

    register_listed, apply_stored = settling.register_listed, typed_numbers.apply_stored
    monkeypatch.setattr(settling, "register_listed", _slow)
    monkeypatch.setattr(typed_numbers, "apply_stored", _meanwhile)
    if not guarded:
        monkeypatch.setattr(settling, "holding", lambda *_args: nullcontext(True))
    with ThreadPoolExecutor(1) as pool:
        try:
            deliver.run_through(delivered)
        finally:
            over.set()
    assert persons()["Anna"].no_contact == guarded


def test_who_comes_out_for_one_regeling_keeps_the_wish_about_another(delivered: User):
    optouts([f"{BEA};czv"], delivered)
    run = deliver.run_through(delivered)
    assert "stadspas" in regelingen(run, "Bea")
    assert persons()["Bea"].no_contact_for == ["czv"]


def test_a_household_is_confidential_when_one_of_its_members_is(manager: User):
    home = {"adres_id": "0363010000000001", "huisnummer": "7"}
    child = deliver.resident(
        CHILD, geboortedatum="20180101", bsn_ouder1=ANNA, geheim="3", voornamen="Kind", **home
    )
    deliver.deliver(deliver.brp([deliver.resident(ANNA, voornamen="Anna", **home), child]), "brp", by=manager)
    deliver.deliver(deliver.client_file([ANNA]), "bijstand", 2025, by=manager)
    deliver.run_through(manager)
    with as_role("migrate"):
        household = Household.objects.get()
        assert household.confidential
        members = household.members.values_list("person__given_names", "adult", "addressee")
        assert set(members) == {("Anna", True, True), ("Kind", False, False)}


def test_a_name_that_is_too_long_does_not_stop_a_town(manager: User):
    long = {"voornamen": "A" * 300, "straat": "B" * 300, "voorvoegsel": "C" * 40, "toevoeging": "D" * 40}
    deliver.deliver(deliver.brp([deliver.resident(ANNA, **long)]), "brp", by=manager)
    deliver.deliver(deliver.client_file([ANNA]), "bijstand", 2025, by=manager)
    assert deliver.run_through(manager).state == "klaar"
    with as_role("migrate"):
        assert Person.objects.get().given_names == "A" * 200
        assert Household.objects.get().street == "B" * 100


def test_only_koppel_may_hand_over(delivered: User, web_connection):
    for call in (
        "poort.overdracht(1, 1, '2026-03-01')",
        "poort.bekende_personen()",
        "poort.meld_af(1, now(), '{}', '{}')",
        "poort.draag_personen_over(1, 1)",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            web_connection.execute(f"SELECT {call}".encode())


def test_the_sealed_bsn_stays_in_the_box(delivered: User, box, web_connection):
    deliver.run_through(delivered)
    with as_role("koppel"):
        sealer = keys.keys_of_cycle(2025).sealer
    seals = box.execute(b"SELECT zegel FROM poort.bekende_personen()").fetchall()
    assert {sealer.open(seal) for (seal,) in seals} == {ANNA, BEA, CARL}
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        web_connection.execute(b"SELECT * FROM blackbox.bekende_persoon")
