"""The ledger of a run: every step once, whatever happens in between."""

import threading
from pathlib import Path

import psycopg
import pytest
from django.db import connections

from eligibility.actions.box import forget_folder_run
from eligibility.blackbox import run as runs
from eligibility.blackbox.output import read_counts, write_json, write_lists
from eligibility.blackbox.run import InputLost, Overtaken, StepDone, StepFailed, execute
from eligibility.blackbox.steps import STEPS, Step
from tests.blackbox.town import StopAfterStep, Town


def lively(town: Town) -> Town:
    """People, lists and ties enough that every step has something to do."""
    for home in range(1, 6):
        town.person(f"aad{home}", "19700101", home, partner=f"bea{home}").person(
            f"bea{home}", "19700101", home
        )
        town.person(f"kim{home}", "20120101", home, ouder1=f"aad{home}").pupil(f"kim{home}", "VO", 1)
    town.person("cor", "19500000", 9).person("dia", at=None, adres_id=None, huisnummer="9")
    town.on("bijstand", "aad1", "bea2", year=2025).on("stadspas", "aad3", "aad4", year=2025)
    return town.on("laptop", "aad1/kim1").answered("bea4", "nee").opted_out("aad3", "czv")


def bytes_out(town: Town, folder: Path) -> dict[str, bytes]:
    folder.mkdir()
    write_lists(town.connection, town.number, folder)
    counts = read_counts(town.connection, town.number)
    write_json(folder / "counts.json", counts)
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def ledger(town: Town) -> list[tuple[int, str]]:
    query = "SELECT nummer, naam FROM blackbox.run_stap WHERE run = %s ORDER BY nummer"
    return town.connection.execute(query, (town.number,)).fetchall()


ALL_STEPS = [(step.number, step.name) for step in STEPS]


def stop_after(number: int) -> object:
    def stop(done: StepDone) -> None:
        if done.number == number:
            raise StopAfterStep

    return stop


def test_every_file_is_a_step_and_every_step_fills_known_tables(box: psycopg.Connection) -> None:
    folder = Path(runs.__file__).parent / "sql"
    assert sorted(file.name for file in folder.iterdir()) == [f"{s.number:02d}_{s.name}.sql" for s in STEPS]
    owned = box.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'blackbox'::regnamespace AND relkind = 'p'"
    ).fetchall()
    assert {table for step in STEPS for table in step.fills} <= {name for (name,) in owned}


def test_a_run_can_be_resumed_after_every_step(town: Town, tmp_path: Path) -> None:
    lively(town).run()
    expected = bytes_out(town, tmp_path / "whole")
    for step in STEPS:
        town.load()
        with pytest.raises(StopAfterStep):
            execute(town.connection, town.number, stop_after(step.number))
        execute(town.connection, town.number)
        assert ledger(town) == ALL_STEPS
        assert bytes_out(town, tmp_path / step.name) == expected


def test_a_finished_run_does_nothing_again(town: Town) -> None:
    lively(town).run()
    done: list[StepDone] = []
    execute(town.connection, town.number, done.append)
    assert done == []


def test_a_step_that_is_cut_off_leaves_nothing(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lively(town).run()
    expected = bytes_out(town, tmp_path / "whole")
    whole = Step.sql.func
    for step in STEPS:
        cut = step.sql + "; SELECT 1 / 0"
        town.load()
        monkeypatch.setattr(
            Step, "sql", property(lambda s, n=step.number, c=cut: c if s.number == n else whole(s))
        )
        with pytest.raises(StepFailed) as failed:
            execute(town.connection, town.number)
        assert failed.value.step == step.name
        assert len(ledger(town)) == step.number - 1
        monkeypatch.undo()
        execute(town.connection, town.number)
        assert bytes_out(town, tmp_path / step.name) == expected


def test_after_a_crash_of_the_server_all_steps_are_done_again(
    town: Town, tmp_path: Path, django_db_blocker: object
) -> None:
    lively(town).run()
    expected = bytes_out(town, tmp_path / "whole")
    town.load()
    with pytest.raises(StopAfterStep):
        execute(town.connection, town.number, stop_after(9))
    # What crash recovery does to unlogged tables; the rows of the deliveries are loaded again by others.
    with django_db_blocker.unblock(), connections["migrate"].cursor() as cursor:
        for table in {table for step in STEPS for table in step.fills}:
            cursor.execute(f"TRUNCATE blackbox.{table}_{town.number}")
        cursor.execute("TRUNCATE blackbox.run_merk")
    execute(town.connection, town.number)
    assert ledger(town) == ALL_STEPS
    assert bytes_out(town, tmp_path / "again") == expected


def test_a_delivery_that_is_not_in_the_box_is_named(town: Town, django_db_blocker: object) -> None:
    deliveries = lively(town).load()
    with django_db_blocker.unblock(), connections["migrate"].cursor() as cursor:
        cursor.execute("DELETE FROM blackbox.levering_merk WHERE levering = %s", [deliveries[1].levering])
    with pytest.raises(InputLost) as lost:
        execute(town.connection, town.number)
    assert lost.value.deliveries == [deliveries[1].levering]
    assert ledger(town) == []


def test_who_was_overtaken_stops(town: Town) -> None:
    lively(town).load()

    def somebody_else(done: StepDone) -> None:
        if done.number == 3:
            town.connection.execute("UPDATE blackbox.run SET gedaan = 4 WHERE run = %s", (town.number,))

    with pytest.raises(Overtaken):
        execute(town.connection, town.number, somebody_else)
    assert len(ledger(town)) == 3


def test_of_two_workers_at_once_each_step_is_done_by_one(town: Town, tmp_path: Path) -> None:
    lively(town).run()
    expected = bytes_out(town, tmp_path / "alone")
    town.load()
    ended: list[str] = []
    start = threading.Barrier(2)

    def work() -> None:
        info = town.connection.info
        with psycopg.connect(info.dsn, password=info.password, autocommit=True) as connection:
            start.wait()
            try:
                execute(connection, town.number)
                ended.append("done")
            except Overtaken:
                ended.append("overtaken")

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert "done" in ended
    assert len(ended) == 2
    assert ledger(town) == ALL_STEPS
    assert bytes_out(town, tmp_path / "together") == expected


RING = "; DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'deadlock_detected'; END $$"


def _ended_for_another(monkeypatch: pytest.MonkeyPatch, number: int, times: int) -> list[int]:
    """Let PostgreSQL end a step so many times as it does when two wait for each other; gives each try."""
    whole, tried = Step.sql.func, []

    def sql(step: Step) -> str:
        if step.number != number:
            return whole(step)
        tried.append(number)
        return whole(step) + (RING if len(tried) <= times else "")

    monkeypatch.setattr(Step, "sql", property(sql))
    return tried


def test_a_step_that_was_ended_for_somebody_else_is_done_again(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lively(town).run()
    expected = bytes_out(town, tmp_path / "whole")
    for step in (STEPS[0], STEPS[7], STEPS[-1]):
        town.load()
        tried = _ended_for_another(monkeypatch, step.number, runs.TRIES - 1)
        execute(town.connection, town.number)
        assert len(tried) == runs.TRIES
        monkeypatch.undo()
        assert ledger(town) == ALL_STEPS
        assert bytes_out(town, tmp_path / step.name) == expected


def test_a_step_that_is_ended_each_time_fails(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    lively(town).load()
    tried = _ended_for_another(monkeypatch, 2, 100)
    with pytest.raises(StepFailed) as failed:
        execute(town.connection, town.number)
    assert (failed.value.sqlstate, len(tried)) == ("40P01", runs.TRIES)
    assert len(ledger(town)) == 1


def test_what_needs_a_table_for_itself_is_asked_again_when_it_was_ended() -> None:
    asked = []

    class Box:
        def execute(self, query: bytes, values: tuple[int, ...]) -> None:
            asked.append((query, values))
            if len(asked) < 3:
                raise psycopg.errors.DeadlockDetected

    forget_folder_run(Box(), 7)
    assert asked == [(b"SELECT poort.vergeet_run(%s)", (7,))] * 3


def test_a_failing_step_does_not_repeat_what_the_database_said(town: Town) -> None:
    town.person("aad", "1980010X").load()
    with pytest.raises(StepFailed) as failed:
        execute(town.connection, town.number)
    assert str(failed.value) == "Stap personen is niet gelukt en ongedaan gemaakt (databasefout 22P02)."
    assert failed.value.__suppress_context__


def test_each_step_is_reported_after_it_is_kept(town: Town) -> None:
    lively(town).load()
    seen: list[tuple[int, int]] = []

    def report(done: StepDone) -> None:
        seen.append((done.number, len(ledger(town))))
        assert done.total == len(STEPS)
        assert done.seconds > 0

    execute(town.connection, town.number, report)
    assert seen == [(number, number) for number, _ in ALL_STEPS]
