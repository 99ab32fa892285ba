"""What has the focus is in sight, also with a bar at the foot of the screen (WCAG 2.2, 2.4.11)."""

import pytest

from outreach.models import LooplijstItem
from tests.browser.conftest import PHONE, SMALL
from tests.outreach import visits

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
STEPS = 80
# What lies on top in the middle of the element that has the focus: that itself, its label, or a part of it.
COVERED = """() => {
    const one = document.activeElement;
    if (one === document.body) return null;
    const box = one.getBoundingClientRect();
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    const top = document.elementFromPoint(x, y);
    const own = one.contains(top) || top?.contains(one) || one.closest("label")?.contains(top);
    return own ? "" : `${one.outerHTML.slice(0, 120)} under ${top?.outerHTML.slice(0, 120)}`;
}"""


@pytest.fixture
def stop(looplijst) -> LooplijstItem:
    return visits.items(looplijst)[9]


@pytest.mark.parametrize("size", [PHONE, SMALL], ids=["phone", "small"])
def test_what_has_the_focus_is_never_under_the_bar(open_page, stop: LooplijstItem, size: dict):
    page, _ = open_page(f"/huishoudens/{stop.household_id}/gesprek/?lijst={stop.looplijst_id}", size)
    covered, passed = [], 0
    for _ in range(STEPS):
        page.keyboard.press("Tab")
        found = page.evaluate(COVERED)
        passed += found is not None
        if found:
            covered.append(found)
    assert passed > 20
    assert covered == []
