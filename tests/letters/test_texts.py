import pytest

from letters.composition.dutch import birth_date
from letters.texts.catalog import (
    FIRST,
    FOLLOWING,
    NOTICES,
    Fill,
    TextMissing,
    filled,
    kind_of,
    load_texts,
)
from letters.texts.language import faults, score, sentences, syllables

FILLED = Fill(
    gemeente="Waterveen",
    telefoon="14 0123",
    bereikbaar="op werkdagen van 9.00 tot 17.00 uur",
    website="waterveen.nl/regelingen",
    afmeldpagina="waterveen.nl/afmelden",
    privacypagina="waterveen.nl/privacy",
    bezoekadres="Stadsloket, Raadhuisplein 1",
    postadres="Postbus 100, 1230 AA Waterveen",
    ondertekenaar="het college van burgemeester en wethouders",
    uiterlijk="1 september 2026",
    jaar="2025",
    plek="op de achterkant",
    de_regeling="de Reiskostenvergoeding voor scholieren",
    ontvangen="28 september 2026",
    deeldatum="30 september 2026",
    bedrag="€ 131.200",
    grens="€ 28.900",
)
COMBINATIONS = load_texts().combinations


@pytest.mark.parametrize(("code", "kind"), COMBINATIONS)
def test_every_letter_and_form_is_plain_enough(code, kind, texts):
    assert faults(filled(texts.letter_paragraphs(code, kind), FILLED)) == []
    assert faults(filled(texts.form_paragraphs(code), FILLED)) == []


def test_the_confirmation_of_an_opt_out_of_everything_is_plain_enough(texts):
    assert faults(filled(texts.letter_paragraphs("", "afmelding"), FILLED)) == []


def test_ten_regelingen_have_letters_for_each_kind(texts):
    assert len(texts.regelingen) == 10
    assert len([pair for pair in COMBINATIONS if pair[1] in FIRST]) == 21
    for kind in FOLLOWING + NOTICES:
        assert len([pair for pair in COMBINATIONS if pair[1] == kind]) == 10
    assert ("stadspas", "ambtshalve") in COMBINATIONS
    assert ("czv", "ambtshalve") not in COMBINATIONS


def test_a_closed_regeling_has_no_letter(texts):
    with pytest.raises(TextMissing):
        texts.opening("energietoeslag", "zeker")


def test_only_an_ambtshalve_household_gets_the_grant():
    assert kind_of("zeker", "ambtshalve") == "ambtshalve"
    assert kind_of("zeker", "formulier") == "zeker"
    assert kind_of("onzeker", "formulier") == "onzeker"


def test_no_text_says_which_source_a_person_is_in(texts):
    """The kinds of sources stand in one list, the same for everybody; elsewhere none is named."""
    words = (
        "bijstand",
        "kwijtschelding",
        "gemeentebelasting",
        "aio",
        "bbz",
        "inlichtingenbureau",
        "uitkering",
    )
    told = {kind: () for _, kind in COMBINATIONS} | {"deelbericht": ("gemeentebelasting",)}
    for code, kind in texts.combinations:
        own = [*texts.opening(code, kind).values(), *texts.regeling(code)["formulier"].values()]
        whole = str(own).lower() + str(texts.shared[kind]).lower() + str(texts.shared["formulier"]).lower()
        assert [word for word in words if word in whole and word not in told[kind]] == []


def test_a_text_that_asks_for_an_unknown_word_is_refused(tmp_path):
    (tmp_path / "algemeen.toml").write_text('[zeker]\nkop = "Hallo {naam}"\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"algemeen\.toml.*naam"):
        load_texts(tmp_path)


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("mevrouw", 2),
        ("ideeën", 3),
        ("bijzonder", 3),
        ("geïnd", 2),
        ("Scholierenvergoeding", 6),
        ("beantwoorden", 4),
        ("nieuw", 1),
        ("2026", 2),
    ],
)
def test_syllables(word, count):
    assert syllables(word) == count


def test_sentences_end_at_points_and_colons_but_not_inside_a_time_or_site():
    found = sentences(
        ["Bel **14 0123**. Dat kan van 9.00 tot 17.00 uur. Zie waterveen.nl/afmelden.", "Een kop"]
    )
    assert [len(words) for words in found] == [3, 7, 3, 2]


def test_a_legal_sentence_does_not_pass():
    legal = (
        "Indien belanghebbende niet uiterlijk binnen de daartoe gestelde termijn de verzochte gegevens "
        "heeft verstrekt, kan de aanvraag krachtens de Algemene wet bestuursrecht buiten behandeling "
        "worden gesteld."
    )
    found = " ".join(faults([legal]))
    assert score([legal]).flesch < 30
    assert "woorden per zin" in found
    assert "langste zin" in found
    assert "leesbaarheid" in found
    assert "indien (schrijf: als)" in found


def test_an_abbreviation_does_not_pass():
    assert "bijv" in faults(["Neem bijv. een pas mee."])[0]


def test_a_text_without_a_sentence_is_no_text():
    with pytest.raises(ValueError, match="geen enkele zin"):
        score(["", "–"])


@pytest.mark.parametrize(
    ("delivered", "expected"),
    [
        ("20140303", "3 maart 2014"),
        ("20140300", "maart 2014"),
        ("20140000", "2014"),
        ("00000000", "onbekend"),
        ("", "onbekend"),
    ],
)
def test_birth_dates_as_delivered(delivered, expected):
    assert birth_date(delivered) == expected
