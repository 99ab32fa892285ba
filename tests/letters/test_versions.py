"""Texts as versions and as fields: nothing is lost on the way there and back."""

import json

import pytest
from django.core.exceptions import ValidationError

from letters.forms.texts import field_name
from letters.texts.catalog import KINDS, PLACES, load_texts
from letters.texts.versions import (
    allowed_places,
    empty,
    fields_of,
    fingerprint,
    join,
    kinds_with,
    own_kinds,
    problems,
    split,
    with_texts,
)
from letters.views.templates_shown import PLACES as SHOWN_PLACES
from outreach.forms.free_text import refuse_bsn

PARTS = list(split(load_texts()))
IDS = [f"{kind} {code}" for kind, code, _ in PARTS]


def _at(content, path):
    for key in path.split("."):
        content = content[int(key)] if isinstance(content, list) else content[key]
    return content


def test_taken_apart_and_joined_the_texts_are_the_same():
    shipped, joined = load_texts(), join(PARTS)
    assert joined.shared == shipped.shared
    assert joined.regelingen == shipped.regelingen


@pytest.mark.parametrize(("kind", "code", "content"), PARTS, ids=IDS)
def test_a_text_that_ships_has_no_problem_and_no_bsn(kind, code, content):
    assert problems(kind, content) == {}
    for one in fields_of(content):
        refuse_bsn(one.text)


@pytest.mark.parametrize(("kind", "code", "content"), PARTS, ids=IDS)
def test_every_paragraph_is_a_field_with_a_name_of_its_own(kind, code, content):
    fields = fields_of(content, adding=True)
    assert [_at(content, one.path) for one in fields if not one.extra] == [
        one.text for one in fields if not one.extra
    ]
    for names in ([field_name(one.path) for one in fields], [one.label for one in fields]):
        assert len(set(names)) == len(names)
    assert "_" not in "".join(one.label for one in fields)


@pytest.mark.parametrize(("kind", "code", "content"), PARTS, ids=IDS)
def test_sent_back_unchanged_a_text_is_the_same_in_any_order_of_keys(kind, code, content):
    sent = {one.path: one.text for one in fields_of(content, adding=True)}
    kept = json.loads(json.dumps(content, sort_keys=True))
    assert with_texts(kept, sent) == content
    assert fingerprint(with_texts(kept, sent)) == fingerprint(content)


@pytest.mark.parametrize(("kind", "code", "content"), PARTS, ids=IDS)
def test_a_word_that_no_letter_of_the_kind_has_is_a_problem_in_every_field(kind, code, content):
    for one in fields_of(content):
        for word in PLACES - allowed_places(kind, one.path):
            wrong = problems(kind, with_texts(content, {one.path: f"Dag {{{word}}}."}))
            assert one.path in wrong, (one.path, word)


def test_a_list_grows_and_shrinks_and_never_becomes_empty():
    content = {"opening": ["Een.", "Twee."], "onderwerp": "Dag"}
    assert with_texts(content, {"opening.0": ""})["opening"] == ["Twee."]
    assert with_texts(content, {"opening.2": "Drie."})["opening"] == ["Een.", "Twee.", "Drie."]
    assert with_texts(content, {"opening.0": "", "opening.1": " "})["opening"] == [""]
    assert with_texts(content, {"opening.9": "Ver weg."}) == content
    assert with_texts(content, {"onderwerp": " Dag \n u "})["onderwerp"] == "Dag u"


def test_questions_on_the_form_keep_their_places():
    form = load_texts().shared["formulier"]
    changed = with_texts(form, {"bedragen.1.vraag": "", "bedragen.5.vraag": "Zes?"})
    assert len(changed["bedragen"]) == len(form["bedragen"])
    assert "bedragen.1.vraag" in problems("formulier", changed)


def test_an_empty_text_of_a_regeling_fits_each_kind_that_may_have_one():
    shipped = {kind: set(content) for kind, code, content in PARTS if code}
    for kind in own_kinds():
        assert set(empty(kind)) == shipped.get(kind, {"onderwerp", "opening"})
    assert set(own_kinds()) >= set(shipped)


def test_every_kind_of_letter_is_printed_with_its_own_text_and_the_shared_ones():
    for kind in KINDS:
        assert kind in kinds_with(kind)
        assert kind in kinds_with("algemeen")


def test_every_word_to_fill_in_is_explained_to_the_writer():
    assert set(SHOWN_PLACES) == PLACES


def test_a_bsn_would_be_found():
    """The positive control."""
    with pytest.raises(ValidationError):
        refuse_bsn("Over 1234.56.782")
