"""The parts of the UI kit: what they print, and the rules that every template and style sheet keeps."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory

from outreach.templatetags import kit
from tests.ui import kitchen_sink

TEMPLATES = Path(settings.BASE_DIR) / "templates"
STATIC = Path(settings.BASE_DIR) / "static"
OWN_CSS = sorted((STATIC / "css").glob("*.css"))
STYLE_ATTRIBUTE = re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE)
INLINE_SCRIPT = re.compile(r"<script(?![^>]*\ssrc=)|\son[a-z]+\s*=\s*[\"']|javascript:", re.IGNORECASE)


@pytest.fixture(scope="module")
def sink() -> str:
    return kitchen_sink.render()


def every_template() -> list[Path]:
    return sorted(TEMPLATES.rglob("*.html"))


def test_the_page_fits_the_content_security_policy(sink: str):
    assert not STYLE_ATTRIBUTE.search(sink)
    assert not INLINE_SCRIPT.search(sink)
    assert "<style" not in sink


@pytest.mark.parametrize("path", every_template(), ids=lambda path: path.relative_to(TEMPLATES).as_posix())
def test_no_template_has_style_or_script_in_it(path: Path):
    text = path.read_text(encoding="utf-8")
    assert not STYLE_ATTRIBUTE.search(text)
    assert not INLINE_SCRIPT.search(text)
    assert "<style" not in text


@pytest.mark.parametrize("path", every_template(), ids=lambda path: path.relative_to(TEMPLATES).as_posix())
def test_every_template_compiles(path: Path):
    get_template(path.relative_to(TEMPLATES).as_posix())


def test_no_address_outside_this_site():
    for path in [*every_template(), *OWN_CSS, *(STATIC / "js").glob("*.js")]:
        text = path.read_text(encoding="utf-8")
        assert not re.search(
            r"(https?:)?//[a-z0-9-]+\.[a-z]", text.replace("http://www.w3.org/2000/svg", "")
        ), path


@pytest.mark.parametrize("path", OWN_CSS, ids=lambda path: path.name)
def test_own_css_reads_the_theme_contract_only(path: Path):
    text = path.read_text(encoding="utf-8")
    allowed = ("--basis-", "--body-", "--font-family-primary") if path.name == "admin.css" else ("--basis-",)
    own = set(re.findall(r"^\s*(--[a-z0-9-]+):", text, re.MULTILINE))
    read = set(re.findall(r"var\((--[a-z0-9-]+)", text)) - own
    assert [name for name in read if not name.startswith(allowed)] == []
    if path.name != "theme-gemeente.css":
        assert re.findall(r"#[0-9a-f]{3,8}\b", text) == []


def test_every_kit_class_in_a_template_is_styled():
    styled = set(re.findall(r"\.(kit-[a-z0-9_-]+)", "".join(p.read_text() for p in OWN_CSS)))
    # A wrapper that only places a POST button, named for tests and for page builders.
    unstyled = {"kit-chart__label", "kit-step__unit"}
    used: set[str] = set()
    for path in every_template():
        for classes in re.findall(r'class="([^"]*)', path.read_text(encoding="utf-8")):
            used |= {name for name in re.findall(r"kit-[a-z0-9_-]+", classes) if not name.endswith("-")}
    assert used - styled - unstyled == set()


def test_every_static_file_that_a_template_names_exists():
    names = set()
    for path in every_template():
        names |= set(re.findall(r"{% static ['\"]([^'\"]+)['\"] %}", path.read_text(encoding="utf-8")))
    assert {
        name for name in names if not name.startswith("vendor/") and not (STATIC / name).is_file()
    } == set()


def test_every_part_is_in_the_readme():
    readme = (TEMPLATES / "README.md").read_text(encoding="utf-8")
    inner = {"brand", "head", "header", "footer", "messages", "card", "cell", "cell_progress"}
    parts = {path.stem for path in (TEMPLATES / "kit").glob("*.html")} - inner
    assert {part for part in parts if f"| `{part}` |" not in readme} == set()


def test_htmx_keeps_no_pages_and_runs_no_code(sink: str):
    assert (
        '\'{"allowEval":false,"includeIndicatorStyles":false,"historyCacheSize":0,"refreshOnHistoryMiss":true,'
        in sink
    )
    assert 'hx-history="false"' in sink


def test_frame_has_skip_link_current_page_and_logout_by_post(sink: str):
    assert sink.index('href="#inhoud"') < sink.index("<header")
    assert 'id="inhoud"' in sink
    assert re.search(r'href="/looplijst/" aria-current="page"', sink)
    assert re.search(r'<form method="post" action="[^"]*logout/">', sink)


def test_ids_are_unique_and_labels_point_somewhere(sink: str):
    ids = re.findall(r'\sid="([^"]+)"', sink)
    assert sorted(ids) == sorted(set(ids))
    for attribute in ("for", "aria-labelledby", "aria-describedby"):
        for value in re.findall(rf'\s{attribute}="([^"]+)"', sink):
            assert set(value.split()) <= set(ids), (attribute, value)


def test_what_a_page_shows_is_escaped():
    evil = "<img src=x onerror=alert(1)>"
    context = {
        "caption": evil,
        "columns": [{"label": evil}, {"label": evil}, {"label": evil}],
        "rows": [
            {
                "cells": [
                    {"text": evil, "url": "/"},
                    {"badges": [evil]},
                    {"status": {"label": evil, "variant": "neutral"}},
                ]
            }
        ],
    }
    html = render_to_string("kit/table.html", context)
    html += render_to_string("kit/timeline.html", {"events": [{"title": evil, "text": evil, "when": evil}]})
    html += render_to_string("kit/alert.html", {"type": "error", "text": evil, "heading": evil})
    assert "<img" not in html
    assert html.count("&lt;img") >= 8


def test_a_row_with_a_cell_too_few_is_refused():
    rows = [{"cells": ["a"]}]
    with pytest.raises(ValueError, match="zip"):
        render_to_string(
            "kit/table.html", {"caption": "x", "columns": [{"label": "A"}, {"label": "B"}], "rows": rows}
        )


def test_a_table_without_rows_says_so():
    html = render_to_string(
        "kit/table.html", {"caption": "x", "columns": [], "rows": [], "empty": "Geen leveringen"}
    )
    assert "Geen leveringen" in html
    assert "<table" not in html


def test_table_and_cards_show_the_same_rows(sink: str):
    for name, *_ in kitchen_sink.STREETS:
        assert sink.count(f">{name}</a>") == 2
    assert sink.count("<caption") == sink.count("<table")


@pytest.mark.parametrize("name", ["400", "403", "404", "500", "403_csrf"])
def test_error_pages_need_nothing_from_the_request(name: str):
    html = render_to_string(f"{name}.html", {})
    assert "<h1>" in html
    assert 'lang="nl"' in html


class ExampleForm(forms.Form):
    """A required text, an optional one with help, a choice."""

    naam = forms.CharField(label="Naam", widget=forms.TextInput({"class": "eigen"}))
    uitleg = forms.CharField(label="Uitleg", required=False, help_text="Kort.")
    keuze = forms.ChoiceField(label="Keuze", choices=[("a", "Ja"), ("b", "Nee")], widget=forms.RadioSelect)


def test_field_order_is_label_help_error_control():
    form = ExampleForm({"uitleg": "x"})
    form.add_error("uitleg", "Te kort.")
    html = str(form["uitleg"].as_field_group())
    places = [html.index(part) for part in ("Uitleg", "Kort.", "Te kort.", "<input")]
    assert places == sorted(places)
    assert 'aria-describedby="id_uitleg_helptext id_uitleg_error"' in html
    assert 'aria-invalid="true"' in html
    assert "utrecht-textbox--invalid" in html


def test_only_optional_fields_are_marked():
    form = ExampleForm()
    assert "(niet verplicht)" in str(form["uitleg"].as_field_group())
    assert "(niet verplicht)" not in str(form["naam"].as_field_group())
    assert "*" not in str(form)


def test_a_widget_keeps_its_own_class():
    assert 'class="eigen utrecht-textbox' in str(ExampleForm()["naam"])


def test_radio_buttons_become_tiles_with_one_legend():
    html = str(ExampleForm()["keuze"].as_field_group())
    assert html.count('class="kit-tile"') == 2
    assert html.count("<legend") == 1


def test_errors_link_to_their_fields():
    html = render_to_string("kit/error_summary.html", {"form": ExampleForm({})})
    assert '<a href="#id_naam">Naam: ' in html
    assert '<a href="#id_keuze">' in html
    assert 'id="id_keuze"' in str(ExampleForm({})["keuze"].as_field_group())


def test_no_errors_no_summary():
    assert render_to_string("kit/error_summary.html", {"form": ExampleForm()}).strip() == ""


@pytest.mark.parametrize(
    ("value", "text"), [(20000, "20.000"), (1234567, "1.234.567"), (7, "7"), (0, "0"), (None, "–")]
)
def test_amount_is_dutch(value: int | None, text: str):
    assert kit.amount(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("1234.50"), "€\u00a01.234,50"),
        (800, "€\u00a0800"),
        (Decimal("800.00"), "€\u00a0800"),
        (None, "–"),
    ],
)
def test_euro_is_dutch(value: Decimal | int | None, text: str):
    assert kit.euro(value) == text


@pytest.mark.parametrize(
    ("part", "whole", "percentage"),
    [(96, 214, 44), (999, 1000, 99), (5, 5, 100), (0, 0, 0), (None, 3, 0), (3, None, 0)],
)
def test_a_hundred_per_cent_means_all(part: int | None, whole: int | None, percentage: int):
    assert kit.percent_of(part, whole) == percentage


def test_pager_elides_and_keeps_the_query():
    page = Paginator(range(118), 10).page(6)
    assert kit.page_numbers(page) == [1, None, 5, 6, 7, None, 12]
    request = RequestFactory().get("/", {"team": "banne", "page": "6"})
    html = render_to_string("kit/pager.html", {"page": page, "noun": "huishoudens"}, request)
    assert 'href="?team=banne&amp;page=7"' in html
    assert "51–60 van 118 huishoudens" in html
    assert 'aria-current="page"' in html
