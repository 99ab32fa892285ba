"""Letter texts in versions: who may do what, what stays as it was, and with which a letter is made."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from letters.actions import editions, parts, storage, templates, text_check
from letters.apps import put_in_shipped_texts
from letters.models import Edition, Letter, Part, Template, TemplateKind, TemplateState
from letters.texts.catalog import load_texts
from letters.texts.versions import fingerprint, with_texts
from outreach.audit import Event
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.management.demo import texts
from outreach.models import Regeling, Role, User
from outreach.policies import NotNow
from tests import factories
from tests.letters import rounds
from tests.letters.samples import page_texts
from tests.roles import as_role

pytestmark = pytest.mark.django_db
SUBJECT = "U kunt geld voor school krijgen"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.LETTER_FOLDER = tmp_path / "brieven"


@pytest.fixture
def writer() -> User:
    return factories.user(Role.COMMUNICATIEADVISEUR)


@pytest.fixture
def second() -> User:
    return factories.user(Role.TEAMLEIDER)


@pytest.fixture
def zeker(writer) -> Template:
    """A concept of the zeker text of one regeling, after approved texts, with another subject."""
    rounds.approved_texts()
    with acting_as(writer.actor()):
        made = templates.start(kind="zeker", regeling=_school(), by=writer)
        templates.save(version=made, content=_with(made, "onderwerp", SUBJECT), by=writer)
    made.refresh_from_db()
    return made


def _school() -> Regeling:
    return Regeling.objects.get(pk="scholierenvergoeding")


def _with(version: Template, path: str, text: str) -> dict:
    return with_texts(version.content, {path: text})


def _judged(version: Template, by: User) -> Template:
    with acting_as(by.actor()):
        templates.judge(version=version, sha256=version.sha256, judgement="Leest makkelijk.", by=by)
    version.refresh_from_db()
    return version


def _approve(version: Template, by: User) -> None:
    with acting_as(by.actor()):
        templates.approve(version=version, sha256=version.sha256, by=by)


def _change(version: Template, **columns: object) -> None:
    """A change past all rules of the code."""
    with as_role("migrate"), transaction.atomic():
        Template.objects.filter(pk=version.pk).update(**columns)


def _clear() -> None:
    with as_role("migrate"):
        Template.objects.all().delete()


def test_the_texts_that_ship_come_in_as_concepts_that_nobody_made():
    _clear()
    count = put_in_shipped_texts()
    assert count == Template.objects.count() == Template.objects.concepts().count() > 60
    assert set(Template.objects.values_list("made_by", "number", "judgement")) == {(None, 1, "")}
    assert put_in_shipped_texts() == 0
    assert editions.current().combinations == ()


def test_a_release_with_another_text_brings_a_next_version_unless_somebody_writes_one(zeker):
    shipped = Template.objects.get(kind="onzeker", regeling="stadspas")
    for one in (shipped, Template.objects.get(kind="zeker", regeling=zeker.regeling, number=1)):
        with as_role("migrate"), connection.cursor() as cursor:
            cursor.execute("ALTER TABLE letters_template DISABLE TRIGGER ligt_vast")
            Template.objects.filter(pk=one.pk).update(sha256="0" * 64)
            cursor.execute("ALTER TABLE letters_template ENABLE TRIGGER ligt_vast")
    assert put_in_shipped_texts() == 1
    new = Template.objects.get(kind="onzeker", regeling="stadspas", number=2)
    assert (new.state, new.content, new.made_by) == (TemplateState.CONCEPT, shipped.content, None)


def test_all_texts_that_ship_pass_and_can_be_approved(writer, second):
    _clear()
    count = put_in_shipped_texts()
    assert texts.approve_shipped(writer, second) == count == Template.objects.approved().count()
    assert texts.approve_shipped(writer, second) == 0
    assert editions.current().combinations == load_texts().combinations


def test_approved_texts_are_those_that_shipped():
    rounds.approved_texts()
    shipped, approved = load_texts(), editions.current()
    assert approved.shared == shipped.shared
    assert approved.regelingen == shipped.regelingen
    assert approved.combinations == shipped.combinations


def test_a_second_person_approves_and_the_former_version_is_replaced(zeker, writer, second):
    former = Template.objects.of_same(zeker).approved().get()
    _approve(_judged(zeker, writer), second)
    zeker.refresh_from_db()
    former.refresh_from_db()
    assert (zeker.state, former.state) == (TemplateState.APPROVED, TemplateState.REPLACED)
    assert (zeker.number, zeker.approved_by) == (2, second)
    assert editions.current().regelingen["scholierenvergoeding"]["zeker"]["onderwerp"] == SUBJECT


def test_each_step_stands_in_the_audit(zeker, writer, second):
    _approve(_judged(zeker, writer), second)
    with as_role("migrate"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT handeling, actor FROM audit.gebeurtenis WHERE onderwerp = 'brieftekst'"
            " AND op >= %s ORDER BY id",
            [zeker.made_at],
        )
        lines = cursor.fetchall()
    expected = [Event.TEXT_MADE, Event.TEXT_CHANGED, Event.TEXT_JUDGED, Event.TEXT_REPLACED]
    assert [line[0] for line in lines] == [*expected, Event.TEXT_APPROVED]
    assert [line[1] for line in lines] == [str(writer.pk)] * 3 + [str(second.pk)] * 2


def test_the_maker_does_not_approve_his_own_text(zeker, writer):
    with pytest.raises(NotNow, match="zelf geschreven"):
        _approve(_judged(zeker, writer), writer)


def test_who_judged_a_text_that_shipped_does_not_approve_it(writer):
    put_in_shipped_texts()
    version = Template.objects.concepts().get(kind="zeker", regeling="stadspas")
    with pytest.raises(NotNow, match="met de software"):
        _approve(_judged(version, writer), writer)
    _approve(version, factories.user(Role.COMMUNICATIEADVISEUR))


def test_a_text_is_judged_by_a_person_before_it_is_approved(zeker, second):
    with pytest.raises(NotNow, match="getoetst"):
        _approve(zeker, second)


def test_a_judgement_goes_when_the_text_changes(zeker, writer, second):
    _judged(zeker, writer)
    with acting_as(writer.actor()):
        assert not templates.save(version=zeker, content=zeker.content, by=writer)
        zeker.refresh_from_db()
        assert zeker.judged_by == writer
        assert templates.save(version=zeker, content=_with(zeker, "onderwerp", "Geld voor school"), by=writer)
    zeker.refresh_from_db()
    assert (zeker.judgement, zeker.judged_by, zeker.judged_on) == ("", None, None)


def test_who_saves_it_last_is_the_maker_and_the_other_may_approve(zeker, writer):
    other = factories.user(Role.COMMUNICATIEADVISEUR)
    with acting_as(other.actor()):
        templates.save(version=zeker, content=_with(zeker, "onderwerp", "Geld voor school"), by=other)
    zeker.refresh_from_db()
    _judged(zeker, other)
    with pytest.raises(NotNow):
        _approve(zeker, other)
    _approve(zeker, writer)


def test_nobody_judges_or_approves_a_text_that_he_did_not_read(zeker, writer, second):
    _judged(zeker, writer)
    with acting_as(second.actor()), pytest.raises(NotNow, match="intussen"):
        templates.judge(version=zeker, sha256="0" * 64, judgement="Goed.", by=writer)
    with acting_as(second.actor()), pytest.raises(NotNow, match="intussen"):
        templates.approve(version=zeker, sha256="0" * 64, by=second)


def test_a_text_that_is_too_hard_is_not_approved(zeker, writer, second):
    hard = "Gelieve het desbetreffende aanvraagformulier volledig ingevuld en ondertekend te retourneren."
    with acting_as(writer.actor()):
        templates.save(version=zeker, content=_with(zeker, "opening.0", hard), by=writer)
    zeker.refresh_from_db()
    with pytest.raises(NotNow, match="taalcontrole"):
        _approve(_judged(zeker, writer), second)


def test_a_text_that_does_not_fit_on_the_paper_is_not_approved(zeker, writer, second):
    more = {f"opening.{number}": "U kunt geld krijgen. " * 20 for number in range(3)}
    content = with_texts(zeker.content, more)
    assert text_check.check_text(zeker, content).paper == ("De tekst past niet op het papier.",)


def test_another_writer_or_role_may_not(zeker, writer, second):
    _judged(zeker, writer)
    consulent = factories.user(Role.CONSULENT)
    refused = [
        lambda: templates.start(kind="onzeker", regeling=_school(), by=second),
        lambda: templates.save(version=zeker, content={}, by=second),
        lambda: templates.judge(version=zeker, sha256=zeker.sha256, judgement="Goed.", by=second),
        lambda: templates.approve(version=zeker, sha256=zeker.sha256, by=consulent),
        lambda: templates.refuse(version=zeker, reason="Nee.", by=consulent),
    ]
    for act in refused:
        with acting_as(second.actor()), pytest.raises(PermissionDenied):
            act()


def test_a_refused_version_stays_refused_with_its_reason(zeker, writer, second):
    with acting_as(second.actor()):
        templates.refuse(version=zeker, reason="Noem het bedrag.", by=second)
    zeker.refresh_from_db()
    assert (zeker.state, zeker.refusal, zeker.refused_by) == ("afgekeurd", "Noem het bedrag.", second)
    for act in (
        lambda: templates.save(version=zeker, content={}, by=writer),
        lambda: templates.approve(version=zeker, sha256=zeker.sha256, by=second),
        lambda: templates.refuse(version=zeker, reason="Nog eens.", by=second),
    ):
        with acting_as(second.actor()), pytest.raises(NotNow, match="geen concept"):
            act()
    with acting_as(writer.actor()):
        again = templates.start(kind="zeker", regeling=_school(), by=writer)
    assert (again.number, again.state) == (3, TemplateState.CONCEPT)
    with pytest.raises(IntegrityError, match="no way back"):
        _change(zeker, state="concept")


def test_there_is_one_concept_of_a_text_at_a_time(zeker, writer):
    with acting_as(writer.actor()), pytest.raises(NotNow, match="al een concept"):
        templates.start(kind="zeker", regeling=_school(), by=writer)


def test_a_regeling_gets_words_of_its_own_and_only_where_it_can(writer):
    rounds.approved_texts()
    with acting_as(writer.actor()):
        made = templates.start(kind="herinnering", regeling=_school(), by=writer)
        assert made.content == {"onderwerp": "", "opening": [""]}
        assert not text_check.check_text(made).passes
        with pytest.raises(NotNow):
            templates.start(kind="afmelding", regeling=_school(), by=writer)
    assert TemplateKind.REMINDER not in templates.kinds_to_add(_school())
    assert TemplateKind.REFUSAL in templates.kinds_to_add(_school())


@pytest.mark.parametrize(
    "columns",
    [
        {"content": {"onderwerp": "Anders"}},
        {"sha256": "1" * 64},
        {"number": 9},
        {"kind": "onzeker"},
        {"approved_at": datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)},
        {"judgement": "Anders"},
        {"state": "concept"},
        {"state": "concept", "approved_at": None, "approved_by": None},
        {"state": "afgekeurd"},
    ],
)
def test_an_approved_version_does_not_change_by_any_route(columns):
    rounds.approved_texts()
    version = Template.objects.approved().get(kind="zeker", regeling=_school())
    with pytest.raises(IntegrityError):
        _change(version, **columns)


def test_the_same_change_goes_through_without_the_trigger():
    """The positive control: it is the trigger that holds."""
    rounds.approved_texts()
    version = Template.objects.approved().get(kind="zeker", regeling=_school())
    with as_role("migrate"), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE letters_template DISABLE TRIGGER ligt_vast")
        try:
            Template.objects.filter(pk=version.pk).update(content={"onderwerp": "Anders"})
        finally:
            cursor.execute("ALTER TABLE letters_template ENABLE TRIGGER ligt_vast")
    version.refresh_from_db()
    assert version.content == {"onderwerp": "Anders"}


def test_no_version_comes_in_approved_and_no_maker_approves_past_the_code(zeker, writer):
    _judged(zeker, writer)
    signed = {
        "approved_by": writer,
        "approved_at": datetime.datetime(2026, 3, 3, tzinfo=datetime.UTC),
        "state": "goedgekeurd",
    }
    Template.objects.of_same(zeker).approved().update(state="vervangen")
    with pytest.raises(IntegrityError, match="template_approved_by_another"):
        _change(zeker, **signed)
    with pytest.raises(IntegrityError, match="begins as a concept"), transaction.atomic():
        Template.objects.create(
            kind="zeker",
            regeling=_school(),
            number=7,
            content={},
            sha256="2" * 64,
            judgement="Goed",
            judged_by=writer,
            judged_on=datetime.date(2026, 3, 3),
            **signed | {"approved_by": factories.user(Role.TEAMLEIDER)},
        )


def test_there_is_one_approved_version_of_a_text(zeker, writer, second):
    _judged(zeker, writer)
    with pytest.raises(IntegrityError, match="template_one_approved"):
        _change(zeker, state="goedgekeurd", approved_by=second, approved_at=zeker.made_at)


def test_without_an_approved_text_no_letter_is_planned():
    round_ = rounds.round_of(2)
    _clear()
    with acting_as(SYSTEM_ACTOR):
        lacking = editions.lacking_of(round_)
    assert lacking == [
        ("algemeen", ""),
        ("algemeen", "scholierenvergoeding"),
        ("formulier", ""),
        ("formulier", "scholierenvergoeding"),
        ("onzeker", ""),
        ("onzeker", "scholierenvergoeding"),
        ("zeker", ""),
        ("zeker", "scholierenvergoeding"),
    ]
    assert parts.rounds_due() == []
    assert parts.plan(round_id=round_.pk) == 0
    rounds.approved_texts()
    assert parts.rounds_due() == [round_.pk]
    assert parts.plan(round_id=round_.pk) == 1


def test_a_letter_has_its_version_and_edition_from_its_planning():
    part = rounds.planned(3)
    for letter in rounds.letters(part):
        assert (letter.template.kind, letter.template.regeling_id) == (letter.klasse, "scholierenvergoeding")
        assert letter.edition.templates.count() == Template.objects.approved().count()
    assert Edition.objects.count() == 1


def test_made_again_after_a_new_version_the_bytes_are_the_same(zeker, writer, second):
    part = rounds.made(4)
    first = storage.read(part)
    _approve(_judged(zeker, writer), second)
    rounds.plan_again(part)
    assert parts.make(part_id=part.pk)
    assert storage.read(Part.objects.get(pk=part.pk)) == first
    later = rounds.made(2)
    assert any(SUBJECT in text for text in page_texts(storage.read(later)))
    assert not any(SUBJECT in text for text in page_texts(first))


def test_planned_before_and_made_after_a_new_version_it_says_what_was_planned(zeker, writer, second):
    part = rounds.planned(2)
    _approve(_judged(zeker, writer), second)
    parts.make(part_id=part.pk)
    assert not any(SUBJECT in text for text in page_texts(storage.read(Part.objects.get(pk=part.pk))))


def test_a_letter_keeps_its_texts_past_the_code():
    part = rounds.planned(1)
    [letter] = rounds.letters(part)
    other = Template.objects.approved().exclude(pk=letter.template_id).first()
    for columns in ({"template": other}, {"edition": None, "template": None}):
        with pytest.raises(IntegrityError), acting_as(SYSTEM_ACTOR):
            Letter.objects.filter(pk=letter.pk).update(**columns)


def test_texts_are_one_query_and_no_more_when_nothing_changed():
    rounds.approved_texts()
    first = editions.current()
    with CaptureQueriesContext(connection) as asked:
        assert editions.current() is first
    assert len(asked) == 1


def test_the_fingerprint_does_not_depend_on_the_order_of_the_keys():
    assert fingerprint({"a": "1", "b": ["2"]}) == fingerprint({"b": ["2"], "a": "1"})
    assert fingerprint({"a": "1"}) != fingerprint({"a": "2"})
