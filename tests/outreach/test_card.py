"""The card in the letter box: whole on paper, in plain words, and a neighbour learns nothing from it."""

import re

import pypdfium2
import pytest
from django.test import Client

from outreach.models import Regeling, Role
from outreach.views import card
from tests import factories

pytestmark = pytest.mark.django_db
# What would tell a neighbour why somebody came by.
TELLING = re.compile(
    r"regeling|inkomen|minima|armoede|schuld|bijstand|uitkering|toeslag|geldzorg|rondkomen|recht op",
    re.IGNORECASE,
)


def _text() -> str:
    with pypdfium2.PdfDocument(card.pdf()) as printed:
        assert len(printed) == 1
        assert [round(side) for side in printed[0].get_size()] == [595, 842]
        text = printed[0].get_textpage().get_text_range()
    return " ".join(text.replace("\x02", "").split())


def test_no_regeling_and_no_word_of_money_troubles_is_on_it():
    text = _text()
    assert not TELLING.search(text)
    named = [
        regeling.name
        for regeling in Regeling.objects.all()
        if regeling.name.lower() in text.lower() or regeling.code in text.lower()
    ]
    assert Regeling.objects.count() > 5
    assert named == []


def test_every_one_of_the_four_is_whole(settings):
    """Also with the longest name, hours and address that a municipality has."""
    settings.GEMEENTE_NAAM = "Súdwest-Fryslân en omgeving"
    settings.GEMEENTE_BEREIKBAAR = (
        "op maandag, dinsdag en donderdag van 8.30 tot 20.00 uur en op woensdag en vrijdag tot 12.30 uur"
    )
    settings.GEMEENTE_BEZOEKADRES = "Burgemeester van der Poll-Wiardi Beckmanlaan 114, 1024 XX Oudeschans"
    text = _text()
    for part in ("Wij waren bij u", settings.GEMEENTE_NAAM, "geld, uw pincode", "Wie was er: ____"):
        assert text.count(part) == 4, part


def test_nothing_runs_off_the_card(settings):
    with pypdfium2.PdfDocument(card.pdf()) as printed:
        page = printed[0].get_textpage()
        boxes = [page.get_charbox(number) for number in range(page.count_chars())]
    half_way, half_up = 595.28 / 2, 841.89 / 2
    for left, bottom, right, top in boxes:
        assert not left < half_way < right
        assert not bottom < half_up < top
    assert min(box[1] for box in boxes) > 20


@pytest.mark.parametrize("role", [Role.BUURTTEAM, Role.CONSULENT])
def test_who_goes_past_the_doors_prints_it(role):
    client = Client()
    client.force_login(factories.user(role, team=factories.team()))
    response = client.get("/kaartje/")
    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF")
