"""The page of the rapport and its files say what is told, and nothing else can be asked."""

import csv
import datetime
import io
import re
from itertools import product

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from letters.actions import report as counting
from outreach.actions import report
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Regeling, ReportStand, Role
from outreach.models.gesprek import AttemptKind, DayPart, GesprekResult
from outreach.models.gesprek_said import Outcome
from tests import factories
from tests.outreach import ggm
from tests.report import found
from tests.report.solver import Attack, Key

pytestmark = pytest.mark.django_db(transaction=True)
PAGE, MAKE = "/rapport/", "/rapport/stand/"
FILES = {table: f"/rapport/{table}.csv" for table in report.TABLES}
JANUARY, FEBRUARY, MARCH = "2026-01", "2026-02", "2026-03"
STAGES = ("gevonden", "bereikt", "aangevraagd", "toegekend")


@pytest.fixture
def analyst(client: Client) -> Client:
    client.force_login(factories.user(Role.ANALIST))
    return client


def sheet(client: Client, table: str) -> list[dict[str, str]]:
    answer = client.get(f"/rapport/{table}.csv")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))


def small_town() -> None:
    """Four buurten, regelingen and three months with small counts among the large ones."""
    found.letter_round(found=120, reached=100, applied=60, granted=45, buurt="BU1")
    found.letter_round(found=64, reached=52, applied=30, granted=4, buurt="BU2", regeling="laptop", month=2)
    found.letter_round(found=33, reached=21, applied=21, granted=21, buurt="BU3", regeling="stadspas")
    found.letter_round(found=7, reached=5, applied=3, granted=1, buurt="BU4", regeling="czv", month=1)
    assert counting.make()


def test_before_anything_is_counted_the_page_says_so(analyst):
    assert "Er is nog geen rapport" in analyst.get(PAGE).content.decode()
    assert analyst.get(FILES["buurt"]).status_code == 404


def test_the_stand_of_this_month_is_made_on_the_page(analyst):
    found.letter_round(found=30)
    page = analyst.post(MAKE, follow=True).content.decode()
    assert "De stand van deze maand is gemaakt" in page
    assert "Stand van" in page
    assert MAKE not in page
    analyst.post(MAKE)
    assert ReportStand.objects.count() == 1


def test_with_too_little_to_count_the_page_says_so(analyst):
    found.letter_round(found=3)
    assert "te weinig te tellen" in analyst.post(MAKE, follow=True).content.decode()


def test_page_and_files_say_the_same(analyst):
    small_town()
    page = analyst.get(PAGE).content.decode()
    for table in report.TABLES:
        for row in sheet(analyst, table):
            shown = [row[stage] or "niet getoond" for stage in STAGES]
            cells = "".join(rf"<td [^>]*>\s*{count}\s*</td>\s*" for count in shown)
            assert re.search(rf"{re.escape(row['naam'])}.{{0,200}}?</th>\s*{cells}", page, re.DOTALL), row


def test_the_days_of_each_step_are_a_file_too_with_the_rows_of_the_page(analyst):
    small_town()
    page = analyst.get(PAGE)
    answer = analyst.get("/rapport/dagen.csv").content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(answer), delimiter=";"))
    assert rows[0][2:5] == ["van gevonden naar bereikt", "van bereikt naar aangevraagd"] + [
        "van aangevraagd naar toegekend"
    ]
    shown = page.context["step_rows"]
    assert len(rows) - 1 == len(shown) > 2
    for row, told in zip(rows[1:], shown, strict=True):
        assert row[1] == told["cells"][0]["text"]
        assert [(cell and f"{cell} dagen") or "niet getoond" for cell in row[2:5]] == told["cells"][1:]
    assert "" in {cell for row in rows[2:] for cell in row[2:5]}


def test_the_words_of_the_ggm_are_a_file_before_anything_is_counted(analyst):
    assert 'href="/rapport/ggm.csv"' in analyst.get(PAGE).content.decode()
    rows = sheet(analyst, "ggm")
    told = {(row["lijst"], row["code"]): row["ggm"] for row in rows}
    assert len(told) == len(rows)
    lists = {"soort contact": AttemptKind, "dagdeel": DayPart, "uitkomst per regeling": Outcome}
    for name, known in lists.items():
        assert {code for of, code in told if of == name} == set(known)
    assert {code for of, code in told if of == "resultaat"} == {*GesprekResult, "niet_bereikt"}
    assert set(told.values()) - {""} <= ggm.END_RESULTS | ggm.DAY_PARTS | ggm.CONTACT_KINDS
    assert [key for key, word in told.items() if not word] == [("resultaat", GesprekResult.COME_BACK)]
    assert told["resultaat", "niet_bereikt"] == "DEFINITIEF_GEEN_CONTACT_KUNNEN_KRIJGEN"


def test_who_hears_the_chart_hears_the_shares(analyst):
    small_town()
    page = analyst.get(PAGE).content.decode()
    assert re.search(r'class="kit-sr">De aantallen staan in de tabel hieronder\. .*?: \d+%\.', page)


def published(client: Client) -> dict[str, dict[str, dict[int, int]]]:
    """All that somebody can read, in all tables, gathered from the files."""
    return {
        table: {
            row[table]: {n: int(row[stage]) for n, stage in enumerate(STAGES) if row[stage]}
            for row in sheet(client, table)
        }
        for table in report.TABLES
    }


def test_no_small_count_is_worked_out_of_all_pages_and_files(analyst):
    small_town()
    page = analyst.get(PAGE).content.decode()
    told = published(analyst)
    (kept,) = ReportStand.objects.so_far()
    stand = report.told(kept)
    # What the files say is what the rules were asked, of each table; so the attack is on what is published.
    for table in report.TABLES:
        assert {key: row for key, row in told[table].items() if row} == {
            key: row for key, row in stand.tables[table].items() if row
        }
    with acting_as(SYSTEM_ACTOR):
        units = {}
        for key, counts in true_units().items():
            units[key] = {(stage,): counts[stage] for stage in range(4)}
    assert any(0 < n < 10 for ways in units.values() for n in ways.values())
    assert Attack([stand], report.TABLES, units).found() == []
    assert not re.search(r"minder dan 10\s*<", page)
    assert "&lt; 10" not in page


def test_nor_of_what_was_printed_last_month_beside_what_stands_there_now(analyst, monkeypatch):
    small_town()
    old = published(analyst)
    found.letter_round(found=6, reached=6, buurt="BU1", regeling="laptop", month=2)
    found.letter_round(found=30, reached=20, applied=10, buurt="BU2", regeling="stadspas", month=1)
    found.letter_round(found=14, reached=13, applied=12, granted=11, buurt="BU3", regeling="czv")
    later = clock.today() + datetime.timedelta(days=32)
    monkeypatch.setattr(clock, "today", lambda: later)
    assert counting.make()
    new = published(analyst)
    assert old != new
    exact = [(key, (stage, stage), count[stage]) for key, count in true_units().items() for stage in range(4)]
    exact += [(("laptop", "BU1", FEBRUARY), (-1, 1), 6)]
    exact += [(("stadspas", "BU2", JANUARY), (-1, stage), 10) for stage in range(3)]
    exact += [(("czv", "BU3", MARCH), (-1, stage), 1) for stage in range(3)]
    exact += [(("czv", "BU3", MARCH), (-1, 3), 11)]
    units: dict[Key, dict[tuple[int, int], int]] = {}
    for key, way, count in exact:
        units.setdefault(key, {})[way] = count
    stands = [report.told(one) for one in ReportStand.objects.so_far()]
    assert Attack(stands, report.TABLES, units).found() == []


def true_units() -> dict[Key, list[int]]:
    """How many households came to each stage and no further, by regeling, buurt and month."""
    far = {
        ("scholierenvergoeding", "BU1", MARCH): (120, 100, 60, 45),
        ("laptop", "BU2", FEBRUARY): (64, 52, 30, 4),
        ("stadspas", "BU3", MARCH): (33, 21, 21, 21),
        ("czv", "BU4", JANUARY): (7, 5, 3, 1),
    }
    exact = {key: [a - b for a, b in zip(f, (*f[1:], 0), strict=True)] for key, f in far.items()}
    empty = product(*(sorted(set(column)) for column in zip(*far, strict=True)))
    return {key: [0] * 4 for key in empty} | exact


def test_no_filter_asks_for_another_table(analyst):
    """Whatever stands behind the address, nothing is counted anew. A filter leaves rows out of what is told
    to everybody, so who tries them all works out no more than the solver does of the whole page."""
    small_town()
    team = factories.team("Team Proef", buurten=["BU1", "BU2"])
    page = analyst.get(PAGE)
    for regeling, buurt, vanaf, kaart in product(
        ("", "laptop", "onzin"), ("", "BU2", f"team-{team.pk}"), ("", "2026-03", "2026-04"), ("", "gevonden")
    ):
        asked = {"regeling": regeling, "buurt": buurt, "vanaf": vanaf, "kaart": kaart, "klasse": "zeker"}
        told = analyst.get(PAGE, asked)
        assert told.context["kpis"] == page.context["kpis"]
        assert told.context["funnel"] == page.context["funnel"]
        for table in report.TABLES:
            shown = told.context["sections"][table]["rows"]
            of_all = page.context["sections"][table]["rows"]
            assert [row for row in shown if row not in of_all] == []
        assert {*map(str, told.context["step_rows"])} <= {*map(str, page.context["step_rows"])}
        if not kaart:
            assert told.context["map"] == page.context["map"]
    laptop = analyst.get(PAGE, {"regeling": "laptop", "buurt": f"team-{team.pk}", "vanaf": "2099-01"})
    assert len(laptop.context["sections"]["regeling"]["rows"]) == 1
    names = [row["cells"][0]["text"] for row in laptop.context["sections"]["buurt"]["rows"]]
    assert names == ["Buurt BU1", "Buurt BU2"]
    assert "Team of buurt: Team Proef" in laptop.content.decode()
    assert analyst.get(FILES["buurt"], {"regeling": "laptop"}).content == analyst.get(FILES["buurt"]).content
    for table in ("team", "klasse", "totaal", "huishouden"):
        assert analyst.get(f"/rapport/{table}.csv").status_code == 404


def test_the_shares_on_the_map_are_of_what_is_told(analyst):
    small_town()
    page = analyst.get(PAGE).content.decode()
    tiles = dict(
        re.findall(r'report-tile__name">([^<]+)</span><span class="report-tile__text">([^<]*)<', page)
    )
    for row in sheet(analyst, "buurt"):
        if row["buurt"]:
            told = row["gevonden"] not in ("", "0") and row["bereikt"]
            share = f"{round(100 * int(row['bereikt']) / int(row['gevonden']))}%" if told else ""
            assert tiles[row["naam"]] == share, row


def test_a_name_that_is_a_formula_stays_text(analyst):
    small_town()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE outreach_buurt SET name = '=1+1' WHERE code = 'BU1'")
    assert "'=1+1" in {row["naam"] for row in sheet(analyst, "buurt")}


def test_every_regeling_and_buurt_has_a_row(analyst):
    small_town()
    assert {row["regeling"] for row in sheet(analyst, "regeling")} == set(
        Regeling.objects.values_list("code", flat=True)
    )
    assert {row["buurt"] for row in sheet(analyst, "buurt")} == {"", "BU1", "BU2", "BU3", "BU4"}


def _queries(client: Client) -> int:
    with CaptureQueriesContext(connection) as asked:
        client.get(PAGE)
    return len(asked)


def test_the_page_costs_the_same_however_many_households(analyst):
    found.letter_round(found=30)
    counting.make()
    few = _queries(analyst)
    for number in range(5):
        found.letter_round(found=20, buurt=f"BU{number}", regeling="laptop")
    assert _queries(analyst) == few


def test_the_analist_sees_the_rapport_in_the_menu_and_no_people(analyst):
    small_town()
    page = analyst.get(PAGE).content.decode()
    assert 'href="/rapport/"' in page
    assert analyst.get("/looplijsten/").status_code == 403
