"""The map: read in from a file by a functioneel beheerder, drawn in shades of what may be told."""

import json
import math
import re
from itertools import pairwise

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string
from django.test import Client

from letters.actions import report as counting
from outreach import outlines
from outreach.audit import Event
from outreach.models import Buurt, Role
from outreach.outlines import MapRefused, read_map
from outreach.views import report_map
from tests import factories
from tests.outreach import visits
from tests.report import found

PAGE = "/beheer/outreach/buurt/kaart/"
EAST, NORTH = 121_000, 487_000


def square(code: str, column: int, row: int, **properties: object) -> dict:
    """A buurt of one kilometre square."""
    x, y = EAST + column * 1000, NORTH + row * 1000
    ring = [[x, y], [x + 1000, y], [x + 1000, y + 1000], [x, y + 1000], [x, y]]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": {"buurtcode": code, **properties}, "geometry": geometry}


def as_file(*features: dict) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def test_a_map_is_read():
    assert read_map(as_file(square("BU1", 0, 0), square("BU2", 1, 0))).keys() == {"BU1", "BU2"}


def test_parts_of_one_buurt_are_kept_together_and_holes_too():
    whole = square("BU1", 0, 0)
    hole = [[EAST + x, NORTH + y] for x, y in ((300, 300), (600, 300), (600, 600), (300, 600), (300, 300))]
    island = square("", 3, 3)["geometry"]["coordinates"]
    whole["geometry"] = {
        "type": "MultiPolygon",
        "coordinates": [[*whole["geometry"]["coordinates"], hole], island],
    }
    assert len(read_map(as_file(whole))["BU1"]) == 3


def test_a_line_becomes_simple_and_stays_where_it_is():
    points = [
        (
            round(EAST + 800 * math.cos(turn * math.tau / 720)),
            round(NORTH + 800 * math.sin(turn * math.tau / 720)),
        )
        for turn in range(720)
    ]
    ring = [*points, points[0]]
    simple = outlines.simple(ring)
    assert 8 < len(simple) < 60
    assert simple[0] == simple[-1] == ring[0]
    for point in points:
        nearest = min(outlines._distance(point, one, other) for one, other in pairwise(simple))
        assert nearest <= outlines.TOLERANCE


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"naam;code", "geen GeoJSON"),
        (b"[" * 100_000, "geen GeoJSON"),
        (b"{}", "geen buurten"),
        (as_file(), "geen buurten"),
        (as_file({"type": "Feature"}), "Buurt 1 in het bestand heeft geen code"),
        (as_file(square("A", 0, 0), square("", 0, 0, buurtcode=5)), "Buurt 2 in het bestand heeft geen code"),
        (as_file(square("A", 0, 0) | {"geometry": {"type": "Point"}}), "geen vlak"),
        (as_file(square("A", 0, 0) | {"geometry": None}), "geen vlak"),
        (as_file(square("A", 500, 0)), "buiten Nederland"),
        (
            as_file(
                square("A", 0, 0) | {"geometry": {"type": "Polygon", "coordinates": [[[4.9, 52.3]] * 5]}}
            ),
            "buiten Nederland",
        ),
        (
            as_file(square("A", 0, 0) | {"geometry": {"type": "Polygon", "coordinates": [[["x", 1]] * 5]}}),
            "kloppen niet",
        ),
        (as_file(square("A", 0, 0) | {"geometry": {"type": "Polygon"}}), "kloppen niet"),
        (
            b'{"features":[{"properties":{"code":"A"},"geometry":{"type":"Polygon","coordinates":[[[NaN,1]]]}}]}',
            "kloppen niet",
        ),
    ],
)
def test_a_file_that_is_no_map_is_refused_in_words(content, says):
    with pytest.raises(MapRefused, match=says):
        read_map(content)


@pytest.mark.django_db
def test_the_scanner_has_to_call_a_map_clean(client: Client, settings):
    factories.buurt("BU1", "Buurt 1")
    client.force_login(factories.user(Role.FUNCTIONEEL_BEHEERDER))
    settings.VIRUS_SCANNER = "tests.optout.test_notices.infected"
    page = client.post(PAGE, {"kaart": SimpleUploadedFile("a.json", as_file(square("BU1", 0, 0)))})
    assert "keurt dit bestand af" in page.content.decode()
    assert Buurt.objects.get(pk="BU1").outline == []


@pytest.mark.django_db(transaction=True)
def test_a_functioneel_beheerder_reads_it_in(client: Client):
    for code in ("BU1", "BU2", "BU3"):
        factories.buurt(code, f"Buurt {code}")
    manager, tail = factories.user(Role.FUNCTIONEEL_BEHEERDER), visits.AuditTail()
    client.force_login(manager)
    assert "Kaart inlezen" in client.get("/beheer/outreach/buurt/").content.decode()
    bad = client.post(PAGE, {"kaart": SimpleUploadedFile("a.json", as_file(square("ELDERS", 0, 0)))})
    assert bad.status_code == 422
    assert "Geen van de buurten op deze kaart staat in Bereik" in bad.content.decode()
    content = as_file(square("BU1", 0, 0), square("BU2", 1, 0), square("BU9", 2, 0))
    page = client.post(PAGE, {"kaart": SimpleUploadedFile("a.json", content)}, follow=True).content.decode()
    assert "Buurten met een omtrek: 2, zonder: 1. Niet bekend in Bereik: 1." in page
    assert len(Buurt.objects.get(pk="BU1").outline[0]) == 5
    assert Buurt.objects.get(pk="BU3").outline == []
    details = {"getekend": 2, "zonder": 1, "onbekend": 1}
    assert tail.lines(Event.MAP_READ) == [(str(manager.pk), "kaart", [], details)]
    assert "hoogstens" in client.post(PAGE, {}).content.decode()


@pytest.mark.django_db(transaction=True)
def test_the_map_hatches_what_is_not_told(client: Client):
    found.letter_round(found=120, reached=100, applied=60, granted=45, buurt="BU1")
    found.letter_round(found=64, reached=52, applied=30, granted=20, buurt="BU2")
    found.letter_round(found=33, reached=21, applied=21, granted=4, buurt="BU3")
    for number, code in enumerate(("BU1", "BU2", "BU3")):
        read = read_map(as_file(square(code, number, 0)))
        Buurt.objects.filter(pk=code).update(outline=read[code])
    factories.buurt("BU4", "Zonder omtrek")
    counting.make()
    client.force_login(factories.user(Role.TEAMLEIDER))
    page = client.get("/rapport/?kaart=toegekend").content.decode()
    shades = {
        name: (shade, text)
        for shade, name, text in re.findall(
            r'report-shade--(\w+)" fill-rule="evenodd" d="[^"]+"><title>([^:]+): ([^<]+)</title>', page
        )
    }
    assert shades["Buurt BU1"] == ("0", "38%")
    assert shades["Buurt BU3"] == ("hidden", "niet getoond")
    assert shades["Buurt BU2"] == ("hidden", "niet getoond")
    assert "Niet op de kaart: Zonder omtrek" in page
    assert "style=" not in page
    reached = client.get("/rapport/").content.decode()
    assert "Buurt BU1: 83%" in reached


def test_a_map_keeps_its_shape_and_north_is_up():
    read = read_map(as_file(square("BU1", 0, 0), square("BU2", 0, 1)))
    buurten = [Buurt(code=code, name=code, outline=rings) for code, rings in read.items()]
    made = report_map.areas(buurten, {}, 3)
    assert (made["width"], made["height"]) == (1000, 2000)
    south, north = made["paths"]
    assert south["y"] > north["y"]
    assert (north["x"], north["y"], north["room"]) == (500, 500, "phone")


def test_a_name_stands_on_the_map_where_it_fits():
    wide = [square(f"BU{column}", column, 0) for column in range(8)]
    read = read_map(as_file(*wide))
    buurten = [
        Buurt(code=code, name="Haven" if code < "BU4" else "Burgemeester Tellegenbuurt", outline=rings)
        for code, rings in read.items()
    ]
    made = report_map.areas(buurten, {}, 3)
    named = [area["name"] for area in made["paths"] if area["named"]]
    assert named == ["Haven"] * 4
    text = render_to_string("outreach/report_map.html", {"map": made})
    assert text.count(">Haven</text>") == 4
    assert "tellegenbuurt</text>" not in text.lower()


def test_the_shades_divide_the_shares_that_there_are():
    shades = report_map.Shades.over([26, 35, None])
    assert [shades.of(one) for one in (26, 27, 28, 35, None)] == ["0", "0", "1", "4", "hidden"]
    assert [one["label"] for one in shades.legend()][:2] == ["26–27%", "28–29%"]
    all_of_them = report_map.Shades.over([0, 100])
    assert [one["label"] for one in all_of_them.legend()][-2] == "84–100%"
    assert report_map.Shades.over([]).of(None) == "hidden"
    assert report_map.Shades.over([100]).legend()[0]["label"] == "100%"
