"""A vendor whose envelopes have their window elsewhere: his own numbers, held against what is on the page."""

from itertools import product

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from letters.actions import fitting, storage
from letters.composition.layout import WINDOWS, LayoutProfile, WindowProfile, ill_placed
from letters.models import Vendor
from letters.texts.catalog import KINDS, WITH_FORM
from outreach.models import Role
from tests import factories
from tests.letters import rounds
from tests.letters.samples import LONG_NAME, of_kind
from tests.letters.test_paper import _assert_window, _inside

LOWER = [40.0, 50.0, 65.0, 33.0, 4.0, 105.0]
# The outermost windows that are allowed, on both sides: as far up, down, left and right as it goes.
OUTERMOST = [
    WindowProfile(x, y, width, height, clear, fold)
    for (x, width, clear), (y, height), fold in product(
        [(15, 95, 5), (12, 101, 2), (105, 90, 5), (125, 60, 15)],
        [(54.5, 18.5 + 9.5), (44.5, 38.5)],
        [88, 148.5],
    )
    if not ill_placed(WindowProfile(x, y, width, height, clear, fold))
]


def test_the_standard_places_are_good_themselves():
    assert [ill_placed(one) for one in WINDOWS.values()] == ["", ""]
    assert len({one.x for one in OUTERMOST}) >= 3


@pytest.mark.parametrize("kind", KINDS)
def test_round_an_allowed_window_all_stays_clear(kind, render):
    code = "stadspas" if kind == "ambtshalve" else "scholierenvergoeding"
    for place in OUTERMOST:
        layout = LayoutProfile(window=place, return_window=place, code_zone=3.0)
        pdf = render(of_kind(kind, 1, regeling=code, addressee=LONG_NAME), layout=layout).pdf
        _assert_window(pdf, 0, place)
        if kind in WITH_FORM:
            _assert_window(pdf, 1, place)


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ([35, 46, 70, 35], "zes getallen"),
        ([35, 46, 70, 35, 0, 107], "vrije zone is"),
        ([35, 46, 40, 35, 5, 107], "past pas"),
        ([35, 40, 70, 35, 5, 107], "van boven"),
        ([35, 46, 70, 50, 5, 107], "van boven"),
        ([5, 46, 70, 35, 5, 107], "rand van het papier"),
        ([45, 46, 70, 35, 5, 107], "Naast het venster"),
        ([35, 46, 70, 35, 5, 60], "vouw ligt"),
        ([105, 46, 70, 35, 5, 107], "andere kant"),
    ],
)
def test_what_does_not_fit_is_refused(place, text):
    for name in ("window_own", "return_window_own"):
        with pytest.raises(ValidationError, match=text) as refused:
            Vendor(name="Drukkerij", **{name: place}).clean()
        assert set(refused.value.message_dict) == {name}


def test_too_little_left_for_the_post_is_refused():
    with pytest.raises(ValidationError, match="postcode-regel"):
        Vendor(name="Drukkerij", window_own=LOWER, code_zone=20).clean()


@pytest.mark.django_db
def test_a_part_is_made_with_the_numbers_and_keeps_them(settings, tmp_path):
    settings.LETTER_FOLDER = tmp_path / "brieven"
    Vendor.objects.create(name="Drukkerij Waterveen", window_own=LOWER)
    batch = rounds.composed(2)
    [part] = batch.parts.all()
    assert fitting.due() == [part.pk]
    assert fitting.fit(part_id=part.pk)
    assert fitting.due() == []
    part.refresh_from_db()
    assert part.window_own == LOWER
    pdf = storage.read(part)
    _assert_window(pdf, 0, WindowProfile(*LOWER))
    assert "".join(char for char, *_ in _inside(pdf, 0, WindowProfile(*LOWER))).startswith("A.van")
    rounds.release(batch)
    Vendor.objects.update(window_own=[])
    part.refresh_from_db()
    assert (part.window_own, fitting.due()) == (LOWER, [])


@pytest.mark.django_db
def test_a_functioneel_beheerder_fills_it_in(transactional_db):
    vendor = Vendor.objects.create(name="Drukkerij")
    client = Client()
    client.force_login(factories.user(Role.FUNCTIONEEL_BEHEERDER))
    address = reverse("admin:letters_vendor_change", args=[vendor.pk])
    filled = {"name": "Drukkerij", "active": "on", "window": "links", "return_window": "links"}
    filled |= {"duplex": "on", "code_zone": "10", "return_window_own": ""}
    refused = client.post(address, filled | {"window_own": "5, 46, 70, 35, 5, 107"})
    assert "rand van het papier" in refused.content.decode()
    assert client.post(address, filled | {"window_own": "40, 50, 65, 33, 4, 105"}).status_code == 302
    vendor.refresh_from_db()
    assert vendor.window_own == LOWER
    assert "40.0,50.0,65.0,33.0,4.0,105.0" in client.get(address).content.decode()
