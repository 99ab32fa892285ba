"""`manage.py koppel` from the outside: the cases, what it refuses, and what it leaves behind."""

import datetime as dt
import json
import shutil
import threading
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError

from eligibility.blackbox import headless
from eligibility.blackbox.run import LOCK_FOLDER, next_number
from eligibility.blackbox.workspace import sweep, workspace
from eligibility.intake.refusals import Rule
from tests.blackbox.command import Koppel

CASES = Path(__file__).parent.parent / "cases"
DAY = "2026-03-01"

EXPECTED = [
    ("huishoudens", DAY, "verwacht"),
    ("huishoudens", "2026-02-28", "verwacht-2026-02-28"),
    ("stadje-2026", DAY, "verwacht"),
    ("stadje-2028", "2028-02-29", "verwacht"),
]


def files(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """A copy of a case that a test may spoil."""
    folder = tmp_path / "town"
    shutil.copytree(CASES / "huishoudens", folder, ignore=shutil.ignore_patterns("verwacht*"))
    return folder


def manifest(town: Path) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = json.loads((town / "levering.json").read_text(encoding="utf-8"))
    return items


def write_manifest(town: Path, items: list[dict[str, Any]]) -> None:
    (town / "levering.json").write_text(json.dumps(items), encoding="utf-8")


def add(town: Path, name: str, text: str, **item: Any) -> None:
    (town / name).write_text(text, encoding="utf-8")
    write_manifest(town, [*manifest(town), {"bestand": name, "peildatum": "2026-02-15", **item}])


# -- the cases -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("case", "day", "expected"), EXPECTED)
def test_the_cases_come_out_byte_for_byte_and_twice_the_same(
    koppel: Koppel, tmp_path: Path, case: str, day: str, expected: str
) -> None:
    assert koppel(CASES / case, day, tmp_path / "one").code == 0
    assert koppel(CASES / case, day, tmp_path / "two").code == 0
    written = files(tmp_path / "one")
    assert written == files(tmp_path / "two")
    wanted = files(CASES / case / expected)
    waterfall = json.loads(written.pop("verantwoording.json"))["waterval"]
    assert (json.dumps(waterfall, indent=1, sort_keys=True) + "\n").encode() == wanted.pop("waterval.json")
    assert written == wanted


def test_the_order_of_rows_and_files_makes_no_difference(koppel: Koppel, town: Path, tmp_path: Path) -> None:
    for file in town.glob("*.csv"):
        header, *rows = file.read_text(encoding="utf-8").splitlines()
        file.write_text("\n".join([header, *reversed(rows)]) + "\n", encoding="utf-8")
    write_manifest(town, manifest(town)[::-1])
    assert koppel(town, DAY, tmp_path / "uit").code == 0
    wanted = files(CASES / "huishoudens" / "verwacht")
    del wanted["waterval.json"]
    assert {name: text for name, text in files(tmp_path / "uit").items() if name in wanted} == wanted


@pytest.mark.parametrize(
    "exchanged",
    [("aio_2025.csv", "bbz_gift_2025.csv"), ("bijzondere_bijstand_2025.csv", "kwijtschelding_2026.csv")],
)
def test_which_source_someone_came_from_shows_in_the_counts_per_bron_alone(
    koppel: Koppel, tmp_path: Path, exchanged: tuple[str, str]
) -> None:
    town = tmp_path / "town"
    shutil.copytree(CASES / "stadje-2026", town)
    assert koppel(town, DAY, tmp_path / "one").code == 0
    one, two = (town / name for name in exchanged)
    text = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(text)
    assert koppel(town, DAY, tmp_path / "two").code == 0
    before, after = files(tmp_path / "one"), files(tmp_path / "two")
    counts, exchanged_counts = (json.loads(found.pop("verantwoording.json")) for found in (before, after))
    assert before == after
    assert counts.pop("bronnen") != exchanged_counts.pop("bronnen")
    assert counts == exchanged_counts


def test_no_bsn_and_no_source_stands_next_to_a_person(koppel: Koppel, tmp_path: Path) -> None:
    ended = koppel(CASES / "stadje-2026", DAY, tmp_path / "uit")
    lines = (CASES / "stadje-2026" / "brp.csv").read_text(encoding="utf-8").splitlines()[1:]
    numbers = {line.split(";")[0] for line in lines} - {"", "000000000"}
    written = b"".join(files(tmp_path / "uit").values()).decode() + ended.said
    assert {number for number in numbers if number in written} == set()
    lists = "".join(text.decode() for name, text in files(tmp_path / "uit").items() if name.endswith(".csv"))
    assert not any(source in lists for source in ("bijstand", "aio", "kwijtschelding", "bbz", "toets"))


# -- what it refuses -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("2018-12-31", "De peildatum moet in 2019 tot en met 2031 liggen."),
        ("2032-01-01", "De peildatum moet in 2019 tot en met 2031 liggen."),
        ("2026-02-29", "De peildatum is geen bestaande datum in de vorm jjjj-mm-dd."),
        ("01-03-2026", "De peildatum is geen bestaande datum in de vorm jjjj-mm-dd."),
        ("20260301", "De peildatum is geen bestaande datum in de vorm jjjj-mm-dd."),
        ("", "De peildatum is geen bestaande datum in de vorm jjjj-mm-dd."),
    ],
)
def test_a_peildatum_must_be_a_date_of_these_years(
    koppel: Koppel, tmp_path: Path, day: str, sentence: str
) -> None:
    ended = koppel(CASES / "huishoudens", day, tmp_path / "uit")
    assert (ended.code, ended.said) == (2, sentence + "\n")
    assert not (tmp_path / "uit").exists()


def test_the_other_options_are_looked_at_too(koppel: Koppel, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ended = koppel(CASES / "huishoudens", DAY, tmp_path / "file", gemeentecode="363", accepteer=" ")
    assert ended.code == 2
    assert ended.said.splitlines() == [
        "De map achter --uit kan niet worden gemaakt of beschreven.",
        "Een gemeentecode bestaat uit vier cijfers.",
        "Geef achter --accepteer een reden op.",
    ]


def refused(koppel: Koppel, town: Path, tmp_path: Path, *messages: str, code: int = 2) -> None:
    target = tmp_path / "uit"
    target.mkdir()
    (target / "keep.txt").touch()
    ended = koppel(town, DAY, target)
    assert ended.code == code
    assert [line for line in ended.said.splitlines() if not line.endswith(" s")] == list(messages)
    assert [file.name for file in target.iterdir()] == ["keep.txt"]


def test_a_folder_without_a_manifest(koppel: Koppel, tmp_path: Path) -> None:
    (tmp_path / "town").mkdir()
    refused(
        koppel, tmp_path / "town", tmp_path,
        "levering.json: Het bestand levering.json staat niet in de map.",
    )  # fmt: skip


def test_every_bad_file_is_named_at_once_and_no_value_with_it(
    koppel: Koppel, town: Path, tmp_path: Path
) -> None:
    add(town, "a.csv", "bsn;naam\n999900006;Geheim\n", bron="aio", jaar=2024)
    add(town, "b.csv", "bsn\n", bron="bijstand", jaar=2022)
    add(town, "c.csv", (town / "aio_2025.csv").read_text(), bron="aio", jaar=2025)
    add(town, "d.csv", "bsn\n999900006\n", bron="rtm", jaar=2025, peildatum="2018-12-31")
    refused(
        koppel, town, tmp_path,
        "a.csv, regel 1, kolom 2: Deze kolom hoort niet in het bestand.",
        "b.csv: Het bestand heeft geen rijen onder de kopregel.",
        "c.csv: Dezelfde inhoud is al geleverd voor deze bron en dit jaar.",
        f"d.csv: {Rule.NO_AGREEMENT.sentence}",
    )  # fmt: skip


def test_the_same_content_may_come_for_another_year_or_bron(
    koppel: Koppel, town: Path, tmp_path: Path
) -> None:
    add(town, "a.csv", (town / "aio_2025.csv").read_text(), bron="aio", jaar=2024)
    add(town, "b.csv", (town / "aio_2025.csv").read_text(), bron="bbz_gift", jaar=2025)
    assert koppel(town, DAY, tmp_path / "uit").code == 0


def test_without_a_population_there_is_no_outcome(koppel: Koppel, town: Path, tmp_path: Path) -> None:
    items = manifest(town)
    items[0]["peildatum"] = "2026-03-02"
    write_manifest(town, items)
    refused(
        koppel, town, tmp_path,
        "levering.json: Er is geen levering van de bevolking (brp of gba_v) met een peildatum tot en met"
        " 2026-03-01.",
    )  # fmt: skip


# -- what it holds ---------------------------------------------------------------------------------


def spoil(town: Path, good: int, bad: int) -> None:
    rows = [f"{number:09d}" for number in VALID[:good]] + ["123456789"] * bad
    add(town, "rtm.csv", "bsn\n" + "\n".join(rows) + "\n", bron="rtm", jaar=2025)


VALID = [
    number
    for number in range(100000009, 100004000)
    if sum(w * int(d) for w, d in zip((9, 8, 7, 6, 5, 4, 3, 2, -1), f"{number:09d}", strict=True)) % 11 == 0
]


def test_more_than_five_per_cent_refused_holds_the_folder(koppel: Koppel, town: Path, tmp_path: Path) -> None:
    spoil(town, 94, 6)
    refused(
        koppel, town, tmp_path,
        "rtm.csv: 6 geweigerd. Het BSN voldoet niet aan de elfproef of is 000000000.",
        "rtm.csv: van de 100 rijen zijn er 6 geweigerd. Dat is meer dan 5%. Lever een beter bestand,"
        " of accepteer dit met --accepteer REDEN.",
        code=3,
    )  # fmt: skip


def test_five_per_cent_is_not_more_than_five(koppel: Koppel, town: Path, tmp_path: Path) -> None:
    spoil(town, 95, 5)
    assert koppel(town, DAY, tmp_path / "uit").code == 0


def test_a_held_folder_goes_on_with_a_reason(koppel: Koppel, town: Path, tmp_path: Path) -> None:
    spoil(town, 1, 1)
    ended = koppel(town, DAY, tmp_path / "uit", accepteer="met de bron besproken")
    account = json.loads((tmp_path / "uit" / "verantwoording.json").read_text(encoding="utf-8"))
    assert ended.code == 0
    assert account["geaccepteerd"] == {
        "reden": "met de bron besproken",
        "leveringen": [{"bron": "rtm", "jaar": 2025, "peildatum": "2026-02-15"}],
    }
    assert account["bronnen"]["rtm"]["geweigerd"] == {"bsn_ongeldig": 1}
    assert account["waterval"]["rtm"] == {"niet_in_brp": 1}


def test_a_reason_that_was_not_needed_is_not_kept(koppel: Koppel, town: Path, tmp_path: Path) -> None:
    koppel(town, DAY, tmp_path / "uit", accepteer="voor de zekerheid")
    account = json.loads((tmp_path / "uit" / "verantwoording.json").read_text(encoding="utf-8"))
    assert account["geaccepteerd"] == {"reden": "", "leveringen": []}


# -- which deliveries count ------------------------------------------------------------------------


def test_the_newest_delivery_up_to_the_peildatum_counts_and_the_others_are_reported(
    koppel: Koppel, town: Path, tmp_path: Path
) -> None:
    add(town, "old.csv", "bsn\n999900341\n", bron="czv", jaar=2026, peildatum="2026-01-01")
    add(town, "new.csv", "bsn\n999900328\n", bron="czv", jaar=2026, peildatum="2026-03-01")
    add(town, "late.csv", "bsn\n999900006\n", bron="czv", jaar=2026, peildatum="2026-03-02")
    add(town, "same.csv", "bsn\n999900286\n", bron="czv", jaar=2026, peildatum="2026-03-01")
    ended = koppel(town, DAY, tmp_path / "uit")
    account = json.loads((tmp_path / "uit" / "verantwoording.json").read_text(encoding="utf-8"))
    assert account["niet_gebruikt"] == [
        {"bron": "czv", "jaar": 2026, "peildatum": "2026-01-01", "reden": "nieuwere_levering"},
        {"bron": "czv", "jaar": 2026, "peildatum": "2026-03-01", "reden": "nieuwere_levering"},
        {"bron": "czv", "jaar": 2026, "peildatum": "2026-03-02", "reden": "na_de_peildatum"},
    ]
    assert "late.csv: telt niet mee, de peildatum van de levering ligt later." in ended.said
    names = (tmp_path / "uit" / "czv.csv").read_text(encoding="utf-8")
    assert "Zus Zeventien" not in names  # who has it according to the last of the newest
    assert "Els Twintig" in names


def test_an_unused_delivery_with_bad_rows_holds_nothing(koppel: Koppel, town: Path, tmp_path: Path) -> None:
    add(town, "old.csv", "bsn\n123456789\n", bron="rtm", jaar=2025, peildatum="2026-01-01")
    add(town, "new.csv", "bsn\n999900328\n", bron="rtm", jaar=2025, peildatum="2026-02-01")
    assert koppel(town, DAY, tmp_path / "uit").code == 0


def test_another_municipality_has_other_inhabitants(koppel: Koppel, tmp_path: Path) -> None:
    koppel(CASES / "huishoudens", DAY, tmp_path / "uit", gemeentecode="0518")
    account = json.loads((tmp_path / "uit" / "verantwoording.json").read_text(encoding="utf-8"))
    assert account["personen"] == {"doet_mee": 0, "doet_niet_mee": {"andere_gemeente": 32, "overleden": 1}}
    assert account["gemeentecode"] == "0518"


# -- what it leaves behind -------------------------------------------------------------------------


def left_in(box: psycopg.Connection) -> list[str]:
    rows = box.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'blackbox'::regnamespace AND relname ~ '_[0-9]+$'"
        " UNION ALL SELECT 'run ' || run FROM blackbox.run WHERE soort = 'map'"
    )
    return [name for (name,) in rows]


def test_nothing_is_left_in_the_box(koppel: Koppel, box: psycopg.Connection, tmp_path: Path) -> None:
    before = left_in(box)
    assert koppel(CASES / "huishoudens", DAY, tmp_path / "uit").code == 0
    assert left_in(box) == before == []


def test_nothing_is_left_when_a_step_fails(
    koppel: Koppel, box: psycopg.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(headless, "write_lists", broken)
    ended = koppel(CASES / "huishoudens", DAY, tmp_path / "uit")
    assert ended.code == 1
    assert left_in(box) == []
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_was_killed_is_cleared_up_by_the_next(
    koppel: Koppel, box: psycopg.Connection, tmp_path: Path
) -> None:
    run, levering = next_number(box), next_number(box)
    box.execute("INSERT INTO blackbox.run (run, soort) VALUES (%s, 'map')", (run,))
    box.execute("INSERT INTO blackbox.werkruimte VALUES (%s, %s)", (levering, run))
    box.execute("SELECT poort.maak_levering(%s, 'inwoner')", (levering,))
    box.execute("SELECT poort.maak_run(%s)", (run,))
    assert left_in(box)
    assert koppel(CASES / "huishoudens", DAY, tmp_path / "uit").code == 0
    assert left_in(box) == []


def test_a_run_that_is_alive_is_left_alone(box: psycopg.Connection) -> None:
    info = box.info
    with psycopg.connect(info.dsn, password=info.password, autocommit=True) as other, workspace(other) as run:
        assert sweep(box) == []
        assert f"run {run}" in left_in(box)
    assert left_in(box) == []


def test_two_runs_on_one_folder_do_not_see_each_other(
    box: psycopg.Connection, koppel: Koppel, tmp_path: Path
) -> None:
    ended: list[int] = []
    threads = [
        threading.Thread(target=lambda n=n: ended.append(run_beside(box, tmp_path / f"uit{n}")))
        for n in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ended == [0, 0]
    assert files(tmp_path / "uit0") == files(tmp_path / "uit1")
    assert left_in(box) == []


def run_beside(box: psycopg.Connection, target: Path) -> int:
    order = headless.Order(CASES / "huishoudens", dt.date.fromisoformat(DAY), target, gemeentecode="0363")
    with psycopg.connect(box.info.dsn, password=box.info.password, autocommit=True) as connection:
        headless.koppel_folder(connection, order, lambda _: None)
    return 0


def test_the_lock_of_a_run_goes_with_its_connection(box: psycopg.Connection) -> None:
    run = next_number(box)
    box.execute("INSERT INTO blackbox.run (run, soort) VALUES (%s, 'map')", (run,))
    with psycopg.connect(box.info.dsn, password=box.info.password, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s, %s)", (LOCK_FOLDER, run))
        assert sweep(box) == []
        backend = other.info.backend_pid
    wait_until_gone(box, backend)
    assert sweep(box) == [run]


def wait_until_gone(box: psycopg.Connection, backend: int) -> None:
    """A closed connection's server process frees its locks a moment after the client has left."""
    for _ in range(6000):
        if not box.execute("SELECT 1 FROM pg_stat_get_activity(%s)", (backend,)).fetchone():
            return
        time.sleep(0.01)
    pytest.fail("the server process of a closed connection stays")


def test_a_lost_connection_is_told_in_dutch(
    koppel: Koppel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: object) -> None:
        raise psycopg.OperationalError('connection to server on socket "/secret" failed')

    monkeypatch.setattr(headless, "execute", lost)
    ended = koppel(CASES / "huishoudens", DAY, tmp_path / "uit")
    assert ended.code == 1
    assert ended.said.splitlines()[-1].startswith("De database is niet bereikbaar")
    assert "secret" not in ended.said


@pytest.mark.parametrize(
    "refusal", [psycopg.errors.UndefinedTable('relation "secret" is not there'), DatabaseError("secret")]
)
def test_what_the_database_refuses_is_told_in_dutch(
    koppel: Koppel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refusal: Exception
) -> None:
    def refuses(*_: object) -> None:
        raise refusal

    monkeypatch.setattr(headless, "execute", refuses)
    ended = koppel(CASES / "huishoudens", DAY, tmp_path / "uit")
    assert ended.code == 1
    assert ended.said.splitlines()[-1].endswith("Is zij bijgewerkt met manage.py migrate?")
    assert "secret" not in ended.said
