"""The twenty things that a user must be able to do, as far as they touch fieldwork: which test shows which.

Each is shown on a desk and on a phone, and the first five with JavaScript off too, in
`test_all_of_it_without_scripts`. What may take so many seconds is measured by tools/bench_door.py. Not here:
15 to 17 (files and the koppeling, tests/eligibility).
"""

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

# What pytest finds is asked once, by one worker.
pytestmark = pytest.mark.xdist_group("twenty-points-index")
TESTS = Path(settings.BASE_DIR) / "tests"
#: Of the first five.
WITHOUT_SCRIPTS = "test_all_of_it_without_scripts"
LIST = "browser/test_twenty_points_list.py"
STREET = "browser/test_twenty_points_street.py"
NOT_LOST = "browser/test_not_lost.py"
AUDIT = "outreach/test_audit_reports.py"
KEPT = "browser/test_not_lost_kept.py"
#: Number: what it is, and where it is shown.
POINTS = {
    1: (
        "from signing in to the list in two clicks",
        [
            (LIST, "test_two_clicks_from_signing_in_to_the_list"),
            (LIST, WITHOUT_SCRIPTS),
        ],
    ),
    2: (
        "filter, household 7, a note, and back as one left it",
        [(KEPT, "test_back_on_the_list_all_is_as_it_was"), (LIST, WITHOUT_SCRIPTS)],
    ),
    3: (
        "the address of a filtered list, for a colleague and for another team",
        [
            (LIST, "test_what_is_filtered_goes_along_in_the_address"),
            ("outreach/test_scope.py", "test_no_list_leads_to_it"),
            (LIST, WITHOUT_SCRIPTS),
        ],
    ),
    4: (
        "a chip away, the count is said, all chips away",
        [
            (LIST, "test_a_chip_goes_and_the_new_count_is_said"),
            (LIST, WITHOUT_SCRIPTS),
        ],
    ),
    5: ("the same with JavaScript off", [(LIST, WITHOUT_SCRIPTS)]),
    6: (
        "keys alone, focus in sight, no trap, `/`",
        [
            (LIST, "test_with_keys_alone_from_the_skip_link_to_a_saved_gesprek"),
            (LIST, "test_no_page_keeps_the_focus"),
        ],
    ),
    7: (
        "axe, 320 px and 400% zoom",
        [
            ("browser/test_every_page.py", "test_nothing_serious_and_nothing_too_wide_on_any_page"),
            ("browser/test_walking.py", "test_every_page_is_accessible_and_fits"),
        ],
    ),
    8: (
        "not home in four taps on a phone, with the keyboard open",
        [
            (
                "browser/test_walking.py",
                "test_nobody_home_takes_four_taps_from_the_list_and_two_from_then_on",
            ),
            (STREET, "test_not_home_takes_three_taps_from_the_list_and_two_from_then_on"),
            (STREET, "test_the_buttons_stay_in_view_above_the_keyboard"),
        ],
    ),
    9: (
        "a double tap saves once",
        [
            ("browser/test_walking.py", "test_a_double_tap_saves_once"),
            (NOT_LOST, "test_a_double_tap_saves_once_while_a_draft_is_on_its_way"),
        ],
    ),
    10: (
        "without a connection the text stays, and is saved once after",
        [
            ("browser/test_walking.py", "test_without_a_connection_the_text_stays_and_is_saved_once_after"),
            (NOT_LOST, "test_what_failed_is_said_and_one_tap_saves_it_once_after"),
        ],
    ),
    11: (
        "the browser keeps nobody, and Back after signing out shows the form to sign in",
        [
            (KEPT, "test_after_a_morning_of_work_the_browser_knows_nobody"),
            (KEPT, "test_after_signing_out_back_shows_the_page_to_sign_in"),
        ],
    ),
    12: (
        "two who edit the same: both texts, who and when",
        [(NOT_LOST, "test_the_second_save_shows_both_texts_and_saves_with_one_more_tap")],
    ),
    13: (
        "two who press together never get the same address",
        [
            (STREET, "test_two_who_press_together_never_get_the_same_address"),
            ("outreach/test_claims.py", "test_two_who_take_the_next_address_together_never_get_the_same"),
        ],
    ),
    14: (
        "a warning before the sign-in ends, and the draft after",
        [
            (NOT_LOST, "test_a_warning_comes_two_minutes_before_and_one_click_stays"),
            (NOT_LOST, "test_who_was_signed_out_signs_in_again_in_the_page_and_saves"),
            (NOT_LOST, "test_without_javascript_the_text_is_offered_after_signing_in"),
        ],
    ),
    18: (
        "who looked at a household; who wants no contact is at once off a list that is open elsewhere",
        [
            (AUDIT, "test_an_address_leads_to_its_households_and_stands_in_no_address_of_the_site"),
            (AUDIT, "test_the_report_tells_what_an_independent_log_of_the_clients_tells"),
            (STREET, "test_who_wants_no_contact_is_at_once_gone_from_a_list_that_was_open"),
        ],
    ),
    19: (
        "the rapport: the counts of the lists, a table with each chart, whole on paper, nothing under ten",
        [
            ("report/test_counts.py", "test_the_counts_are_those_of_the_lists"),
            ("report/test_pages.py", "test_page_and_files_say_the_same"),
            ("report/test_pages.py", "test_no_small_count_is_worked_out_of_all_pages_and_files"),
            ("report/test_report_browser.py", "test_with_a_map_it_is_sound_on_every_width"),
            ("report/test_report_browser.py", "test_on_paper_it_is_whole_and_without_menus"),
        ],
    ),
    20: (
        "a second theme on all pages, and no request leaves the host",
        [
            (
                "browser/test_twenty_points_theme.py",
                "test_a_second_theme_changes_every_page_and_nothing_leaves_the_host",
            )
        ],
    ),
}
#: How the id of a test says on which screen it looks.
DESK, PHONE = {"desk", "1366"}, {"phone", "390"}
#: Of this point one test looks at both screens at once: one person at a desk, the other on a phone.
TOGETHER = 13


@pytest.fixture(scope="module")
def collected() -> dict[tuple[str, str], set[str]]:
    """File and name of every test that runs, with the words of its ids: as pytest finds them by itself.

    One that is skipped or may fail is not among them, whether its file says so or the test.
    """
    files = sorted({path for _, tests in POINTS.values() for path, _ in tests})
    told = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "--no-header", "-p", "no:cacheprovider"]
        + ["-m", "not skip and not skipif and not xfail", *(str(TESTS / path) for path in files)],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    ).stdout
    found: dict[tuple[str, str], set[str]] = {}
    for path, name, words in re.findall(r"^tests/(\S+\.py)::(\w+)(?:\[(.*)\])?$", told, re.MULTILINE):
        found.setdefault((path, name), set()).update(words.split("-"))
    return found


def test_each_point_has_its_tests(collected):
    named = {(number, *test) for number, (_, tests) in POINTS.items() for test in tests}
    assert sorted(one for one in named if one[1:] not in collected) == []


def test_none_of_them_skips_itself():
    for _, tests in POINTS.values():
        for path, name in tests:
            called = {ast.unparse(one.func) for one in calls(path, name)}
            assert not called & {"pytest.skip", "pytest.xfail", "pytest.importorskip"}, (path, name)


def test_each_point_is_shown_on_a_desk_and_on_a_phone(collected):
    for number, (_, tests) in POINTS.items():
        words = set().union(*(collected.get(test, set()) for test in tests))
        assert number == TOGETHER or (words & DESK and words & PHONE), number
    path, name = POINTS[TOGETHER][1][0]
    assert {"DESK", "PHONE"} <= {one.id for one in ast.walk(body(path, name)) if isinstance(one, ast.Name)}


def test_the_first_five_are_shown_without_scripts():
    assert all((LIST, WITHOUT_SCRIPTS) in POINTS[number][1] for number in range(1, 6))
    off = [one for call in calls(LIST, WITHOUT_SCRIPTS) for one in call.keywords if one.arg == "scripts"]
    assert [ast.unparse(one.value) for one in off] == ["False"]


def test_no_point_of_fieldwork_is_left_out():
    assert set(POINTS) == {*range(1, 15), 18, 19, 20}


@cache
def body(path: str, name: str) -> ast.FunctionDef:
    """A test as it is written."""
    for one in ast.parse((TESTS / path).read_text(encoding="utf-8")).body:
        if isinstance(one, ast.FunctionDef) and one.name == name:
            return one
    raise LookupError(f"{name} does not stand in {path}")


def calls(path: str, name: str) -> list[ast.Call]:
    return [one for one in ast.walk(body(path, name)) if isinstance(one, ast.Call)]
