"""A letter to who acts for somebody: his address in the window, the client's name outside it, who signs."""

import pytest

from letters.composition.layout import WINDOWS, LayoutProfile
from letters.composition.model import Address, PersonName, Representative
from letters.composition.representation import opening
from letters.texts.catalog import KINDS, WITH_FORM
from letters.texts.language import MAX_SENTENCE, faults
from tests.letters.samples import (
    BRUG,
    LONG_NAME,
    LONG_OFFICE,
    PERSON,
    char_boxes,
    letter,
    of_kind,
    page_texts,
)
from tests.letters.test_paper import _assert_window, _inside

CLIENT = PersonName("Anna", "de", "Vries", "E", sex="V")


def test_it_is_addressed_to_the_office_and_says_for_whom_it_is(render):
    to = Representative("Bewindkantoor De Brug", "bewindvoerder", BRUG.address, "de heer P. Kok")
    part = render(letter(1, addressee=CLIENT, representative=to))
    first, second = page_texts(part.pdf)
    assert "Geachte heer, mevrouw, Deze brief gaat over mevrouw A. de Vries." in first
    assert "U krijgt de brief omdat u haar bewindvoerder bent." in first
    assert "Geachte mevrouw" not in first
    shown = "".join(char for char, *_ in _inside(part.pdf, 0, LayoutProfile().window))
    assert shown == "BewindkantoorDeBrugt.a.v.deheerP.KokPostbus1141234ABEE"
    assert "Handtekening van de bewindvoerder" in second
    assert "Handtekening bewindvoerder" in second
    assert "Uw handtekening" not in second
    assert "Naam Anna de Vries" in second


def test_a_street_is_written_as_any_other(render):
    to = Representative("P. Kok", "mentor", Address("Singel", "8", "1234AB", "Ee", "B", "2"))
    shown = _inside(render(letter(1, representative=to)).pdf, 0, LayoutProfile().window)
    assert "".join(char for char, *_ in shown) == "P.KokSingel8B21234ABEE"


@pytest.mark.parametrize(
    ("sex", "who", "own", "whom"),
    [
        ("V", "mevrouw A. de Vries", "haar", "haar"),
        ("M", "de heer A. de Vries", "zijn", "hem"),
        ("O", "A. de Vries", "de", "deze persoon"),
    ],
)
def test_the_opening_speaks_of_a_man_a_woman_or_a_person(sex, who, own, whom):
    person = PersonName("Anna", "de", "Vries", "E", sex=sex)
    to = Representative("P. Kok", "curator", BRUG.address)
    says = (
        f"Deze brief gaat over {who}. U krijgt de brief omdat u {own} curator bent."
        f" Met ‘u’ bedoelen wij hierna {whom}."
    )
    assert opening(to, person, signs=False) == says
    assert opening(to, person, signs=True) == f"{says} Alleen de handtekening zet u zelf."


def test_the_opening_is_as_easy_as_the_letters():
    said = opening(LONG_OFFICE, CLIENT, signs=True)
    assert faults([said]) == []
    assert max(len(sentence.split()) for sentence in said.split(". ")) <= MAX_SENTENCE


@pytest.mark.parametrize("window", ["links", "rechts"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_leaves_the_window_clear_when_the_paper_slips_two_millimetres(kind, window, render):
    """The longest office and address fit in six lines, and the client's name is not in the window."""
    code = "stadspas" if kind == "ambtshalve" else "scholierenvergoeding"
    layout = LayoutProfile(window=WINDOWS[window], return_window=WINDOWS[window])
    data = of_kind(kind, 1, regeling=code, addressee=LONG_NAME, representative=LONG_OFFICE)
    pdf = render(data, layout=layout).pdf
    _assert_window(pdf, 0, layout.window)
    shown = _inside(pdf, 0, layout.window)
    assert len({round(bottom, 1) for _, _, _, _, bottom in shown}) >= 6
    text = "".join(char for char, *_ in shown)
    assert text.startswith("CoöperatieveVereniging")
    assert text.endswith("1234ABNIEUWERKERKAANDENIJSSEL")
    assert "Ḥusaynová" not in text
    for left, top, right, bottom in ((box[1:]) for box in shown):
        assert left - layout.window.x >= 2
        assert layout.window.x + layout.window.w - right >= 2
        assert top - layout.window.y >= 2
        assert layout.window.y + layout.window.h - bottom >= 2
    if kind in WITH_FORM:
        _assert_window(pdf, 1, layout.return_window)


def test_the_words_above_the_box_to_sign_in_stay_left_of_the_partners(render):
    boxes = char_boxes(render(letter(1, representative=LONG_OFFICE)).pdf, 1)
    line = [box for box in boxes if 220 < box[2] < 225 and box[1] < 80]
    assert "".join(char for char, *_ in line).startswith("Handtekeningvertegenwoordiger")
    assert max(box[3] for box in line) < 25 + 53 + 4


def test_the_same_letters_give_the_same_bytes_and_others_in_the_part_stay_as_they_are(render):
    plain, to_office = letter(1), letter(2, representative=BRUG)
    part = render(plain, to_office, letter(3, addressee=PERSON))
    assert part.pdf == render(plain, to_office, letter(3, addressee=PERSON)).pdf
    alone = page_texts(render(plain).pdf)
    assert [text.split("blad")[0] for text in page_texts(part.pdf)[:2]] == [
        one.split("blad")[0] for one in alone
    ]


def test_a_sign_outside_the_font_is_refused_and_not_left_out(render):
    with pytest.raises(ValueError, match="glyph"):
        render(letter(1, representative=Representative("张伟", "mentor", BRUG.address)))
