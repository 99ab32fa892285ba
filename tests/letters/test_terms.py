"""The term to complete an application: from the post, with time enough on paper, and longer on request."""

import datetime
import json
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from letters.actions import alarms, assessment, dates, parts, recalls, reprints, storage, terms
from letters.actions.contents import read_part
from letters.actions.ledger import Told, tell
from letters.composition.dutch import long_date
from letters.models import (
    Application,
    Axis,
    Letter,
    LetterKind,
    Part,
    Production,
    RecallReason,
    WorkItem,
    WorkKind,
)
from outreach.audit import Event
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import User
from outreach.policies import NotNow
from outreach.transitions import StateChanged
from tests.letters import applications, rounds
from tests.letters.samples import page_texts

pytestmark = pytest.mark.django_db
DAY, WEEK = datetime.timedelta(days=1), datetime.timedelta(weeks=1)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    settings.LETTER_FOLDER = tmp_path / "brieven"
    return settings.LETTER_FOLDER


@pytest.fixture
def sam() -> User:
    return applications.consulent("sam")


def _asked(sam: User) -> Application:
    one = applications.application(applications.household(), received_on=clock.today())
    with acting_as(sam.actor()):
        return assessment.ask_missing(application=one, codes=["inkomen"], version=one.version, by=sam)


def _question(one: Application) -> Letter:
    with acting_as(SYSTEM_ACTOR):
        found = Letter.objects.select_related("part__round", "household")
        return found.get(approach=one.approach_id, kind=LetterKind.MISSING)


def _made(one: Application, days_later: int = 0) -> Letter:
    """The question on paper: its part is made so many days after it was planned."""
    letter = _question(one)
    Part.objects.filter(pk=letter.part_id).update(planned_at=clock.now() + days_later * DAY)
    assert parts.make(part_id=letter.part_id)
    return _question(one)


def _sent(letter: Letter, day: datetime.date) -> None:
    moment = datetime.datetime.combine(day, datetime.time(12), datetime.UTC)
    with acting_as(SYSTEM_ACTOR):
        tell([letter.pk], Told(Axis.PRODUCTION, Production.SENT, occurred_at=moment))


def _later(one: Application, **columns: object) -> None:
    with acting_as(SYSTEM_ACTOR):
        Application.objects.filter(pk=one.pk).update(**columns)


def _work(kind: WorkKind) -> list[WorkItem]:
    with acting_as(SYSTEM_ACTOR):
        return list(WorkItem.objects.open().filter(kind=kind).select_related("letter"))


def _client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


# -- the date on paper --------------------------------------------------------------------------------


def test_the_question_is_the_same_after_the_application_went_on(sam: User):
    one = _asked(sam)
    letter = _made(one)
    assert letter.reply_by == clock.today() + terms.COMPLETE_WITHIN
    part = Part.objects.select_related("round__handover").get(pk=letter.part_id)
    first = storage.read(part)
    assert f"vóór {long_date(letter.reply_by)}" in page_texts(first)[0]
    _later(one, state="te_beoordelen", paused_until=None)
    with acting_as(SYSTEM_ACTOR):
        assert read_part(part)[str(letter.pk)].reply_by == letter.reply_by
        assert parts.remake(part, {}) == {}
    part.refresh_from_db()
    assert storage.read(part) == first


def test_a_question_that_is_printed_again_can_still_be_answered(sam: User):
    one = _asked(sam)
    letter = _made(one)
    _sent(letter, clock.today())
    with acting_as(SYSTEM_ACTOR):
        Letter.objects.filter(pk=letter.pk).update(reply_by=clock.today() - DAY)
    _later(one, state="te_beoordelen", paused_until=None)
    reprints.reprint(letter=letter, by=None)
    again = _question(one)
    assert parts.make(part_id=again.part_id)
    again = _question(one)
    assert (again.rejected, again.reply_by) == ("", clock.today() + dates.AT_LEAST)


def test_a_first_letter_has_two_weeks_left_when_it_is_made_after_the_date_of_its_round():
    part = rounds.made(2)
    assert part.round.reply_before < clock.today()
    reply_by = clock.today() + dates.AT_LEAST
    assert {one.reply_by for one in rounds.letters(part)} == {reply_by}
    assert f"vóór {long_date(reply_by)}" in page_texts(storage.read(part))[0]
    before = part.sha256
    rounds.plan_again(part)
    assert parts.make(part_id=part.pk)
    part.refresh_from_db()
    assert part.sha256 == before


def test_a_first_letter_has_the_date_of_its_round_while_that_is_far_away(monkeypatch):
    far = clock.today() + 5 * WEEK
    monkeypatch.setattr(rounds, "REPLY_BEFORE", far)
    part = rounds.planned(1)
    assert parts.make(part_id=part.pk)
    assert rounds.letters(part)[0].reply_by == far


def test_released_too_late_to_answer_it_is_made_again_with_a_later_date():
    batch = rounds.composed(2)
    part = batch.parts.get()
    with acting_as(SYSTEM_ACTOR):
        Letter.objects.filter(part=part).update(reply_by=clock.today() + 3 * DAY)
    assert rounds.release(batch).letters == 2
    after = Part.objects.get(pk=part.pk)
    assert after.version == part.version + 1
    expected = clock.today() + dates.AT_LEAST
    assert {one.reply_by for one in rounds.letters(part)} == {expected}
    assert f"vóór {long_date(expected)}" in page_texts(storage.read(after))[0]


def test_released_in_time_nothing_is_made_again():
    batch = rounds.composed(1)
    version = batch.parts.get().version
    rounds.release(batch)
    assert batch.parts.get().version == version


# -- the term -----------------------------------------------------------------------------------------


def test_the_term_runs_from_the_making_and_then_from_the_post(sam: User):
    one = _asked(sam)
    today = clock.today()
    letter = _made(one)
    _later(one, paused_until=today)
    with acting_as(SYSTEM_ACTOR):
        dates.fix(letter.part)
    assert applications.read(one).paused_until == letter.reply_by
    _sent(letter, today + 4 * DAY)
    assert terms.end_pauses() == 0
    assert applications.read(one).paused_until == today + 4 * DAY + terms.COMPLETE_WITHIN


def test_nothing_ends_while_the_question_is_not_in_the_post_and_that_is_work(sam: User):
    one = _asked(sam)
    letter = _made(one)
    _later(one, paused_until=clock.today() - DAY)
    assert terms.end_pauses() == 0
    assert applications.read(one).state == "aanvulling_gevraagd"
    alarms.sweep()
    [item] = _work(WorkKind.UNTOLD)
    assert item.letter_id == letter.pk
    client = _client(sam)
    page = client.get(reverse("work_item", args=[item.pk])).content.decode()
    assert "De brief met de vraag om aanvulling is niet verstuurd." in page
    assert "het besluit op papier" not in page
    assert "Deze vraag is niet gesteld" in client.get(reverse("letter", args=[letter.pk])).content.decode()
    _sent(letter, clock.today())
    alarms.sweep()
    assert _work(WorkKind.UNTOLD) == []


def test_a_question_that_was_left_out_or_asked_back_is_work(sam: User):
    one = _asked(sam)
    letter = _question(one)
    rounds.change_addressee(letter.household, given_names="", prefix="", family_name="")
    _made(one)
    alarms.sweep()
    assert [item.letter_id for item in _work(WorkKind.UNTOLD)] == [letter.pk]
    assert [item.letter_id for item in _work(WorkKind.REJECTED_LETTER)] == [letter.pk]


def test_one_that_is_asked_back_from_the_vendor_is_work(sam: User):
    letter = _made(_asked(sam))
    rounds.release(rounds.compose(letter.part.round))
    with acting_as(SYSTEM_ACTOR):
        recalls.ask(letter=letter, reason=RecallReason.MISTAKE)
    assert [item.letter_id for item in _work(WorkKind.UNTOLD)] == [letter.pk]


def test_who_settles_it_has_the_application_assessed_and_nobody_is_refused_for_it(sam: User):
    one = _asked(sam)
    _made(one)
    _later(one, paused_until=clock.today() - DAY)
    alarms.sweep()
    [item] = _work(WorkKind.UNTOLD)
    _client(sam).post(reverse("work_close", args=[item.pk]), {"reason": "gebeld"})
    after = applications.read(one)
    assert (after.state, after.paused_until, after.decide_by) == ("te_beoordelen", None, one.decide_by)
    assert len(_work(WorkKind.ASSESS)) == 1
    decision = assessment.Decision(assessment.Proposal.REFUSE, ("niet_aangevuld",))
    with acting_as(sam.actor()), pytest.raises(NotNow, match="niet verstuurd"):
        assessment.decide(application=after, decision=decision, version=after.version, by=sam)
    page = _client(sam).get(reverse("application", args=[one.pk])).content.decode()
    assert "Wat ontbrak, kwam niet binnen de termijn" not in page
    assert "Nog niet op de post" in page


# -- more time ----------------------------------------------------------------------------------------


def test_a_consulent_gives_more_time_and_it_is_written_down(sam: User):
    one = _asked(sam)
    letter = _made(one)
    _sent(letter, clock.today())
    until = clock.today() + 6 * WEEK
    address = reverse("application_extend", args=[one.pk])
    client = _client(sam)
    assert "Meer tijd geven" in client.get(reverse("application", args=[one.pk])).content.decode()
    assert client.post(address, {"langer-version": one.version}).status_code == 422
    answers = {"langer-version": one.version, "langer-until": until.isoformat(), "langer-reason": "gevraagd"}
    shown = client.post(address, answers, follow=True).content.decode()
    assert "Het huishouden heeft nu de tijd tot" in shown
    after = applications.read(one)
    assert (after.paused_until, after.state) == (until, "aanvulling_gevraagd")
    [line] = rounds.audited_since(letter.part, Event.TERM_EXTENDED)
    assert json.loads(line["bijzonderheden"]) == {"tot": until.isoformat(), "reden": "gevraagd"}
    assert line["actor"] == str(sam.pk)
    assert terms.end_pauses() == 0
    assert applications.read(one).paused_until == until
    with acting_as(SYSTEM_ACTOR):
        assert terms.resumed(after, until)["decide_by"] == one.decide_by + 6 * WEEK
    assert _question(one).reply_by == letter.reply_by
    shown = client.post(address, answers, follow=True).content.decode()
    assert "Er is niets besloten" in shown


@pytest.mark.parametrize("weeks", [1, 3, 13])
def test_a_term_is_never_shorter_and_never_without_end(sam: User, weeks: int):
    one = _asked(sam)
    until = clock.today() + weeks * WEEK
    with acting_as(sam.actor()), pytest.raises(NotNow, match="Kies een dag"):
        assessment.extend(application=one, until=until, reason="ziek", version=one.version, by=sam)


def test_what_waits_for_nothing_is_not_extended(sam: User):
    one = applications.application()
    until = clock.today() + WEEK
    with acting_as(sam.actor()), pytest.raises(StateChanged):
        assessment.extend(application=one, until=until, reason="ziek", version=one.version, by=sam)
