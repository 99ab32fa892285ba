"""What axe says of a page, wherever it happens to be scrolled to."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

# A bar that stays in view covers what scrolls under it: half a radio button is then too small a target, on
# the one page whose text is a line longer. Nobody is stuck there, he scrolls on; so it is laid at its place.
# That a bar never hides what has the focus is tested by itself (WCAG 2.2, 2.4.11).
_AT_REST = """async () => {
    await document.fonts.ready;
    for (const element of document.querySelectorAll("body *")) {
        if (["sticky", "fixed"].includes(getComputedStyle(element).position)) {
            element.style.position = "static";
            element.dataset.atRest = "";
        }
    }
}"""
_BACK = """() => {
    for (const element of document.querySelectorAll("[data-at-rest]")) {
        element.style.position = "";
        delete element.dataset.atRest;
    }
}"""


def violations(page: Page, *, rules: list[str] = RULES) -> list[dict]:
    """The violations of these rules or tags, as axe gives them; the page is afterwards as it was."""
    page.evaluate(_AT_REST)
    found = Axe().run(page, options={"runOnly": rules}).response["violations"]
    page.evaluate(_BACK)
    return found
