"""What a refusal says: file, line, column and rule in Dutch, and never a value."""

import pickle

import pytest

from eligibility.intake.refusals import FileRefused, LoadFailed, RowRefusal, Rule


def test_every_rule_has_a_wire_name_and_a_sentence():
    for rule in Rule:
        assert rule.value.replace("_", "").isalpha()
        assert rule.value == rule.value.lower()
        assert rule.sentence[0].isupper()
        assert rule.sentence.endswith(".")


def test_sentences_are_told_apart():
    assert len({rule.sentence for rule in Rule}) == len(Rule)


@pytest.mark.parametrize(
    ("refused", "message"),
    [
        (FileRefused(Rule.NO_ROWS), "Het bestand heeft geen rijen onder de kopregel."),
        (
            FileRefused(Rule.NUL_BYTE, 7).in_file("brp.csv"),
            "brp.csv, regel 7: Het bestand bevat een NUL-teken.",
        ),
        (
            FileRefused(Rule.COLUMN_MISSING, 1, "bsn", file="aio.csv"),
            "aio.csv, regel 1, kolom bsn: Deze kolom hoort in het bestand maar ontbreekt.",
        ),
        (
            FileRefused(Rule.YEAR_MISSING, column="jaar", file="levering.json", entry=3),
            "levering.json, onderdeel 3, gegeven jaar: Bij deze bron hoort een jaar.",
        ),
    ],
)
def test_a_refused_file_says_where_and_why(refused, message):
    assert str(refused) == message


def test_a_refused_row_says_where_and_why():
    refusal = RowRefusal(12, "geboortedatum", Rule.DATE_IMPOSSIBLE)
    assert refusal.message("brp.csv") == (
        "brp.csv, regel 12, kolom geboortedatum: De datum bestaat niet of is niet jjjjmmdd."
    )
    assert RowRefusal(3, "", Rule.FIELD_COUNT).message() == (
        "regel 3: De rij heeft te weinig of te veel velden."
    )


def test_a_failed_load_tells_the_sqlstate_alone():
    assert str(LoadFailed("23514")) == (
        "Het inladen is niet gelukt en ongedaan gemaakt (databasefout 23514)."
    )
    assert "onbekend" in str(LoadFailed(None))


def test_a_rule_survives_a_trip_to_another_process():
    assert pickle.loads(pickle.dumps(Rule.BSN_TWICE)) is Rule.BSN_TWICE
