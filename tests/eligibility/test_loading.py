"""What the worker makes of a delivered file: loaded, held, refused, and what is left of it then."""

import datetime
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from django.core.exceptions import PermissionDenied
from django.db import connections

from eligibility.actions import deliveries, keys, loading
from eligibility.intake.refusals import LoadFailed
from eligibility.models import Agreement, Delivery, DeliveryKey, RowProblem, RuleCount
from eligibility.policies import NotNow
from outreach.kernel.db import acting_as
from outreach.models import Role, User
from outreach.transitions import StateChanged
from tests import factories
from tests.eligibility import deliver
from tests.roles import as_role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places")]

NUMBERS = [deliver.bsn(20000000 + 10 * step) for step in range(30)]


def rows_in(table: str, box: psycopg.Connection, delivery: Delivery) -> int:
    query = f"SELECT count(*) FROM blackbox.{table} WHERE levering = %s"
    return box.execute(query.encode(), (delivery.box_number,)).fetchone()[0]


def partitions(box: psycopg.Connection) -> list[str]:
    query = (
        "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
        " WHERE c.relnamespace = 'blackbox'::regnamespace ORDER BY 1"
    )
    return [name for (name,) in box.execute(query.encode()).fetchall()]


def test_a_good_file_is_loaded_and_counted(manager: User, box, audited):
    delivery = deliver.deliver(deliver.client_file(NUMBERS), "bijstand", 2025, by=manager)
    assert (delivery.state, delivery.file_problem, delivery.attempts) == ("ingeladen", "", 1)
    assert (delivery.rows_total, delivery.rows_read, delivery.rows_kept, delivery.rows_refused) == (
        30,
        30,
        30,
        0,
    )
    assert (delivery.cycle, delivery.settled) == (2025, True)
    assert rows_in("klant", box, delivery) == 30
    assert [act for act, _, _ in audited("bron")] == [
        "levering_ontvangen",
        "levering_gecontroleerd",
        "levering_ingeladen",
    ]


def test_the_pseudonyms_are_those_of_the_cycle(manager: User, box):
    delivery = deliver.deliver(deliver.client_file(NUMBERS[:1]), "bijstand", 2025, by=manager)
    query = b"SELECT bsn FROM blackbox.klant WHERE levering = %s"
    stored = box.execute(query, (delivery.box_number,)).fetchone()[0]
    assert stored == keys.keys_of_cycle(2025).pseudonymiser.pseudonym(NUMBERS[0])
    assert stored != keys.keys_of_cycle(2024).pseudonymiser.pseudonym(NUMBERS[0])


def test_refused_rows_stand_by_line_column_and_rule(manager: User):
    lines = [deliver.resident(number) for number in NUMBERS]
    lines[3] = deliver.resident(NUMBERS[3], geboortedatum="20261301")
    delivery = deliver.deliver(deliver.brp(lines), "brp", by=manager)
    assert delivery.state == "ingeladen"
    problems = RowProblem.objects.filter(delivery=delivery).values_list("line", "column", "rule")
    assert list(problems) == [(5, "geboortedatum", "datum_onmogelijk")]
    assert list(RuleCount.objects.values_list("rule", "rows")) == [("datum_onmogelijk", 1)]


def test_more_than_five_per_cent_holds_until_somebody_accepts_with_a_reason(manager: User, audited):
    bad = deliver.client_file([*NUMBERS[:18], "123456789", "987654321"])
    delivery = deliver.deliver(bad, "bijstand", 2025, by=manager)
    assert delivery.state == "aangehouden"
    assert "Van de 20 regels zijn er 2 geweigerd" in delivery.file_problem
    colleague = factories.user(Role.APPLICATIEBEHEERDER)
    with acting_as(colleague.actor()):
        with pytest.raises(NotNow):
            deliveries.accept(delivery=delivery, reason="   ", by=colleague)
        deliveries.accept(delivery=delivery, reason="Nagevraagd bij de leverancier", by=colleague)
    delivery = deliver.process(delivery)
    assert (delivery.state, delivery.accepted_by, delivery.settled) == ("ingeladen", colleague, True)
    assert audited("reden")[-1] == (
        "levering_geaccepteerd",
        "levering",
        "Nagevraagd bij de leverancier",
    )


def test_exactly_five_per_cent_is_loaded(manager: User):
    delivery = deliver.deliver(
        deliver.client_file([*NUMBERS[:19], "123456789"]), "bijstand", 2025, by=manager
    )
    assert (delivery.state, delivery.rows_refused) == ("ingeladen", 1)


@pytest.mark.parametrize(("rows", "state"), [(24, "ingeladen"), (23, "aangehouden"), (30, "ingeladen")])
def test_a_row_count_that_differs_more_than_twenty_per_cent_holds(manager: User, rows: int, state: str):
    deliver.deliver(
        deliver.client_file(NUMBERS), "bijstand", 2025, by=manager, peildatum=datetime.date(2026, 1, 1)
    )
    delivery = deliver.deliver(
        deliver.client_file([*NUMBERS[1:rows], NUMBERS[0]]), "bijstand", 2025, by=manager
    )
    assert (delivery.state, delivery.previous_rows) == (state, 30)
    if state == "aangehouden":
        assert "verschil van meer dan 20%" in delivery.file_problem


def test_another_year_is_no_previous_delivery(manager: User):
    deliver.deliver(deliver.client_file(NUMBERS), "bijstand", 2024, by=manager)
    delivery = deliver.deliver(deliver.client_file(NUMBERS[:3]), "bijstand", 2025, by=manager)
    assert (delivery.state, delivery.previous_rows) == ("ingeladen", None)


def test_a_refused_file_leaves_nothing(manager: User, places: Path, box):
    delivery = deliver.deliver(
        b"bsn;naam\n123456782;Jansen\n", "bijstand", 2025, by=manager, name="lijst.csv"
    )
    assert delivery.state == "geweigerd"
    assert delivery.file_problem == "lijst.csv, regel 1, kolom 2: Deze kolom hoort niet in het bestand."
    assert delivery.settled
    assert list(places.iterdir()) == []
    assert not keys.key_folder().exists(delivery.key_id)
    assert partitions(box) == []


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "leeg"),
        (b"bsn\n", "geen rijen"),
        (b"bsn\n1234\x005678\n", "NUL"),
        (b"bsn\n" + b"1" * 70_000, "64 KiB"),
        (b"bsn,bsn_kind\n1,2\n", "scheidingsteken"),
        (b"bsn\n\x81\x8d\n", "codering"),
        (b"PK\x03\x04rommel", "XLSX"),
    ],
)
def test_each_wrong_file_gets_a_message_that_says_what_and_where(manager: User, places: Path, content, says):
    delivery = deliver.deliver(content, "bijstand", 2025, by=manager, name="fout.csv")
    assert delivery.state == "geweigerd"
    assert says in delivery.file_problem
    assert "fout.csv" in delivery.file_problem
    assert list(places.iterdir()) == []


def test_the_same_content_counts_once(manager: User):
    content = deliver.client_file(NUMBERS)
    first = deliver.deliver(content, "bijstand", 2025, by=manager)
    again = deliver.deliver(content, "bijstand", 2025, by=manager, name="weer.csv")
    other_year = deliver.deliver(content, "bijstand", 2024, by=manager)
    assert (first.state, other_year.state) == ("ingeladen", "ingeladen")
    assert (again.state, again.file_problem) == (
        "geweigerd",
        "weer.csv: Dezelfde inhoud is al geleverd voor deze bron en dit jaar.",
    )


def test_what_was_withdrawn_may_be_delivered_again(manager: User, places: Path, box):
    content = deliver.client_file(NUMBERS)
    delivery = deliver.deliver(content, "bijstand", 2025, by=manager)
    with acting_as(manager.actor()):
        deliveries.withdraw(delivery=delivery, by=manager)
    delivery = deliver.process(delivery)
    assert (delivery.state, delivery.settled) == ("ingetrokken", True)
    assert partitions(box) == []
    assert list(places.iterdir()) == []
    assert not keys.key_folder().exists(delivery.key_id)
    assert deliver.deliver(content, "bijstand", 2025, by=manager).state == "ingeladen"


def test_withdrawing_halfway_ends_the_load(manager: User, box, monkeypatch: pytest.MonkeyPatch):
    delivery = deliver.upload(deliver.client_file(NUMBERS), "bijstand", 2025, by=manager)
    real = loading.load

    def withdrawn_meanwhile(*args: object, **kwargs: object) -> object:
        Delivery.objects.filter(pk=delivery.pk).update(state="ingetrokken")
        return real(*args, **kwargs)

    monkeypatch.setattr(loading, "load", withdrawn_meanwhile)
    monkeypatch.setattr(loading, "_PROGRESS_SECONDS", 0)
    delivery = deliver.process(delivery)
    assert (delivery.state, delivery.settled, delivery.rows_kept) == ("ingetrokken", True, 0)
    assert partitions(box) == []


def test_progress_is_seen_while_the_load_is_open(
    manager: User, monkeypatch: pytest.MonkeyPatch, web_connection
):
    seen = []
    numbers = [deliver.bsn(30000000 + 10 * step) for step in range(3000)]
    delivery = deliver.upload(deliver.client_file(numbers), "bijstand", 2025, by=manager)
    real = loading._Meter.__call__

    def look(meter: loading._Meter, rows: int) -> None:
        real(meter, rows)
        query = b"SELECT state, rows_read FROM eligibility_delivery WHERE id = %s"
        seen.append(web_connection.execute(query, (delivery.pk,)).fetchone())

    monkeypatch.setattr(loading._Meter, "__call__", look)
    monkeypatch.setattr(loading, "_PROGRESS_SECONDS", 0)
    assert deliver.process(delivery).state == "ingeladen"
    assert seen == [("gecontroleerd", 1000), ("gecontroleerd", 2000), ("gecontroleerd", 3000)]


def test_a_file_that_was_changed_on_disk_is_not_loaded(manager: User, places: Path):
    delivery = deliver.upload(deliver.client_file(NUMBERS), "bijstand", 2025, by=manager)
    path = places / delivery.stored_as
    path.write_bytes(path.read_bytes()[:-5] + b"xxxxx")
    for _ in range(3):
        delivery = deliver.process(delivery)
    assert delivery.state == "aangehouden"
    assert "3 keer mislukt" in delivery.file_problem
    assert "ontsleuteld" in delivery.file_problem


def test_a_file_cut_off_at_a_block_is_not_taken_for_whole(manager: User, places: Path):
    numbers = [deliver.bsn(30000000 + 10 * step) for step in range(20_000)]
    delivery = deliver.upload(deliver.client_file(numbers), "bijstand", 2025, by=manager)
    path = places / delivery.stored_as
    header = len(path.read_bytes()) % (65536 + 16)
    path.write_bytes(path.read_bytes()[: -(header // 2) or None])
    assert deliver.process(delivery).state == "ontvangen"
    assert Delivery.objects.get(pk=delivery.pk).rows_kept == 0


def test_without_its_key_a_file_waits_for_a_person(manager: User):
    delivery = deliver.upload(deliver.client_file(NUMBERS), "bijstand", 2025, by=manager)
    keys.key_folder().destroy(delivery.key_id)
    for _ in range(3):
        delivery = deliver.process(delivery)
    assert delivery.state == "aangehouden"
    assert "sleutel" in delivery.file_problem


def no(stream: object) -> bool:
    return False


def down(stream: object) -> bool:
    raise ConnectionRefusedError("clamd")


def unsure(stream: object) -> None:
    return None


def yes(stream) -> bool:
    return b"bsn" in stream.read()


def test_the_virus_scanner_may_refuse(manager: User, settings, places: Path):
    settings.VIRUS_SCANNER = f"{__name__}.no"
    delivery = deliver.deliver(deliver.client_file(NUMBERS), "bijstand", 2025, by=manager)
    assert (delivery.state, "virusscanner" in delivery.file_problem) == ("geweigerd", True)
    assert list(places.iterdir()) == []
    settings.VIRUS_SCANNER = f"{__name__}.yes"
    assert deliver.deliver(deliver.client_file(NUMBERS), "bijstand", 2025, by=manager).state == "ingeladen"


@pytest.mark.parametrize("scanner", ["down", "er_is_geen_functie"])
def test_a_scanner_without_an_answer_lets_nothing_through(manager: User, settings, scanner: str):
    settings.VIRUS_SCANNER = f"{__name__}.{scanner}"
    delivery = deliver.deliver(deliver.client_file(NUMBERS), "bijstand", 2025, by=manager)
    assert (delivery.state, delivery.attempts) == ("ontvangen", 1)
    assert "geen antwoord" in delivery.file_problem
    for _ in range(2):
        delivery = deliver.process(delivery)
    assert delivery.state == "aangehouden"
    with acting_as(manager.actor()):
        with pytest.raises(NotNow):
            deliveries.accept(delivery=delivery, reason="Toch maar wel", by=manager)
        settings.VIRUS_SCANNER = ""
        deliveries.offer_again(delivery=delivery, by=manager)
    assert deliver.process(delivery).state == "ingeladen"


def test_a_scanner_must_say_yes(manager: User, settings):
    settings.VIRUS_SCANNER = f"{__name__}.unsure"
    assert deliver.deliver(deliver.client_file(NUMBERS), "bijstand", 2025, by=manager).state == "geweigerd"


def test_a_worker_that_keeps_dying_on_a_file_is_spared(manager: User):
    delivery = deliver.upload(deliver.client_file(NUMBERS), "bijstand", 2025, by=manager)
    Delivery.objects.filter(pk=delivery.pk).update(attempts=3)
    delivery = deliver.process(delivery)
    assert delivery.state == "aangehouden"
    assert "stopte 3 keer" in delivery.file_problem


def test_what_a_dead_worker_left_is_dropped_and_done_again(manager: User, box, monkeypatch):
    delivery = deliver.upload(deliver.client_file(["123456789", *NUMBERS]), "bijstand", 2025, by=manager)

    def die(*args: object, **kwargs: object) -> None:
        raise SystemExit("killed")

    monkeypatch.setattr(loading, "_judge", die)
    with pytest.raises(SystemExit):
        deliver.process(delivery)
    delivery.refresh_from_db()
    assert (delivery.state, rows_in("klant", box, delivery)) == ("gecontroleerd", 30)
    monkeypatch.undo()
    delivery = deliver.process(delivery)
    assert (delivery.state, delivery.attempts) == ("ingeladen", 2)
    assert rows_in("klant", box, delivery) == 30
    assert RowProblem.objects.filter(delivery=delivery).count() == 1
    assert RuleCount.objects.filter(delivery=delivery).count() == 1


def test_what_the_database_refuses_is_undone_and_tried_again(manager: User, box, monkeypatch):
    def fail(*args: object, **kwargs: object) -> None:
        raise LoadFailed("53100")

    delivery = deliver.upload(deliver.client_file(NUMBERS), "bijstand", 2025, by=manager)
    monkeypatch.setattr(loading, "load", fail)
    delivery = deliver.process(delivery)
    assert (delivery.state, rows_in("klant", box, delivery)) == ("gecontroleerd", 0)
    assert "53100" in delivery.file_problem
    monkeypatch.undo()
    assert deliver.process(delivery).state == "ingeladen"


def _change(bron: str, **fields: object) -> None:
    with as_role("migrate"):
        Agreement.objects.filter(bron=bron).update(**fields)


@pytest.fixture
def change_agreement() -> Iterator[Callable[..., None]]:
    """Changes the agreement of a bron, and takes it back afterwards: that table is not emptied."""
    before = list(Agreement.objects.all())
    yield _change
    with as_role("migrate"):
        for row in before:
            row.save()


def test_a_column_outside_the_agreement_is_never_stored(manager: User, box, change_agreement):
    columns = [name for name in deliver.BRP_HEADER.split(";") if name != "geheim"]
    change_agreement("brp", columns=columns)
    lines = [deliver.resident(number, geheim="7") for number in NUMBERS]
    delivery = deliver.deliver(deliver.brp(lines), "brp", by=manager)
    query = b"SELECT DISTINCT geheim FROM blackbox.inwoner WHERE levering = %s"
    assert box.execute(query, (delivery.box_number,)).fetchall() == [("",)]


def test_an_agreement_that_ended_before_the_worker_came_refuses_the_file(manager: User, change_agreement):
    delivery = deliver.upload(deliver.client_file(NUMBERS), "bijstand", 2025, by=manager)
    change_agreement("bijstand", valid_to=datetime.date(2026, 2, 1))
    delivery = deliver.process(delivery)
    assert (delivery.state, "geen overeenkomst" in delivery.file_problem) == ("geweigerd", True)


def test_only_an_applicatiebeheerder_decides(manager: User):
    bad = deliver.client_file([*NUMBERS[:18], "123456789", "987654321"])
    delivery = deliver.deliver(bad, "bijstand", 2025, by=manager)
    for role in (Role.CONSULENT, Role.FUNCTIONEEL_BEHEERDER, Role.PRIVACY_OFFICER):
        other = factories.user(role)
        with acting_as(other.actor()), pytest.raises(PermissionDenied):
            deliveries.accept(delivery=delivery, reason="Ik wil het", by=other)


def test_a_state_is_left_once(manager: User):
    bad = deliver.client_file([*NUMBERS[:18], "123456789", "987654321"])
    delivery = deliver.deliver(bad, "bijstand", 2025, by=manager)
    stale = Delivery.objects.get(pk=delivery.pk)
    with acting_as(manager.actor()):
        deliveries.accept(delivery=delivery, reason="Nagevraagd", by=manager)
        with pytest.raises(StateChanged):
            deliveries.accept(delivery=stale, reason="Nagevraagd", by=manager)


def test_junk_is_counted_but_not_all_written_down(manager: User, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(loading, "MAX_ROW_PROBLEMS", 7)
    delivery = deliver.deliver(deliver.client_file(["1"] * 20), "bijstand", 2025, by=manager)
    assert (delivery.rows_refused, RowProblem.objects.count()) == (20, 7)
    assert RuleCount.objects.get().rows == 20


def test_keys_are_kept_ready(manager: User):
    with as_role("koppel"):
        assert keys.keep_ready() == keys.READY
        assert keys.keep_ready() == 0
    assert keys.READY >= 10
    key = keys.take()
    assert DeliveryKey.objects.get(pk=key.pk).taken
    with as_role("koppel"):
        assert keys.keep_ready() == 1


def test_the_connection_of_the_pages_cannot_make_a_key(manager: User):
    with pytest.raises(Exception, match="permission denied"), connections["default"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO eligibility_deliverykey (name, public_key, taken) VALUES ('a', 'b', false)"
        )
