"""Facts of newer deliveries, handed over for who came out before; as the real role koppel."""

import datetime
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client

from eligibility.actions import deliveries, facts
from eligibility.models import Delivery, FactsTold
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Approach, Household, Person, Role, Round, User
from outreach.models.round import RoundKind
from tests import factories
from tests.eligibility import deliver
from tests.roles import as_role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places")]

ANNA, BEA, CARL, KIND, ZUS = (
    deliver.bsn(number) for number in (50000000, 50000100, 50000200, 50000300, 50000400)
)
LATER = datetime.date(2026, 4, 1)
HOME = {"adres_id": "0363010000000001", "huisnummer": "7"}


def person(number: str, name: str, **fields: str) -> str:
    return deliver.resident(number, voornamen=name, **fields)


def town(*, anna: dict | None = None, bea: dict | None = None, without: str = "") -> bytes:
    """Anna with two children, Bea, Carl."""
    lines = {
        "anna": person(ANNA, "Anna", **(HOME | (anna or {}))),
        "kind": person(KIND, "Kind", geboortedatum="20140101", bsn_ouder1=ANNA, **HOME),
        "zus": person(ZUS, "Zus", geboortedatum="20150101", bsn_ouder1=ANNA, **HOME),
        "bea": person(BEA, "Bea", **(bea or {})),
        "carl": person(CARL, "Carl"),
    }
    return deliver.brp(line for name, line in lines.items() if name != without)


def pupils() -> bytes:
    lines = [f"{number};VO;1" for number in (KIND, ZUS)]
    return deliver.client_file(lines, "bsn;onderwijs;leerjaar")


@pytest.fixture
def out(manager: User) -> User:
    """All came out, and there are approaches for what they may have a right to."""
    deliver.deliver(town(), "brp", by=manager)
    deliver.deliver(pupils(), "leerlingen", by=manager)
    deliver.deliver(deliver.client_file([ANNA, BEA, CARL]), "bijstand", 2025, by=manager)
    assert deliver.run_through(manager).state == "klaar"
    approach()
    tell()
    return manager


def approach(*codes: str) -> None:
    """An approach for each candidacy of the newest handover, in a round of its own."""
    maker = User.objects.filter(username="ronde").first() or factories.user(Role.TEAMLEIDER, username="ronde")
    with acting_as(SYSTEM_ACTOR):
        newest = Household.objects.order_by("-handover_id").first().handover
        round_ = Round.objects.create(
            name="x", kind=RoundKind.VISIT, handover=newest, regelingen=["stadspas"], made_by=maker
        )
        for household in Household.objects.filter(handover=newest):
            for one in household.candidacies.all():
                Approach.objects.create(
                    round=round_,
                    household=household,
                    regeling_id=one.regeling_id,
                    klasse=one.klasse,
                    mode=one.mode,
                )


def tell() -> list[str]:
    with as_role("koppel"):
        return facts.tell_due()


def departed() -> dict[str, str]:
    with as_role("migrate"):
        return {who.given_names: who.departed for who in Person.objects.exclude(departed="")}


def lapsed() -> set[tuple[str, str]]:
    with as_role("migrate"):
        found = Approach.objects.filter(lapsed=True, household__members__addressee=True)
        return set(found.values_list("household__members__person__given_names", "regeling_id"))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"overlijdensdatum": "20260315"}, "overleden"),
        ({"opschorting": "O"}, "overleden"),
        ({"opschorting": "E"}, "verhuisd"),
        ({"gemeentecode": "0599"}, "verhuisd"),
        ({"huisnummer": "8888"}, "verhuisd"),
        ({"postcode": "1011AB"}, "verhuisd"),
        ({"toevoeging": "hs"}, "verhuisd"),
        ({"straat": "Hernoemdestraat"}, ""),
        ({"geslachtsnaam": "Anders"}, ""),
    ],
)
def test_who_died_or_left_is_told(out: User, change: dict, expected: str):
    deliver.deliver(town(bea=change), "brp", by=out, peildatum=LATER)
    tell()
    assert departed() == ({"Bea": expected} if expected else {})


def test_who_is_not_in_the_newest_delivery_left(out: User):
    deliver.deliver(town(without="carl"), "brp", by=out, peildatum=LATER)
    tell()
    assert departed() == {"Carl": "verhuisd"}


def test_an_older_delivery_that_comes_late_says_nothing(out: User):
    deliver.deliver(
        town(bea={"overlijdensdatum": "20260105"}), "brp", by=out, peildatum=datetime.date(2026, 1, 10)
    )
    assert tell() == []
    assert departed() == {}


def test_what_is_no_longer_so_is_taken_back(out: User):
    deliver.deliver(town(bea={"opschorting": "E"}), "brp", by=out, peildatum=LATER)
    tell()
    assert departed() == {"Bea": "verhuisd"}
    deliver.deliver(town(bea={"geslachtsnaam": "Terug"}), "brp", by=out, peildatum=datetime.date(2026, 5, 1))
    tell()
    assert departed() == {}


def test_a_delivery_that_is_withdrawn_counts_no_more(out: User):
    wrong = deliver.deliver(town(bea={"overlijdensdatum": "20260315"}), "brp", by=out, peildatum=LATER)
    has = deliver.deliver(deliver.client_file([BEA]), "czv", 2026, by=out)
    tell()
    assert (departed(), lapsed()) == ({"Bea": "overleden"}, {("Bea", "czv")})
    for one in (wrong, has):
        with acting_as(out.actor()):
            deliveries.withdraw(delivery=one, by=out)
        deliver.process(one)
    assert set(tell()) == {"bevolking", "czv"}
    assert (departed(), lapsed()) == ({}, set())


def test_a_crash_of_the_server_makes_nobody_leave(out: User):
    newest = deliver.deliver(town(bea={"opschorting": "E"}), "brp", by=out, peildatum=LATER)
    with connections["migrate"].cursor() as cursor:
        # What PostgreSQL does to unlogged tables.
        cursor.execute(f"TRUNCATE blackbox.inwoner_{newest.box_number}, blackbox.levering_merk")
    assert "bevolking" in tell()
    assert departed() == {"Bea": "verhuisd"}


def test_without_the_rows_the_door_stays_shut(out: User):
    with (
        as_role("koppel"),
        connections["default"].cursor() as cursor,
        pytest.raises(Exception, match="er niet"),
    ):
        cursor.execute("SELECT poort.vertel_bevolking(999999, '0363', '{}', '{}')")


def test_who_has_it_by_now_is_told(out: User):
    deliver.deliver(deliver.client_file([BEA, deliver.bsn(77777777)]), "stadspas", 2026, by=out)
    deliver.deliver(deliver.client_file([CARL]), "czv", 2025, by=out)
    tell()
    assert lapsed() == {("Bea", "stadspas")}
    assert departed() == {}


def test_a_child_that_has_it_does_not_end_it_for_its_sister(out: User):
    rows = "bsn;bsn_kind"
    one = deliver.deliver(deliver.client_file([f"{ANNA};{KIND}"], rows), "laptop", 2026, by=out)
    tell()
    assert lapsed() == set()
    # On somebody else's BSN, and years ago: the child has it all the same, and a laptop lasts five years.
    deliver.deliver(deliver.client_file([f"{CARL};{ZUS}"], rows), "laptop", 2023, by=out)
    tell()
    assert lapsed() == {("Anna", "laptop")}
    with acting_as(out.actor()):
        deliveries.withdraw(delivery=one, by=out)
    tell()
    assert lapsed() == set()


def test_a_row_without_a_child_is_for_all_children_of_that_adult(out: User):
    deliver.deliver(deliver.client_file([f"{ANNA};"], "bsn;bsn_kind"), "scholierenvergoeding", 2026, by=out)
    deliver.deliver(
        deliver.client_file([f"{ANNA};{deliver.bsn(66666666)}"], "bsn;bsn_kind"), "reiskosten", 2026, by=out
    )
    tell()
    assert lapsed() == {("Anna", "scholierenvergoeding")}


def test_a_round_that_is_made_afterwards_is_told_too(out: User):
    deliver.deliver(deliver.client_file([BEA]), "stadspas", 2026, by=out)
    tell()
    approach()
    assert "stadspas" in tell()
    with as_role("migrate"):
        assert Approach.objects.filter(lapsed=True, regeling="stadspas").count() == 2


def test_who_came_out_again_at_another_address_gets_nothing_at_the_old_one(out: User):
    deliver.deliver(town(bea={"huisnummer": "4321"}), "brp", by=out, peildatum=LATER)
    deliver.run_through(out, LATER)
    approach()
    tell()
    assert departed() == {}
    with as_role("migrate"):
        old = Approach.objects.filter(household__members__person__given_names="Bea", lapsed=True)
        assert {one.household.house_number for one in old} != {4321}
        assert not Approach.objects.filter(household__house_number=4321, lapsed=True).exists()
        assert {name for name, _ in lapsed()} == {"Bea"}


def test_telling_twice_changes_and_writes_nothing(out: User, audited):
    deliver.deliver(town(bea={"opschorting": "E"}), "brp", by=out, peildatum=LATER)
    deliver.deliver(deliver.client_file([CARL]), "stadspas", 2026, by=out)
    assert set(tell()) == {"bevolking", "stadspas"}
    lines = [line for line in audited("wat") if line[0] == "feiten_verwerkt"]
    assert {(subject, what) for _, subject, what in lines} == {
        ("persoon", "vertrokken"),
        ("benadering", "vervallen"),
    }
    assert tell() == []
    with as_role("koppel"):
        FactsTold.objects.update(told_at=None)
    assert set(tell()) >= {"bevolking", "stadspas"}
    assert [line for line in audited("wat") if line[0] == "feiten_verwerkt"] == lines
    assert (departed(), lapsed()) == ({"Bea": "verhuisd"}, {("Carl", "stadspas")})


def test_another_cycle_finds_the_same_people(out: User):
    next_year = datetime.date(2027, 2, 1)
    deliver.deliver(town(bea={"opschorting": "E"}), "brp", by=out, peildatum=next_year)
    tell()
    assert departed() == {"Bea": "verhuisd"}
    assert set(Delivery.objects.filter(bron="brp").values_list("cycle", flat=True)) == {2025, 2026}


def test_a_failure_is_tried_three_times_and_then_told(out: User, monkeypatch: pytest.MonkeyPatch):
    deliver.deliver(town(bea={"opschorting": "E"}), "brp", by=out, peildatum=LATER)

    def fail(*args: object) -> None:
        raise facts.boxes.BoxBusy

    with monkeypatch.context() as broken:
        broken.setattr(facts, "pseudonyms", fail)
        assert [tell() for _ in range(4)] == [[]] * 4
    assert [row.subject for row in facts.stuck()] == ["bevolking"]
    client = Client()
    client.force_login(out)
    assert "Niet alles is doorgegeven" in client.get("/koppelen/leveringen/").content.decode()
    deliver.deliver(town(bea={"opschorting": "M"}), "brp", by=out, peildatum=LATER)
    assert tell() == ["bevolking"]
    assert facts.stuck() == []


FACTS_SQL = Path(settings.BASE_DIR) / "eligibility" / "blackbox" / "facts.sql"


def test_two_columns_cross_and_no_other():
    text = re.sub(r"--[^\n]*", "", FACTS_SQL.read_text(encoding="utf-8"))
    written = re.findall(
        r"(INSERT|UPDATE|DELETE)\s+(?:INTO |FROM )?public\.(\w+) p SET\s+(\w+) = ([\w.]+)", text
    )
    assert written == [
        ("UPDATE", "outreach_person", "departed", "n.waarom"),
        ("UPDATE", "outreach_approach", "lapsed", "n.wordt"),
    ]
    assert (
        len(re.findall(r"(?:INSERT|UPDATE|DELETE|COPY|EXECUTE)\s+(?!ON)", text.replace("FOR UPDATE;", "")))
        == 2
    )


def test_nobody_out_means_nothing_to_tell(manager: User):
    deliver.deliver(town(), "brp", by=manager)
    assert tell() == []
    assert not FactsTold.objects.exists()
