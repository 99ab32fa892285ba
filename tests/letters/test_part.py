"""A print part as a file: manifest, bookmarks, fonts, same bytes, nobody's letter in another's pages."""

import copy
import hashlib
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pikepdf
import pytest

from letters.composition.codes import human
from letters.composition.layout import LayoutProfile
from letters.composition.model import NamedPerson, PersonName, Point
from letters.composition.parts import MAX_LETTERS, LetterRejected, render_part
from letters.texts.catalog import DECISIONS, KINDS, NOTICES, WITH_FORM, load_texts
from tests.letters.samples import (
    LONG_ADDRESS,
    LONG_NAME,
    WATERVEEN,
    grant,
    letter,
    of_kind,
    open_pdf,
    page_texts,
)

ROOT = Path(__file__).resolve().parents[2]


def _mixed(count):
    """Letters of three kinds, each with names that no other has."""
    makers = (letter, lambda n, **kw: letter(n, klasse="onzeker", **kw), grant)
    return [
        makers[number % 3](
            number,
            addressee=PersonName("Anna", "", f"Achternaam{number:03d}x", "E", sex="V"),
            persons=(NamedPerson(f"Kind{number:03d}x Achternaam{number:03d}x", "20140303"),),
        )
        for number in range(1, count + 1)
    ]


def test_manifest_bookmarks_and_pages_tell_the_same(render):
    letters = _mixed(30)
    part = render(*letters)
    with open_pdf(part.pdf) as pdf:
        assert len(pdf.pages) == part.pages == sum(row.pages for row in part.manifest)
        with pdf.open_outline() as outline:
            entries = list(outline.root)
        places = {page.objgen: index for index, page in enumerate(pdf.pages, 1)}
        found = [(str(entry.title), places[_target(pdf, entry).objgen]) for entry in entries]
    expected = [
        (f"{row.seq:03d} {data.reference}", row.first_page)
        for row, data in zip(part.manifest, letters, strict=True)
    ]
    assert found == expected
    assert [row.letter_id for row in part.manifest] == [data.letter_id for data in letters]
    assert [row.form_code for row in part.manifest] == [data.form_code for data in letters]
    assert part.sha256 == hashlib.sha256(part.pdf).hexdigest()


def _target(pdf, entry):
    destination = entry.destination
    if isinstance(destination, pikepdf.Name | pikepdf.String):
        destination = pdf.Root.Dests[str(destination)]
    return destination[0]


def test_every_letter_has_an_even_number_of_pages_and_says_which(render):
    part = render(letter(1), grant(2), letter(3, klasse="onzeker"))
    texts = page_texts(part.pdf)
    for row in part.manifest:
        assert row.pages % 2 == 0
        assert row.sheets == row.pages // 2
        for page in range(row.pages):
            assert f"blad {page + 1} van {row.pages}" in texts[row.first_page - 1 + page]


def test_printed_on_one_side_each_page_is_a_sheet(render):
    part = render(letter(1), layout=LayoutProfile(duplex=False))
    assert (part.pages, part.sheets) == (2, 2)
    assert "op het tweede blad" in page_texts(part.pdf)[0]


def test_nothing_of_a_letter_is_in_another_s_pages(render):
    letters = _mixed(40)
    part = render(*letters)
    texts = page_texts(part.pdf)
    own = [
        {data.reference, data.addressee.family_name, data.persons[0].full_name}
        | ({human(data.form_code)} if data.form_code else set())
        for data in letters
    ]
    for row, data, marks in zip(part.manifest, letters, own, strict=True):
        whole = " ".join(texts[row.first_page - 1 : row.first_page - 1 + row.pages])
        assert all(mark in whole for mark in marks)
        strangers = set().union(*own) - marks
        assert [mark for mark in strangers if mark in whole] == []
        assert data.letter_id not in whole


def test_a_date_or_year_is_that_of_the_letter_itself(render):
    first = letter(1, klasse="onzeker")
    second = letter(
        2, klasse="onzeker", reply_by=date(2027, 6, 2), income_year=2026, letter_date=date(2027, 4, 1)
    )
    pages = page_texts(render(first, second, first).pdf)
    for page in (0, 1, 4, 5):
        assert "1 mei 2026" in pages[page]
        assert "2027" not in pages[page]
    for page in (2, 3):
        assert "2 juni 2027" in pages[page]
        assert "2025" not in pages[page]


def test_letters_of_several_regelingen_keep_their_own_words(render, texts):
    pairs = [pair for pair in texts.combinations if pair[1] in WITH_FORM]
    letters = [of_kind(kind, n, regeling=code) for n, (code, kind) in enumerate(pairs, 1)]
    pages = page_texts(render(*letters).pdf)
    for index, (code, kind) in enumerate(pairs):
        subject = texts.opening(code, kind)["onderwerp"]
        assert _filled(subject, texts, code) in pages[2 * index]
        assert texts.regeling(code)["formulier"]["titel"] in pages[2 * index + 1]
        assert "{" not in pages[2 * index] + pages[2 * index + 1]


def _filled(text, texts, code):
    return text.replace("{de_regeling}", texts.regeling(code)["de_regeling"])


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_says_whom_it_is_to_and_leaves_no_word_to_fill_in(kind, render, texts):
    codes = [code for code, one in texts.combinations if one == kind]
    part = render(*(of_kind(kind, n, regeling=code) for n, code in enumerate(codes, 1)))
    pages = page_texts(part.pdf)
    for number, code in enumerate(codes):
        first, second = pages[2 * number : 2 * number + 2]
        assert _filled(texts.opening(code, kind)["onderwerp"], texts, code) in first
        assert "Geachte mevrouw Jansen-de Vries," in first
        assert "{" not in first + second
        assert ("Een postzegel is niet nodig" in second) == (kind in WITH_FORM)
        assert ("binnen 6 weken" in second) == (kind in DECISIONS)


def test_a_word_to_fill_in_works_in_every_text(texts):
    asking = _asking(texts)
    part = render_part([letter(1), letter(2, klasse="onzeker"), grant(3)], LayoutProfile(), asking, WATERVEEN)
    assert [page for page in page_texts(part.pdf) if "{" in page or "}" in page] == []


def _asking(texts):
    """The same texts, with an extra word to fill in where there is room for it: headings and labels."""
    asking = copy.deepcopy(texts)
    for table in asking.shared.values():
        for key in table:
            if "kop" in key or key in ("gegevens", "inkomen", "handtekening", "groet", "vak_partner"):
                table[key] = "{gemeente}"
    for table in asking.regelingen.values():
        table["formulier"].update(titel="{gemeente}", personen="{gemeente}", verklaring="{gemeente}")
        for kind in set(table) & {"zeker", "onzeker", "ambtshalve"}:
            table[kind]["onderwerp"] = "{gemeente}"
    return asking


def test_the_same_letters_give_the_same_bytes_in_any_process(render):
    script = (
        "import hashlib\n"
        "from letters.composition.layout import LayoutProfile\n"
        "from letters.composition.parts import render_part\n"
        "from letters.texts.catalog import DECISIONS, KINDS, NOTICES, WITH_FORM, load_texts\n"
        "from tests.letters.samples import WATERVEEN, grant, letter\n"
        "print(render_part([letter(1), grant(2)], LayoutProfile(), load_texts(), WATERVEEN).sha256)\n"
    )
    here = render(letter(1), grant(2)).sha256
    for seed in ("1", "2"):
        elsewhere = subprocess.run(
            [sys.executable, "-c", script],
            cwd=ROOT,
            env={"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        assert elsewhere.stdout.strip() == here


def test_every_font_is_embedded_truetype(render):
    letters = [of_kind(kind, n, addressee=LONG_NAME, regeling="stadspas") for n, kind in enumerate(KINDS, 1)]
    with open_pdf(render(*letters).pdf) as pdf:
        fonts = [
            item
            for item in pdf.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Font"
        ]
        assert fonts
        for font in fonts:
            assert font.Subtype == "/TrueType"
            assert "/FontFile2" in font.FontDescriptor
            assert "NotoSans" in str(font.BaseFont)


def test_a_bookmark_or_the_metadata_holds_no_name(render):
    data = letter(1, addressee=PersonName("Anna", "", "Zeldzaam", "E"))
    with open_pdf(render(data).pdf) as pdf:
        with pdf.open_outline() as outline:
            titles = " ".join(str(entry.title) for entry in outline.root)
        assert "Zeldzaam" not in titles + str(dict(pdf.docinfo))
        assert str(pdf.Root.Lang) == "nl-NL"


def test_a_letter_is_small(render):
    part = render(*_mixed(120))
    assert len(part.pdf) / 120 <= 4096
    assert b"ASCII85Decode" not in part.pdf


@pytest.mark.parametrize("make", [letter, grant])
def test_a_text_that_needs_more_than_the_page_is_rejected(make, texts):
    longer = copy.deepcopy(texts)
    for code, kind in (("scholierenvergoeding", "zeker"), ("stadspas", "ambtshalve")):
        longer.regelingen[code][kind]["opening"] *= 12
    with pytest.raises(LetterRejected) as caught:
        render_part([make(1)], LayoutProfile(), longer, WATERVEEN)
    assert caught.value.code == "tekst_te_lang"


def test_a_back_that_needs_more_than_the_page_is_rejected(texts):
    longer = copy.deepcopy(texts)
    longer.shared["bezwaar"]["alineas"] *= 12
    with pytest.raises(LetterRejected) as caught:
        render_part([of_kind("afwijzing")], LayoutProfile(), longer, WATERVEEN)
    assert caught.value.code == "tekst_te_lang"


@pytest.mark.parametrize(("code", "kind"), load_texts().combinations)
def test_the_longest_names_and_many_persons_fit_every_letter(code, kind, render):
    persons = tuple(
        NamedPerson(f"Maximiliaan Alexander{n} van den Broek-Nieuwenhuizen", "20140303") for n in range(14)
    )
    data = of_kind(kind, 1, regeling=code, addressee=LONG_NAME, address=LONG_ADDRESS)
    if data.persons:
        data = replace(data, persons=persons)
    data = replace(data, reply_by=data.reply_by and date(2026, 9, 30))
    if kind == "herinnering":
        assert page_texts(render(replace(data, klasse="zeker", kind=kind)).pdf)
    whole = " ".join(page_texts(render(data).pdf))
    if kind in ("afwijzing", *NOTICES):
        return
    assert [person.full_name for person in persons if person.full_name not in whole] == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"persons": ()}, "gegevens"),
        ({"reply_by": None}, "gegevens"),
        ({"form_code": ""}, "gegevens"),
        ({"form_code": "123"}, "formuliercode"),
        ({"klasse": "onzeker", "income_year": None}, "gegevens"),
        ({"regeling": "energietoeslag"}, "tekst"),
        ({"addressee": PersonName("", "", ".")}, "naam"),
        ({"persons": tuple(NamedPerson(f"Kind {n}", "20140303") for n in range(60))}, "personen"),
        ({"persons": (NamedPerson("Abcdefgh" * 30, "20140303"),)}, "personen"),
        ({"addressee": PersonName("Wilhelmina " * 40, "", "Bos", "E")}, "adres"),
    ],
)
def test_a_letter_that_cannot_be_made_is_rejected_with_a_code(changes, code, render):
    with pytest.raises(LetterRejected) as caught:
        render(letter(1), letter(2, **changes))
    assert caught.value.code == code
    assert caught.value.letter_id.endswith("2")


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("aanvulling", {"points": ()}),
        ("aanvulling", {"points": (Point("nooit_gehoord"),)}),
        ("aanvulling", {"received_on": None}),
        ("aanvulling", {"reply_by": None}),
        ("aanvulling", {"points": (Point("inkomen"),), "klasse": "zeker", "income_year": None}),
        ("afwijzing", {"points": ()}),
        ("afwijzing", {"points": (Point("inkomen", 31_200),)}),
        ("afwijzing", {"points": (Point("vermogen", None, 15_540),)}),
        ("afwijzing", {"persons": ()}),
        ("toekenning", {"received_on": None}),
        ("afmelding", {"received_on": None}),
        ("deelbericht", {"share_on": None}),
        ("herinnering", {"form_code": ""}),
    ],
)
def test_a_letter_that_would_leave_a_hole_is_rejected(kind, changes, render):
    with pytest.raises(LetterRejected) as caught:
        render(of_kind(kind, 1, **changes))
    assert caught.value.code == "gegevens"


def test_a_letter_brings_its_own_texts(render, texts):
    other = copy.deepcopy(texts)
    other.regelingen["scholierenvergoeding"]["zeker"]["onderwerp"] = "Een ander onderwerp"
    first, _, second, *_ = page_texts(render(letter(1), letter(2, texts=other)).pdf)
    assert "Een ander onderwerp" not in first
    assert "Een ander onderwerp" in second


def test_a_grant_with_a_form_code_is_rejected(render):
    with pytest.raises(LetterRejected) as caught:
        render(grant(1, form_code="K7QF3MZD8W2X"))
    assert caught.value.code == "gegevens"


def test_a_part_has_at_least_one_and_at_most_500_letters(render):
    with pytest.raises(ValueError, match="minstens één"):
        render()
    with pytest.raises(ValueError, match="hoogstens 500"):
        render(*[grant(1)] * (MAX_LETTERS + 1))
