import unicodedata
from dataclasses import replace

import pytest

from letters.composition.fonts import FontsMissing, load_fonts
from letters.composition.glyphs import GlyphMissing, clean, placed
from letters.composition.layout import LayoutProfile
from letters.composition.parts import LetterRejected, render_part
from tests.letters.samples import PERSON, WATERVEEN, letter


def test_a_name_comes_out_composed(fonts):
    assert clean(unicodedata.normalize("NFD", "Ḥusayn Ṣāliḥ Nguyễn"), fonts) == "Ḥusayn Ṣāliḥ Nguyễn"


def test_every_latin_letter_of_the_brp_can_be_drawn(fonts):
    blocks = ((0x20, 0x7E), (0xA1, 0xAC), (0xAE, 0x24F), (0x1E00, 0x1EFF), (0x300, 0x331))
    latin = [chr(code) for first, last in blocks for code in range(first, last + 1)]
    assert [char for char in latin if char not in fonts.coverage] == []


@pytest.mark.parametrize(
    "text", ["李小龙", "Jan\tJansen", "Jan\x00", "Jan\u200bJansen", "Jan\u202eJansen", "☺", "\ue000"]
)
def test_what_cannot_be_drawn_is_refused(text, fonts):
    with pytest.raises(GlyphMissing):
        clean(text, fonts)


def test_the_refusal_tells_how_many_and_not_which(fonts):
    with pytest.raises(GlyphMissing) as caught:
        clean("Jansen 李小龙", fonts)
    assert caught.value.count == 3
    assert "Jansen" not in str(caught.value)
    assert not set("李小龙") & set(str(caught.value))


@pytest.mark.parametrize("where", ["addressee", "address", "persons", "reference"])
def test_a_letter_with_such_a_character_is_rejected_by_id_and_code(where, render):
    good = letter(7)
    bad = {
        "addressee": PERSON.__class__("Jan", "", "李", "E"),
        "address": good.address.__class__("李straat", "1", "1234AB", "Waterveen"),
        "persons": (good.persons[0].__class__("李", "20140303"),),
        "reference": "PM-李",
    }
    with pytest.raises(LetterRejected) as caught:
        render(letter(7, **{where: bad[where]}))
    assert caught.value.code == "glyph"
    assert caught.value.letter_id == good.letter_id
    assert "李" not in str(caught.value)


def test_a_text_of_the_sender_is_checked_as_well(texts):
    sender = replace(WATERVEEN, visit_address="Stadsloket ☎")
    with pytest.raises(LetterRejected) as caught:
        render_part([letter(1)], LayoutProfile(), texts, sender)
    assert caught.value.code == "glyph"


def test_a_mark_without_composed_form_stands_over_its_letter(fonts):
    runs = list(placed("Ag̃a", fonts, False))
    assert "".join(text for text, _, _ in runs) == "Ag̃a"
    (_, start, _), (_, mark, lift), (_, after, _) = runs
    width = fonts.width("Ag", 1000)
    assert after == round(width)
    # The ink of the font's tilde lies left of the pen; over a small letter it needs no lift.
    assert start < mark <= width
    assert lift == 0


def test_a_mark_is_lifted_over_a_capital_and_over_another_mark(fonts):
    _, (_, _, over_capital) = placed("Z\u0303", fonts, False)
    _, (_, _, first), (_, _, second) = placed("x\u0304\u0301", fonts, False)
    assert over_capital > 0
    assert second > first


def test_absent_fonts_say_how_to_mend_it(tmp_path):
    with pytest.raises(FontsMissing, match=r"tools/fonts\.py"):
        load_fonts(tmp_path)
