"""One reminder, only while nothing came back, and not before the vendor handed over what did."""

import datetime
import uuid
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from letters.actions import batches, parts, recheck, reminders, storage
from letters.actions.contents import reference
from letters.actions.ledger import Told, tell
from letters.models import (
    Axis,
    Batch,
    DeliveryState,
    Letter,
    LetterKind,
    Part,
    PauseReason,
    ReminderPause,
    ResponseState,
    ScanDelivery,
    Vendor,
)
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Role, Round
from outreach.models.person import Departed
from outreach.models.round import RoundState
from outreach.policies import NotNow
from tests import factories
from tests.letters import rounds
from tests.letters.samples import page_texts

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    settings.LETTER_FOLDER = tmp_path / "brieven"
    return settings.LETTER_FOLDER


def _posted(count: int, **options: object) -> Part:
    """A part that is in the post, in a round of which the answers were due (rounds.REPLY_BEFORE)."""
    part = rounds.released(count, **options).parts.get()
    rounds.confirm(part)
    rounds.post(part)
    return Part.objects.select_related("round").get(pk=part.pk)


def _scans(until: datetime.date, *, closed: bool = True, vendor: Vendor | None = None) -> ScanDelivery:
    return ScanDelivery.objects.create(
        id=uuid.uuid4(),
        vendor=vendor or rounds.vendor(),
        expected=0,
        received_until=until,
        closed_at=clock.now() if closed else None,
    )


def _plan(round_: Round) -> int:
    by = rounds.leader()
    with acting_as(by.actor()):
        return reminders.plan(round_=round_, by=by)


def _reminders(round_: Round) -> list[Letter]:
    with acting_as(SYSTEM_ACTOR):
        found = Letter.objects.filter(round=round_, kind=LetterKind.REMINDER)
        return list(found.select_related("reminder_of").order_by("position"))


def test_each_letter_without_an_answer_gets_one_reminder_with_a_code_of_its_own():
    part = _posted(4)
    _scans(clock.today())
    assert [_plan(part.round), _plan(part.round)] == [4, 0]
    made = _reminders(part.round)
    assert [one.reminder_of_id for one in made] == [one.pk for one in rounds.letters(part)]
    assert all(one.form_code != one.reminder_of.form_code for one in made)
    assert [(one.approach_id, one.response) for one in made] == [
        (one.reminder_of.approach_id, ResponseState.OPEN) for one in made
    ]
    [later] = part.round.parts.exclude(pk=part.pk)
    assert parts.make(part_id=later.pk)
    later.refresh_from_db()
    assert (later.letters_count, later.rejected_count) == (4, 0)
    assert reference(part.round_id, made[0].form_code) in " ".join(page_texts(storage.read(later)))
    assert rounds.release(rounds.compose(part.round)).letters == 4


def _told(letter: Letter, axis: Axis, code: str) -> None:
    with acting_as(SYSTEM_ACTOR):
        tell([letter.pk], Told(axis, code))


def _pause(letter: Letter, until: datetime.date) -> ReminderPause:
    with acting_as(SYSTEM_ACTOR):
        return ReminderPause.objects.create(
            household=letter.household,
            reason=PauseReason.GESPREK,
            until=until,
            made_by=rounds.leader(),
        )


@pytest.mark.parametrize(
    "happens",
    [
        lambda one: _told(one, Axis.RESPONSE, ResponseState.RECEIVED),
        lambda one: _told(one, Axis.RESPONSE, ResponseState.UNSIGNED),
        lambda one: _told(one, Axis.DELIVERY, DeliveryState.RETURNED),
        lambda one: rounds.opt_out_of(one.household),
        lambda one: rounds.opt_out_of(one.household, "scholierenvergoeding"),
        lambda one: rounds.change_addressee(one.household, departed=Departed.MOVED),
        lambda one: rounds.lapse(one),
        lambda one: _pause(one, clock.today()),
    ],
)
def test_what_came_back_or_was_said_since_stops_the_reminder(happens):
    part = _posted(3)
    _scans(clock.today())
    first, second, third = rounds.letters(part)
    happens(second)
    assert _plan(part.round) == 2
    assert [one.reminder_of_id for one in _reminders(part.round)] == [first.pk, third.pk]
    happens(first)
    [later] = part.round.parts.exclude(pk=part.pk)
    parts.make(part_id=later.pk)
    later.refresh_from_db()
    assert (later.letters_count, later.rejected_count) == (1, 1), "between planning and making"
    batch = rounds.compose(part.round)
    happens(third)
    assert rounds.release(batch).letters == 0, "between making and release"
    assert [one.production for one in _reminders(part.round)] == ["vervallen", "vervallen"]


def test_a_pause_that_is_over_stops_nothing():
    part = _posted(1)
    _scans(clock.today())
    _pause(rounds.letters(part)[0], clock.today() - DAY)
    assert _plan(part.round) == 1


def test_a_letter_that_is_not_in_the_post_gets_no_reminder():
    part = rounds.released(1).parts.get()
    rounds.confirm(part)
    _scans(clock.today())
    assert _plan(Round.objects.get()) == 0


@pytest.mark.parametrize(
    ("deliveries", "held"),
    [
        ([], True),
        ([(0, False)], True),
        ([(-4, True)], True),
        ([(0, True), (-20, False)], True),
        ([(-3, True)], False),
        ([(-9, True), (0, True)], False),
    ],
)
def test_reminders_wait_until_the_vendor_handed_over_and_closed_what_came_back(deliveries, held, settings):
    assert settings.REMINDER_SCAN_DAYS == 3
    part = _posted(1)
    for days, closed in deliveries:
        _scans(clock.today() + days * DAY, closed=closed)
    if held:
        with pytest.raises(NotNow, match="scans"):
            _plan(part.round)
        assert _reminders(part.round) == []
    else:
        assert _plan(part.round) == 1


def test_a_batch_with_reminders_waits_for_the_scans_too():
    part = _posted(1)
    delivery = _scans(clock.today())
    _plan(part.round)
    parts.make(part_id=part.round.parts.exclude(pk=part.pk).get().pk)
    batch = rounds.compose(part.round)
    ScanDelivery.objects.filter(pk=delivery.pk).update(closed_at=None)
    with pytest.raises(NotNow, match="scans"):
        rounds.release(batch)
    ScanDelivery.objects.filter(pk=delivery.pk).update(closed_at=clock.now())
    assert rounds.release(batch).letters == 1


def _of_another_vendor(part: Part) -> Batch:
    """A batch with the reminders of a round, for a vendor who did not print for it before."""
    _plan(part.round)
    parts.make(part_id=part.round.parts.exclude(pk=part.pk).get().pk)
    other = rounds.vendor("Een andere drukker")
    with acting_as(rounds.leader().actor()):
        return batches.compose(round_=part.round, vendor=other, planned_on=clock.today(), by=rounds.leader())


def test_at_release_who_printed_the_letters_is_waited_for_and_not_who_begins_to_print():
    part = _posted(1)
    delivery = _scans(clock.today())
    batch = _of_another_vendor(part)
    ScanDelivery.objects.filter(pk=delivery.pk).update(closed_at=None)
    with pytest.raises(NotNow, match=r"Drukkerij Waterveen.*scans"):
        rounds.release(batch)
    ScanDelivery.objects.filter(pk=delivery.pk).update(closed_at=clock.now())
    assert rounds.release(batch).letters == 1, "the other one has handed over nothing, and printed nothing"


def test_who_begins_to_print_and_scans_already_is_waited_for_too():
    part = _posted(1)
    _scans(clock.today())
    batch = _of_another_vendor(part)
    _scans(clock.today(), closed=False, vendor=batch.vendor)
    with pytest.raises(NotNow, match=r"Een andere drukker.*scans"):
        rounds.release(batch)


def test_too_early_and_in_a_closed_round_nothing_is_planned(settings):
    part = _posted(1)
    _scans(clock.today())
    settings.REMINDER_DAYS = -(clock.today() - rounds.REPLY_BEFORE).days - 1
    with pytest.raises(NotNow, match="te vroeg"):
        _plan(part.round)
    Round.objects.update(state=RoundState.CLOSED)
    with pytest.raises(NotNow, match="loopt niet"):
        _plan(part.round)


def test_queries_do_not_grow_with_the_letters():
    def counted(size: int) -> int:
        part = _posted(size)
        _scans(clock.today())
        with CaptureQueriesContext(connection) as queries:
            assert _plan(part.round) == size
        return len(queries)

    few = counted(2)
    assert counted(20) == few <= 38


def test_a_pause_has_a_reason_and_an_end_and_can_be_ended():
    household = factories.household()
    user = factories.user(Role.CONSULENT)

    def pause(days: int, by: object = user) -> ReminderPause:
        return reminders.pause(
            household=household, reason=PauseReason.ASKED, until=clock.today() + days * DAY, by=by
        )

    with acting_as(user.actor()):
        made = pause(30)
        assert pause(30) == made, "a second click"
        assert list(reminders.active_pauses(household)) == [made]
        with pytest.raises(NotNow):
            pause(-1)
        with pytest.raises(NotNow):
            pause(999)
        assert [reminders.end_pause(pause=made, by=user), reminders.end_pause(pause=made, by=user)] == [
            True,
            False,
        ]
        assert list(reminders.active_pauses(household)) == []
    stranger = factories.user(Role.ANALIST)
    with acting_as(stranger.actor()), pytest.raises(PermissionDenied):
        pause(1, by=stranger)


def test_every_reason_to_ask_a_letter_back_is_one_that_a_recall_knows():
    assert {one.value for one in recheck.Lapse} >= {"afgemeld", "overleden", "verhuisd", "heeft_al"}
