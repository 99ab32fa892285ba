"""The pages of the letter texts in a real browser: accessible, not too wide, and the check that speaks."""

import os

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from letters.actions import templates
from letters.models import Template
from letters.texts.versions import with_texts
from outreach.kernel.db import acting_as
from outreach.models import Regeling, Role
from tests import factories
from tests.letters import rounds
from tests.letters.test_round_browser import WIDTHS, _sign_in
from tests.ui import judging
from tests.ui.conftest import browser_context_args, browser_type_launch_args  # noqa: F401
from tests.ui.test_kit_browser import SMALL_TARGETS, TARGETS, TOO_WIDE

pytestmark = [pytest.mark.django_db, pytest.mark.browser]
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def _concept() -> Template:
    """A concept with a hard sentence in it, beside an approved version."""
    rounds.approved_texts()
    writer = factories.user(Role.COMMUNICATIEADVISEUR)
    with acting_as(writer.actor()):
        made = templates.start(kind="onzeker", regeling=Regeling.objects.get(pk="stadspas"), by=writer)
        texts = {"opening.1": "Gelieve dit formulier ingevuld te retourneren.", "onderwerp": "De Stadspas"}
        templates.save(version=made, content=with_texts(made.content, texts), by=writer)
    return Template.objects.get(pk=made.pk)


def _pages(concept: Template) -> dict[str, str]:
    former = Template.objects.of_same(concept).approved().get()
    wide = Template.objects.approved().get(kind="algemeen", regeling=None)
    return {
        "list": reverse("letter_texts"),
        "own": reverse("letter_texts") + "?regeling=stadspas",
        "concept": reverse("letter_text", args=[concept.pk]),
        "shared": reverse("letter_text", args=[wide.pk]),
        "edit": reverse("letter_text_edit", args=[concept.pk]),
        "compare": reverse("letter_text_compare", args=[former.pk, concept.pk]),
    }


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ["list", "own", "concept", "shared", "edit", "compare"])
def test_nothing_serious_and_nothing_too_wide(page: Page, live_server, name: str, width: int):
    address = _pages(_concept())[name]
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    _sign_in(page, live_server.url, Role.COMMUNICATIEADVISEUR)
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(live_server.url + address)
    expect(page.locator("h1")).to_be_visible()
    violations = judging.violations(page)
    assert [(v["impact"], v["id"], v["nodes"][0]["html"][:200]) for v in violations] == []
    assert not page.evaluate(TOO_WIDE)
    assert complaints == []
    if width < 768:
        assert page.evaluate(SMALL_TARGETS, TARGETS) == 0


def test_the_check_follows_what_one_writes_and_saving_keeps_it(page: Page, live_server):
    concept = _concept()
    _sign_in(page, live_server.url, Role.COMMUNICATIEADVISEUR)
    page.goto(live_server.url + _pages(concept)["edit"])
    expect(page.get_by_text("De tekst voldoet nog niet.")).to_be_visible()
    page.get_by_label("Alinea 2", exact=False).first.fill("U kunt de pas zo krijgen.")
    expect(page.get_by_text("De tekst voldoet en past op het papier.")).to_be_visible()
    page.get_by_role("button", name="Opslaan").click()
    expect(page.get_by_text("De tekst is opgeslagen.")).to_be_visible()
    concept.refresh_from_db()
    assert concept.content["opening"][1] == "U kunt de pas zo krijgen."
