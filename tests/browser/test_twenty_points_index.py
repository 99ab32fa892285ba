"""The twenty things that a user must be able to do, as far as they touch fieldwork: which test shows which.

Each is shown on a desk and on a phone, and the first five with JavaScript off too, in
`test_all_of_it_without_scripts`. What may take so many seconds is measured by tools/bench_door.py. Not here:
15 to 17 (files and the koppeling, tests/eligibility).
"""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

TESTS = Path(settings.BASE_DIR) / "tests"
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
            (LIST, "test_all_of_it_without_scripts"),
        ],
    ),
    2: (
        "filter, household 7, a note, and back as one left it",
        [(KEPT, "test_back_on_the_list_all_is_as_it_was"), (LIST, "test_all_of_it_without_scripts")],
    ),
    3: (
        "the address of a filtered list, for a colleague and for another team",
        [
            (LIST, "test_what_is_filtered_goes_along_in_the_address"),
            ("outreach/test_scope.py", "test_no_list_leads_to_it"),
            (LIST, "test_all_of_it_without_scripts"),
        ],
    ),
    4: (
        "a chip away, the count is said, all chips away",
        [
            (LIST, "test_a_chip_goes_and_the_new_count_is_said"),
            (LIST, "test_all_of_it_without_scripts"),
        ],
    ),
    5: ("the same with JavaScript off", [(LIST, "test_all_of_it_without_scripts")]),
    6: (
        "keys alone, focus in sight, no trap, `/`",
        [
            (LIST, "test_with_keys_alone_from_the_skip_link_to_a_saved_gesprek"),
            (LIST, "test_no_page_keeps_the_focus"),
        ],
    ),
    7: (
        "axe, 320 px and 400% zoom",
        [("browser/test_every_page.py", "test_nothing_serious_and_nothing_too_wide_on_any_page")],
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
SHOWN = [(number, path, name) for number, (_, tests) in POINTS.items() for path, name in tests]
#: How a test says on which screen it looks, and that there are no scripts.
DESK, PHONE = re.compile(r"\bDESK\b|\b1366\b"), re.compile(r"\bPHONE\b|\b390\b")
WITHOUT_SCRIPTS = "scripts=False"


def named(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


@cache
def parts(path: str) -> dict[str, ast.stmt]:
    """What a file of tests names at its top: its tests, what they share, and its values."""
    found: dict[str, ast.stmt] = {}
    for node in ast.parse((TESTS / path).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            found[node.name] = node
        elif isinstance(node, ast.Assign):
            found |= {one.id: node for one in node.targets if isinstance(one, ast.Name)}
    return found


def read(path: str, name: str) -> str:
    """A test with its decorators, and whatever of its file it uses."""
    known, wanted, text = parts(path), [name], {}
    while wanted:
        one = wanted.pop()
        if one in known and one not in text:
            text[one] = ast.unparse(known[one])
            wanted += named(known[one])
    return "\n".join(text.values())


@pytest.mark.parametrize(("number", "path", "name"), SHOWN)
def test_each_point_has_its_test(number: int, path: str, name: str):
    found = parts(path).get(name)
    assert isinstance(found, ast.FunctionDef)
    assert not any(
        "skip" in ast.unparse(mark) or "xfail" in ast.unparse(mark) for mark in found.decorator_list
    )


@pytest.mark.parametrize("number", POINTS)
def test_each_point_is_shown_on_a_desk_and_on_a_phone(number: int):
    text = "\n".join(read(path, name) for path, name in POINTS[number][1])
    assert DESK.search(text)
    assert PHONE.search(text)


@pytest.mark.parametrize("number", range(1, 6))
def test_the_first_five_are_shown_without_scripts(number: int):
    assert WITHOUT_SCRIPTS in "\n".join(read(path, name) for path, name in POINTS[number][1])


def test_no_point_of_fieldwork_is_left_out():
    assert set(POINTS) == {*range(1, 15), 18, 19, 20}
