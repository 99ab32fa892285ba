"""What the post, a reader and a scanner see on paper."""

import unicodedata
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image

from letters.composition.codes import payload
from letters.composition.layout import WINDOW_SLACK, WINDOWS, LayoutProfile
from letters.composition.model import Address, NamedPerson, PersonName
from letters.texts.catalog import KINDS, WITH_FORM
from tests.letters.samples import (
    LONG_ADDRESS,
    LONG_NAME,
    WATERVEEN,
    char_boxes,
    grant,
    letter,
    of_kind,
    page_image,
    page_texts,
)

NAMES = (
    "Çelik",
    "Đorđević",
    "Łukasz",
    "Şahin",
    "İnce",
    "Ḥusayn",
    "ʿAbd al-Raḥmān",
    "Nguyễn Thị Minh Khai",
    "O’Neill",
    "'s-Gravesande",
    "Ağaoğlu",
    "Þórðarson",
    "Ǧ ẖ ẞ Ə",
    "g̃uarani Z̃ X̌ J̌ M̂ x̄́",
    "Alexandersdottir-Wolfeschlegelstein van Nieuwenhuizen-Đurić",
)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_every_latin_name_can_be_read_back(form, render):
    persons = tuple(NamedPerson(unicodedata.normalize(form, name), "20140303") for name in NAMES)
    addressee = PersonName(
        unicodedata.normalize(form, "Ḥusayn Łukasz"), "van 't", unicodedata.normalize(form, "Żółć"), "E"
    )
    texts = page_texts(render(grant(1, persons=persons, addressee=addressee)).pdf)
    for name in NAMES:
        assert unicodedata.normalize("NFC", name) in texts[0]
    assert "Ḥ.Ł. van 't Żółć" in texts[0]


@pytest.mark.parametrize("window", ["links", "rechts"])
@pytest.mark.parametrize(
    ("addressee", "address"),
    [
        (PersonName("Anna", "", "Bos", "E", sex="V"), Address("Dijk", "1", "1234AB", "Ee")),
        (LONG_NAME, LONG_ADDRESS),
        (
            PersonName("Ḥusayn", "", "ÅÖÉgjpqy" * 5, "E"),
            Address("Kerkstraat", "12", "1234AB", "'s-Gravenhage"),
        ),
    ],
)
def test_only_the_address_is_in_the_window(window, addressee, address, render):
    layout = LayoutProfile(window=WINDOWS[window])
    part = render(letter(1, addressee=addressee, address=address), layout=layout)
    _assert_window(part.pdf, 0, layout.window)
    shown = "".join(char for char, *_ in _inside(part.pdf, 0, layout.window))
    assert shown.startswith(("A.", "M.", "Ḥ."))
    assert shown.endswith(("EE", "IJSSEL", "HAGE"))


@pytest.mark.parametrize("window", ["links", "rechts"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_leaves_the_window_clear_when_the_paper_slips_two_millimetres(kind, window, render):
    """Six address lines: what may be seen stays inside by 2 mm, all else outside by 5."""
    code = "stadspas" if kind == "ambtshalve" else "scholierenvergoeding"
    layout = LayoutProfile(window=WINDOWS[window], return_window=WINDOWS[window])
    data = of_kind(kind, 1, regeling=code, addressee=LONG_NAME, address=LONG_ADDRESS)
    pdf = render(data, layout=layout).pdf
    _assert_window(pdf, 0, layout.window)
    shown = _inside(pdf, 0, layout.window)
    assert len({round(bottom, 1) for _, _, _, _, bottom in shown}) >= 6
    assert "".join(char for char, *_ in shown).endswith("1234ABNIEUWERKERKAANDENIJSSEL")
    for left, top, right, bottom in ((box[1:]) for box in shown):
        assert left - layout.window.x >= 2
        assert layout.window.x + layout.window.w - right >= 2
        assert top - layout.window.y >= 2
        assert layout.window.y + layout.window.h - bottom >= 2
    if kind in WITH_FORM:
        _assert_window(pdf, 1, layout.return_window)


@pytest.mark.parametrize("window", ["links", "rechts"])
@pytest.mark.parametrize("klasse", ["zeker", "onzeker"])
def test_only_the_return_address_is_in_the_window_of_the_envelope_back(window, klasse, render):
    layout = LayoutProfile(return_window=WINDOWS[window])
    part = render(letter(1, klasse=klasse, addressee=LONG_NAME), layout=layout)
    _assert_window(part.pdf, 1, layout.return_window)
    shown = "".join(char for char, *_ in _inside(part.pdf, 1, layout.return_window))
    assert shown == "".join(WATERVEEN.return_lines).replace(" ", "")


def _inside(pdf, page, window):
    return [
        box
        for box in char_boxes(pdf, page)
        if window.x <= box[1] <= window.x + window.w and window.y <= box[2] <= window.y + window.h
    ]


def _assert_window(pdf, page, window):
    """No ink from 2 mm inside the window to 5 mm outside it; the picture shows lines and logos as well."""
    dpi = 127
    scale = dpi / 25.4
    picture = page_image(pdf, page, dpi)
    clear = window.clear
    outer = (window.x - clear, window.y - clear, window.x + window.w + clear, window.y + window.h + clear)
    inner = (
        window.x + WINDOW_SLACK,
        window.y + WINDOW_SLACK,
        window.x + window.w - WINDOW_SLACK,
        window.y + window.h - WINDOW_SLACK,
    )
    assert picture.crop([round(value * scale) for value in inner]).getextrema()[0] < 100
    blanked = picture.copy()
    blanked.paste(255, [round(value * scale) for value in inner])
    assert blanked.crop([round(value * scale) for value in outer]).getextrema() == (255, 255)


def test_the_post_has_its_code_zone_in_the_window(render):
    layout = LayoutProfile()
    part = render(letter(1, addressee=LONG_NAME, address=LONG_ADDRESS))
    lowest = max(box[4] for box in _inside(part.pdf, 0, layout.window))
    assert layout.window.y + layout.window.h - lowest >= layout.code_zone - 0.5


def test_between_postcode_and_place_are_two_blanks(render, fonts):
    part = render(letter(1, addressee=PersonName("Anna", "", "Bos", "E")))
    boxes = _inside(part.pdf, 0, LayoutProfile().window)
    text = "".join(char for char, *_ in boxes)
    start = text.index("ABWATERVEEN")
    gap = boxes[start + 2][1] - boxes[start + 1][3]
    assert gap >= 1.8 * fonts.width(" ", 10.5) / 72 * 25.4


def test_only_page_one_has_the_start_mark(render):
    part = render(letter(1), grant(2))
    dark = []
    for page in range(4):
        corner = page_image(part.pdf, page, 100).crop((16, 24, 40, 64))
        dark.append(corner.getextrema()[0] < 100)
    assert dark == [True, False, True, False]


@pytest.mark.parametrize("angle", [-3, 0, 3, 181])
def test_both_codes_are_read_from_a_poor_scan(angle, render):
    data = letter(1, klasse="onzeker")
    page = page_image(render(data).pdf, 1, 200)
    page = page.rotate(angle, resample=Image.Resampling.BILINEAR, fillcolor=255)
    spoiled = BytesIO()
    page.save(spoiled, "JPEG", quality=60)
    found = zxingcpp.read_barcodes(Image.open(spoiled), formats=zxingcpp.BarcodeFormat.QRCode)
    assert [code.text for code in found] == [payload(data.form_code, 1)] * 2


def test_a_letter_says_what_it_must(render):
    first, second = page_texts(render(letter(1)).pdf)
    for words in (
        "Geachte mevrouw Jansen-de Vries,",
        "3 maart 2026",
        "vóór 1 mei 2026",
        "14 0123",
        "Hoe komen wij aan uw gegevens?",
        "bezwaar maken",
        "afmelden",
        "Hulp kost niets",
    ):
        assert words in first
    for words in (
        "Fatima Jansen-de Vries",
        "geboren september 2011",
        "Een postzegel is niet nodig",
        "Handtekening",
    ):
        assert words in second


def test_a_reminder_has_the_form_of_its_class_again(render):
    for klasse in ("zeker", "onzeker"):
        first = letter(1, klasse=klasse)
        again = of_kind("herinnering", 1, klasse=klasse, form_code=first.form_code, persons=first.persons)
        pages = page_texts(render(first, again).pdf)
        assert pages[1] == pages[3]
        assert "nog niet bij ons terug" in pages[2]


def test_a_request_names_what_is_missing_the_term_and_has_the_form(render):
    first, second = page_texts(render(of_kind("aanvulling")).pdf)
    for words in ("14 februari 2026", "– uw handtekening", "– uw inkomen in 2025", "vóór 1 mei 2026"):
        assert words in first
    assert "Handtekening" in second


def test_a_refusal_says_why_with_the_amounts_and_how_to_object(render):
    first, second = page_texts(render(of_kind("afwijzing")).pdf)
    assert "Uw inkomen was € 31.200 in 2025." in first
    assert "hoogstens € 15.540 zijn" in first
    assert "binnen 6 weken na de datum van deze brief" in second


def test_a_notice_gives_the_day_and_an_opt_out_of_all_names_no_regeling(render):
    assert "vóór 30 september 2026" in page_texts(render(of_kind("deelbericht")).pdf)[0]
    first, second = page_texts(render(of_kind("afmelding", regeling="")).pdf)
    assert "over regelingen van de gemeente" in first
    assert "Wilt u dit niet?" not in second


def test_only_an_onzeker_form_asks_about_money(render):
    asked = "Wat was uw inkomen in heel 2025?"
    assert asked not in page_texts(render(letter(1)).pdf)[1]
    assert asked in page_texts(render(letter(1, klasse="onzeker")).pdf)[1]


def test_a_grant_has_no_form_and_tells_how_to_object(render):
    part = render(grant(1))
    first, second = page_texts(part.pdf)
    assert "U krijgt de Stadspas" in first
    assert "Sem de Vries" in first
    assert "binnen 6 weken" in second
    assert not zxingcpp.read_barcodes(page_image(part.pdf, 1, 200), formats=zxingcpp.BarcodeFormat.QRCode)


def test_the_words_on_sources_and_rights_are_the_same_for_everybody(render, texts):
    part = render(
        letter(1), letter(2, klasse="onzeker", regeling="rtm"), grant(3), grant(4, regeling="stadspas")
    )
    pages = page_texts(part.pdf)
    for row in part.manifest:
        whole = " ".join(pages[row.first_page - 1 : row.first_page + 1])
        for line in texts.shared["bronnen"]["lijst"]:
            assert line.replace("{gemeente}", "Waterveen") in whole
        assert texts.shared["bronnen"]["slot"] in whole
        assert "U mag bezwaar maken tegen dit gebruik van uw gegevens." in whole
