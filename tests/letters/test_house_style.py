"""The letterhead of a municipality: its own logo and colour, or the plain mark; said at the start."""

from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from django.core.checks import run_checks
from PIL import Image, ImageDraw

from letters.actions.contents import municipality
from letters.composition.house_style import BLUE, HouseStyle, HouseStyleFault, house_style
from letters.composition.layout import LayoutProfile
from letters.composition.parts import render_part
from tests.letters.samples import WATERVEEN, letter, open_pdf, page_texts
from tests.letters.test_paper import _assert_window


@pytest.fixture
def logo(tmp_path) -> str:
    """A red disc on nothing, wider than high, with a black bar."""
    picture = Image.new("RGBA", (600, 200), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((0, 0, 199, 199), fill=(255, 0, 0, 255))
    draw.rectangle((300, 0, 599, 199), fill=(0, 0, 0, 255))
    path = tmp_path / "logo.png"
    picture.save(path)
    return str(path)


def _part(texts, style: HouseStyle, count: int = 1):
    sender = replace(WATERVEEN, style=style)
    return render_part([letter(n) for n in range(1, count + 1)], LayoutProfile(), texts, sender)


def _pictures(pdf) -> list:
    return [one for one in pdf.objects if isinstance(one, pikepdf.Stream) and one.get("/Subtype") == "/Image"]


def test_the_logo_is_on_every_letter_and_once_in_the_file(logo, texts):
    part = _part(texts, house_style(logo), count=3)
    with open_pdf(part.pdf) as pdf:
        [picture] = _pictures(pdf)
        assert picture.ColorSpace == "/DeviceCMYK"
        assert (picture.Width, picture.Height) == (600, 200)
        dots = picture.read_bytes()
    assert dots[4 * (100 * 600 + 100) :][:4] == bytes((0, 255, 255, 0))
    assert dots[4 * (100 * 600 + 450) :][:4] == bytes((0, 0, 0, 255))
    assert dots[4 * (100 * 600 + 250) :][:4] == bytes(4)
    front, back, *_ = page_texts(part.pdf)
    assert "Gemeente\n" not in front.split("Retouradres")[0]
    assert "Gemeente Waterveen" in back
    _assert_window(part.pdf, 0, LayoutProfile().window)


def test_the_same_logo_gives_the_same_bytes(logo, texts):
    assert _part(texts, house_style(logo)).sha256 == _part(texts, house_style(logo)).sha256
    assert _part(texts, house_style(logo)).sha256 != _part(texts, HouseStyle()).sha256


def test_without_one_the_plain_mark_stays(texts):
    with open_pdf(_part(texts, house_style()).pdf) as pdf:
        assert _pictures(pdf) == []
    assert house_style().accent == BLUE


@pytest.mark.parametrize(
    ("text", "accent"),
    [
        ("100,55,15,15", BLUE),
        ("#000000", (0, 0, 0, 1)),
        ("ff0000", (0, 1, 1, 0)),
        ("0, 50, 100, 12.5", (0, 0.5, 1, 0.125)),
    ],
)
def test_a_colour_is_hex_or_cmyk(text, accent, texts):
    assert house_style("", text).accent == accent
    assert _part(texts, house_style("", text)).pages == 2


@pytest.mark.parametrize("text", ["blauw", "#12345", "100,55,15", "101,0,0,0", "-1,0,0,0", "nan,0,0,0"])
def test_what_is_no_colour_is_refused(text):
    with pytest.raises(HouseStyleFault, match="GEMEENTE_KLEUR"):
        house_style("", text)


def test_what_is_no_picture_is_refused(tmp_path, logo):
    (tmp_path / "kapot.png").write_bytes(Path(logo).read_bytes()[:300])
    (tmp_path / "tekst.png").write_text("<svg/>")
    Image.new("RGB", (100, 100)).save(tmp_path / "grof.png")
    Image.new("1", (3000, 3000)).save(tmp_path / "groot.png")
    for name in ("kapot.png", "tekst.png", "grof.png", "groot.png", "er-is-er-geen.png", ""):
        with pytest.raises(HouseStyleFault, match="GEMEENTE_LOGO"):
            house_style(str(tmp_path / name))


def test_the_start_says_what_cannot_be_used(settings, logo):
    assert [one.id for one in run_checks() if one.id == "letters.E001"] == []
    settings.GEMEENTE_LOGO, settings.GEMEENTE_KLEUR = logo, "blauw"
    [found] = [one for one in run_checks() if one.id == "letters.E001"]
    assert "GEMEENTE_KLEUR" in found.msg


def test_the_letters_get_it_from_the_settings(settings, logo):
    settings.GEMEENTE_LOGO, settings.GEMEENTE_KLEUR = logo, "0,50,100,10"
    municipality.cache_clear()
    try:
        assert municipality().style == house_style(logo, "0,50,100,10")
    finally:
        municipality.cache_clear()
