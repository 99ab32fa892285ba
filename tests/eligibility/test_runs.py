"""A koppeling from the page to its end: started, frozen, cut off, taken up again, cancelled, stranded."""

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings as site
from django.core.exceptions import PermissionDenied
from django.db import connections

from eligibility import selection
from eligibility.actions import deliveries, koppeling, runs, sweeping
from eligibility.blackbox.run import StepFailed
from eligibility.blackbox.steps import STEPS
from eligibility.models import Delivery, Run, RunStep
from eligibility.policies import NotNow
from outreach.kernel.db import acting_as
from outreach.models import Handover, Role, User
from tests import factories
from tests.eligibility import deliver
from tests.roles import as_role

CASE = Path(site.BASE_DIR).parent / "shared" / "cases" / "huishoudens"
ANNA, BEA = deliver.bsn(40000000), deliver.bsn(40000100)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places")]


@pytest.fixture
def delivered(manager: User) -> User:
    """Two people of whom one was in bijstand last year."""
    deliver.deliver(deliver.brp([deliver.resident(ANNA), deliver.resident(BEA)]), "brp", by=manager)
    deliver.deliver(deliver.client_file([ANNA]), "bijstand", 2025, by=manager)
    return manager


def partitions(pattern: str) -> int:
    with connections["migrate"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_class WHERE relnamespace = 'blackbox'::regnamespace AND relname ~ %s",
            [pattern],
        )
        return cursor.fetchone()[0]


def test_a_run_goes_from_start_to_end(delivered: User, audited):
    run = deliver.run_through(delivered)
    assert (run.state, run.account["overgedragen"], run.finished_at is not None) == ("klaar", 1, True)
    assert [row.done for row in run.steps.all()] == [True] * (len(STEPS) + 2)
    assert run.steps.get(name="personen").rows == 2
    assert run.account["bronnen"][0]["bron"] in ("brp", "bijstand")
    assert [act for act, _, _ in audited("huishoudens") if "koppeling" in act] == [
        "koppeling_gestart",
        "koppeling_begonnen",
        "koppeling_klaar",
    ]


def test_the_rows_about_people_of_a_finished_run_are_gone(delivered: User):
    run = deliver.run_through(delivered)
    assert partitions(f"^run_.*_{run.box_number}$") == 0
    assert partitions("^inwoner_[0-9]+$") == 1


def test_the_account_says_nothing_about_a_person(delivered: User):
    text = str(deliver.run_through(delivered).account)
    assert ANNA not in text
    assert "Proef" not in text


def test_it_takes_the_newest_accepted_delivery_up_to_the_day(delivered: User):
    april = datetime.date(2026, 4, 1)
    later = deliver.deliver(
        deliver.brp([deliver.resident(BEA), deliver.resident(ANNA)]), "brp", by=delivered, peildatum=april
    )
    held = deliver.deliver(deliver.client_file(["1"]), "bijstand", 2025, by=delivered, peildatum=april)
    assert held.state == "aangehouden"
    on_march, on_april = selection.choose(deliver.DAY), selection.choose(april)
    assert [one.bron_id for one in on_march.taken] == ["bijstand", "brp"]
    assert later not in on_march.taken
    assert {one.pk for one in on_april.taken if one.bron_id == "brp"} == {later.pk}
    assert held not in on_april.taken


def test_of_two_layouts_with_the_population_the_newest_counts(delivered: User):
    Delivery.objects.filter(bron="brp").update(peildatum=datetime.date(2026, 1, 1))
    other = Delivery.objects.get(bron="bijstand")
    Delivery.objects.filter(pk=other.pk).update(bron="gba_v", year=None)
    assert [one.bron_id for one in selection.choose(deliver.DAY).taken] == ["gba_v"]


def test_years_that_no_rule_looks_at_are_left(delivered: User):
    deliver.deliver(deliver.client_file([ANNA]), "laptop", 2022, by=delivered)
    deliver.deliver(deliver.client_file([BEA]), "laptop", 2021, by=delivered)
    taken = {(one.bron_id, one.year) for one in selection.choose(deliver.DAY).taken}
    assert ("laptop", 2022) in taken
    assert ("laptop", 2021) not in taken


def test_what_is_missing_is_named(delivered: User):
    missing = {(gap.bron.code, gap.year) for gap in selection.choose(deliver.DAY).missing}
    assert {
        ("bijstand", 2024),
        ("bijstand", 2023),
        ("laptop", 2022),
        ("stadspas", 2026),
        ("stadspas", 2025),
    } <= missing
    assert {("ib_toets", 2025), ("leerlingen", None), ("optout", None), ("kwijtschelding", 2026)} <= missing
    assert not {("bijstand", 2025), ("bijstand", 2026), ("kwijtschelding", 2025), ("brp", None)} & missing
    assert "gba_v" not in {code for code, _ in missing}


def test_without_a_population_it_does_not_start(manager: User):
    deliver.deliver(deliver.client_file([ANNA]), "bijstand", 2025, by=manager)
    with pytest.raises(NotNow, match="BRP"):
        deliver.start(manager)
    assert not Run.objects.exists()


@pytest.mark.parametrize("day", [datetime.date(2018, 12, 31), datetime.date(2032, 1, 1)])
def test_a_day_out_of_reach_is_refused(delivered: User, day: datetime.date):
    with pytest.raises(NotNow, match="2019 tot en met 2031"):
        deliver.start(delivered, day)


def test_only_an_applicatiebeheerder_starts(delivered: User):
    other = factories.user(Role.TEAMLEIDER)
    with pytest.raises(PermissionDenied):
        deliver.start(other)


def test_there_is_one_at_a_time(delivered: User):
    deliver.start(delivered)
    with pytest.raises(NotNow, match="loopt al"):
        deliver.start(delivered)
    assert Run.objects.count() == 1


def test_what_it_takes_is_fixed_at_the_start(delivered: User):
    run = deliver.start(delivered)
    later = deliver.deliver(
        deliver.brp([deliver.resident(BEA), deliver.resident(ANNA)]),
        "brp",
        by=delivered,
        peildatum=deliver.DAY,
    )
    assert later.state == "ingeladen"
    run = deliver.carry_out(run)
    assert later not in run.deliveries.all()


def test_a_delivery_that_is_in_use_cannot_be_withdrawn(delivered: User):
    run = deliver.start(delivered)
    used = Delivery.objects.get(bron="brp")
    with acting_as(delivered.actor()), pytest.raises(NotNow, match="loopt een koppeling"):
        deliveries.withdraw(delivery=used, by=delivered)
    used.refresh_from_db()
    assert used.state == "ingeladen"
    deliver.carry_out(run)
    with acting_as(delivered.actor()):
        deliveries.withdraw(delivery=used, by=delivered)


def cut_off_after(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """The worker dies right after a step was committed, before the page heard of it."""
    real = koppeling._step_done

    def die(run: Run, step: object) -> None:
        if step.name == name:
            raise SystemExit("killed")
        real(run, step)

    monkeypatch.setattr(koppeling, "_step_done", die)


@pytest.mark.skipif(not CASE.exists(), reason="the cases are not in this checkout")
@pytest.mark.parametrize("name", ["ouderparen", "tellingen"])
def test_cut_off_between_two_steps_it_goes_on_and_ends_the_same(manager: User, monkeypatch, name: str):
    deliver.deliver_folder(CASE, manager)
    whole = deliver.handed_over(deliver.run_through(manager))
    run = deliver.start(manager)
    cut_off_after(monkeypatch, name)
    with pytest.raises(SystemExit):
        deliver.carry_out(run)
    monkeypatch.undo()
    run.refresh_from_db()
    assert run.state == "bezig"
    run = deliver.carry_out(run)
    assert run.state == "klaar"
    assert all(row.done and row.seconds is not None for row in run.steps.all())
    assert deliver.handed_over(run) == whole


def test_cut_off_in_the_handover_nothing_is_handed_over_and_then_once(delivered: User, monkeypatch):
    run = deliver.start(delivered)

    def die(*args: object) -> None:
        raise SystemExit("killed")

    monkeypatch.setattr(koppeling, "account_of", die)
    with pytest.raises(SystemExit):
        deliver.carry_out(run)
    with as_role("migrate"):
        assert not Handover.objects.exists()
    monkeypatch.undo()
    assert deliver.carry_out(run).state == "klaar"
    with as_role("migrate"):
        assert Handover.objects.count() == 1


def test_after_a_crash_of_the_server_everything_is_loaded_and_done_again(delivered: User, monkeypatch):
    run = deliver.start(delivered)
    cut_off_after(monkeypatch, "klassen")
    with pytest.raises(SystemExit):
        deliver.carry_out(run)
    monkeypatch.undo()
    crash()
    run = deliver.carry_out(run)
    assert (run.state, run.account["overgedragen"]) == ("klaar", 1)
    assert run.steps.get(name="leveringen").rows == 3


def crash() -> None:
    """What a crash leaves of unlogged tables: they are there, and empty."""
    with connections["migrate"].cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(oid::regclass::text, ', ') FROM pg_class"
            " WHERE relnamespace = 'blackbox'::regnamespace AND relkind = 'r' AND relpersistence = 'u'"
        )
        cursor.execute(f"TRUNCATE {cursor.fetchone()[0]}")


def test_known_persons_are_derived_again_after_a_crash(delivered: User, monkeypatch, box):
    deliver.run_through(delivered)
    run = deliver.start(delivered)
    cut_off_after(monkeypatch, "klassen")
    with pytest.raises(SystemExit):
        deliver.carry_out(run)
    monkeypatch.undo()
    crash()
    cut_off_after(monkeypatch, "klassen")
    with pytest.raises(SystemExit):
        deliver.carry_out(run)
    run.refresh_from_db()
    query = b"SELECT count(*) FROM blackbox.run_bekend WHERE run = %s"
    assert box.execute(query, (run.box_number,)).fetchone() == (1,)


def test_a_delivery_of_another_cycle_is_loaded_anew_under_that_of_the_run(delivered: User):
    old = Delivery.objects.get(bron="bijstand")
    assert old.cycle == 2025
    in_2025 = datetime.date(2025, 12, 31)
    late = deliver.deliver(
        deliver.client_file([BEA]), "kwijtschelding", 2026, by=delivered, peildatum=in_2025
    )
    assert late.cycle == 2024
    run = deliver.run_through(delivered)
    late.refresh_from_db()
    assert (run.state, late.cycle, run.steps.get(name="leveringen").rows) == ("klaar", 2025, 1)
    assert run.account["overgedragen"] == 2


def test_a_load_that_was_cut_off_is_of_no_cycle(delivered: User, monkeypatch):
    late = deliver.deliver(
        deliver.client_file([BEA]),
        "kwijtschelding",
        2026,
        by=delivered,
        peildatum=datetime.date(2025, 12, 31),
    )
    run = deliver.start(delivered)

    def die(*args: object, **kwargs: object) -> None:
        raise SystemExit("killed")

    monkeypatch.setattr("eligibility.actions.loading.load", die)
    with pytest.raises(SystemExit):
        deliver.carry_out(run)
    late.refresh_from_db()
    assert late.cycle is None
    monkeypatch.undo()
    assert deliver.carry_out(run).account["overgedragen"] == 2


def failing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise StepFailed("klassen", "53200")

    monkeypatch.setattr(koppeling, "execute", fail)


def test_after_three_attempts_without_progress_it_strands_and_may_be_retried(delivered: User, monkeypatch):
    run = deliver.start(delivered)
    failing(monkeypatch)
    for attempt in range(3):
        assert run.state in ("wacht", "bezig"), attempt
        run = deliver.carry_out(run)
    assert run.state == "gestrand"
    assert "klassen" in run.problem
    assert partitions(f"^run_.*_{run.box_number}$") == 0
    monkeypatch.undo()
    assert deliver.carry_out(run).state == "gestrand"
    with acting_as(delivered.actor()):
        runs.retry(run=run, by=delivered)
    assert deliver.carry_out(run).state == "klaar"


def test_a_worker_that_dies_three_times_at_one_place_is_spared(delivered: User):
    run = deliver.start(delivered)
    Run.objects.filter(pk=run.pk).update(attempts=3)
    run = deliver.carry_out(run)
    assert (run.state, "dezelfde plek" in run.problem) == ("gestrand", True)


def test_a_run_that_gets_on_is_not_stuck(delivered: User, monkeypatch):
    run = deliver.start(delivered)
    for name in ("grenzen", "personen", "adressen", "deelnemers", "partners"):
        cut_off_after(monkeypatch, name)
        with pytest.raises(SystemExit):
            deliver.carry_out(run)
        monkeypatch.undo()
    assert deliver.carry_out(run).state == "klaar"


def test_an_agreement_that_ended_strands_a_run_at_once(delivered: User, monkeypatch):
    run = deliver.start(delivered)
    crash()
    with as_role("migrate"):
        agreement = Delivery.objects.get(bron="brp").bron.agreements.get()
        agreement.valid_to, before = datetime.date(2026, 1, 1), agreement.valid_to
        agreement.save()
    try:
        run = deliver.carry_out(run)
    finally:
        with as_role("migrate"):
            agreement.valid_to = before
            agreement.save()
    assert (run.state, run.attempts, "overeenkomst" in run.problem) == ("gestrand", 1, True)


def test_a_retry_waits_for_the_run_that_is_under_way(delivered: User):
    stranded = deliver.start(delivered)
    Run.objects.filter(pk=stranded.pk).update(state="gestrand")
    deliver.start(delivered)
    stranded.refresh_from_db()
    with acting_as(delivered.actor()), pytest.raises(NotNow, match="loopt al"):
        runs.retry(run=stranded, by=delivered)


def test_a_stranded_run_does_not_go_on_with_what_was_withdrawn(delivered: User):
    run = deliver.start(delivered)
    Run.objects.filter(pk=run.pk).update(state="gestrand")
    with acting_as(delivered.actor()):
        deliveries.withdraw(delivery=run.deliveries.get(bron="bijstand"), by=delivered)
    run.refresh_from_db()
    with acting_as(delivered.actor()), pytest.raises(NotNow, match="intussen ingetrokken"):
        runs.retry(run=run, by=delivered)
    run.refresh_from_db()
    assert run.state == "gestrand"


@pytest.mark.parametrize("at", ["leveringen", "personen", "overdracht"])
def test_a_cancelled_run_ends_and_leaves_nothing(delivered: User, monkeypatch, at: str):
    run = deliver.start(delivered)

    def cancel() -> None:
        Run.objects.filter(pk=run.pk).update(state="geannuleerd")

    def around(name: str, real: Callable) -> None:
        def first_cancel(*args: object, **kwargs: object) -> object:
            cancel()
            return real(*args, **kwargs)

        monkeypatch.setattr(koppeling, name, first_cancel)

    hook = {"leveringen": "_bring_in_all", "personen": "_step_done", "overdracht": "_hand_over"}[at]
    around(hook, getattr(koppeling, hook))
    run = deliver.carry_out(run)
    assert run.state == "geannuleerd"
    assert partitions(f"^run_.*_{run.box_number}$") == 0
    with as_role("migrate"):
        assert not Handover.objects.exists()


def test_cancelling_without_a_worker_is_cleared_by_the_sweep(delivered: User, monkeypatch):
    run = deliver.start(delivered)
    cut_off_after(monkeypatch, "klassen")
    with pytest.raises(SystemExit):
        deliver.carry_out(run)
    run.refresh_from_db()
    with acting_as(delivered.actor()):
        runs.cancel(run=run, by=delivered)
    assert partitions(f"^run_.*_{run.box_number}$") > 0
    with as_role("koppel"):
        assert sweeping.due_runs() == []
    assert partitions(f"^run_.*_{run.box_number}$") == 0


def test_the_sweeps_find_what_is_due(delivered: User):
    run = deliver.start(delivered)
    fresh = deliver.upload(deliver.client_file([BEA]), "aio", 2025, by=delivered)
    with as_role("koppel"):
        assert sweeping.due_runs() == [run.pk]
        assert sweeping.due_deliveries() == [fresh.pk]
    assert not RunStep.objects.filter(done=True).exists()
