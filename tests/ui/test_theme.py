"""The municipality's colours: each pair that the pages use is readable (WCAG 2.2, 1.4.3 and 1.4.11)."""

import re
from pathlib import Path

import pytest
from django.conf import settings

STATIC = Path(settings.BASE_DIR) / "static"
THEMES = (STATIC / "vendor/theme-voorbeeld.css", STATIC / "css/theme-gemeente.css")
TOKEN = re.compile(r"(--[a-z0-9-]+):\s*([^;]+);")

TEXT = 4.5
EDGE = 3.0
# (front, behind, least ratio); names without --basis-color-
PAIRS = [
    ("accent-1-inverse-color-default", "accent-1-inverse-bg-default", TEXT),  # header, primary button
    ("accent-1-inverse-color-subtle", "accent-1-inverse-bg-default", TEXT),  # role in the header
    ("accent-1-inverse-color-default", "accent-1-inverse-bg-hover", TEXT),
    ("action-1-inverse-color-default", "action-1-inverse-bg-default", TEXT),
    ("accent-1-color-default", "default-bg-document", TEXT),  # secondary button, pager
    ("accent-1-color-default", "accent-1-bg-subtle", TEXT),  # chip
    ("accent-1-color-default", "accent-1-bg-default", TEXT),  # badge, counter
    ("accent-1-color-default", "accent-1-bg-hover", TEXT),
    ("action-2-color-default", "default-bg-document", TEXT),  # link in a panel
    ("action-2-color-default", "default-bg-subtle", TEXT),  # link on the page
    ("action-2-color-default", "accent-1-bg-subtle", TEXT),  # link in a row under the mouse
    ("default-color-subtle", "default-bg-subtle", TEXT),  # line under the heading
    ("default-color-subtle", "accent-1-bg-subtle", TEXT),
    ("default-color-document", "accent-1-bg-default", TEXT),  # chosen tile
    ("negative-color-default", "negative-bg-subtle", TEXT),
    ("negative-color-default", "negative-bg-default", TEXT),
    ("warning-color-default", "warning-bg-default", TEXT),
    ("positive-color-default", "positive-bg-default", TEXT),
    ("info-color-default", "info-bg-default", TEXT),
    ("accent-1-inverse-bg-default", "default-bg-active", EDGE),  # progress bar
    ("accent-1-inverse-bg-default", "default-bg-default", EDGE),  # bar of a chart
    ("accent-1-border-default", "default-bg-document", EDGE),  # edge of a button
    ("default-border-default", "default-bg-document", EDGE),  # edge of a tile
    ("negative-border-default", "default-bg-document", EDGE),
]


@pytest.fixture(scope="module")
def tokens() -> dict[str, str]:
    if not THEMES[0].is_file():
        pytest.fail("static/vendor ontbreekt: draai `make setup`.")
    return {name: value for path in THEMES for name, value in TOKEN.findall(path.read_text(encoding="utf-8"))}


def colour(tokens: dict[str, str], name: str) -> tuple[float, float, float]:
    value = tokens[name]
    while value.startswith("var("):
        value = tokens[value.removeprefix("var(").rstrip(")")]
    assert re.fullmatch(r"#[0-9a-f]{6}", value), (name, value)
    return tuple(int(value[i : i + 2], 16) / 255 for i in (1, 3, 5))


def luminance(rgb: tuple[float, float, float]) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: tuple[float, float, float], two: tuple[float, float, float]) -> float:
    light, dark = sorted((luminance(one), luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_computed_as_the_standard_says():
    assert contrast((0, 0, 0), (1, 1, 1)) == pytest.approx(21)
    grey = tuple(c / 255 for c in (0x76, 0x76, 0x76))
    assert contrast(grey, (1, 1, 1)) == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize(("front", "behind", "least"), PAIRS, ids=lambda value: str(value))
def test_every_pair_is_readable(tokens: dict[str, str], front: str, behind: str, least: float):
    ratio = contrast(colour(tokens, f"--basis-color-{front}"), colour(tokens, f"--basis-color-{behind}"))
    assert ratio >= least


def test_the_municipality_sets_names_of_the_contract_only(tokens: dict[str, str]):
    voorbeeld = dict(TOKEN.findall(THEMES[0].read_text(encoding="utf-8")))
    own = dict(TOKEN.findall(THEMES[1].read_text(encoding="utf-8")))
    assert [name for name in own if name not in voorbeeld or not name.startswith("--basis-")] == []
    assert len(own) <= 30
