"""What takes long is asked once, done by a worker for who asked, and not lost when he is killed."""

import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connections

from letters import tasks
from letters.actions import batches, closing, errands, reminders
from letters.models import Errand, Letter, LetterKind, ScanDelivery
from outreach.audit import Event
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Role, Round, User
from outreach.models.round import RoundState
from outreach.policies import NotNow
from tests import factories
from tests.letters import rounds

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.LETTER_FOLDER = tmp_path / "brieven"


class Killed(BaseException):
    """The worker is gone in the middle."""


def _posted(count: int) -> Round:
    """A round whose letters are out, of which everything that came back is with us."""
    part = rounds.released(count).parts.get()
    rounds.confirm(part)
    rounds.post(part)
    ScanDelivery.objects.create(
        id=uuid.uuid4(),
        vendor=rounds.vendor(),
        expected=0,
        received_until=clock.today(),
        closed_at=clock.now(),
    )
    return part.round


def _ask(what, **about) -> Errand:
    by = rounds.leader()
    with acting_as(by.actor()):
        assert what(**about, by=by)
        assert not what(**about, by=by)
    return Errand.objects.get(ended_at=None)


def _done(errand: Errand) -> Errand:
    errands.carry_out(errand_id=errand.pk)
    errand.refresh_from_db()
    return errand


def _reminded() -> int:
    with acting_as(SYSTEM_ACTOR):
        return Letter.objects.filter(kind=LetterKind.REMINDER).count()


def _actor_of(event: Event) -> str:
    with connections["migrate"].cursor() as cursor:
        cursor.execute(
            "SELECT actor FROM audit.gebeurtenis WHERE handeling = %s ORDER BY id DESC LIMIT 1", [event.value]
        )
        return cursor.fetchone()[0]


def test_reminders_are_asked_once_and_planned_in_the_name_of_who_asked():
    errand = _ask(errands.ask_reminders, round_=_posted(3))
    assert (errands.due(), _reminded()) == ([errand.pk], 0)
    _done(errand)
    assert (errand.letters, errand.problem, errands.due()) == (3, "", [])
    assert _actor_of(Event.REMINDERS_PLANNED) == str(errand.asked_by_id)
    assert _actor_of(Event.ERRAND_ASKED) == str(errand.asked_by_id)
    # A task that comes twice does nothing.
    ended = errand.ended_at
    assert (_done(errand).ended_at, _reminded()) == (ended, 3)


def test_the_sweep_finds_what_was_asked(monkeypatch):
    errand, asked = _ask(errands.ask_reminders, round_=_posted(1)), []
    monkeypatch.setattr(tasks.carry_out, "delay", asked.append)
    tasks.sweep_batches()
    assert asked == [errand.pk]


def test_who_is_killed_between_two_parts_plans_nobody_twice_and_loses_none(monkeypatch):
    monkeypatch.setattr(reminders, "MAX_LETTERS", 2)
    errand = _ask(errands.ask_reminders, round_=_posted(5))
    real, parts = reminders.lock_adults, []

    def killed_at_the_second(households):
        parts.append(1)
        if len(parts) == 2:
            raise Killed
        real(households)

    monkeypatch.setattr(reminders, "lock_adults", killed_at_the_second)
    with pytest.raises(Killed):
        errands.carry_out(errand_id=errand.pk)
    errand.refresh_from_db()
    assert (errand.letters, errand.ended_at, _reminded()) == (2, None, 2)
    assert errands.due() == [errand.pk]
    _done(errand)
    assert (errand.letters, _reminded()) == (5, 5)


def test_closing_takes_back_what_is_not_sent_and_says_how_much():
    part = rounds.made(2)
    errand = _ask(errands.ask_close, round_=part.round)
    _done(errand)
    assert (errand.letters, errand.problem) == (2, "")
    assert Round.objects.get(pk=part.round_id).state == RoundState.CLOSED
    assert _actor_of(Event.ROUND_CLOSED) == str(errand.asked_by_id)
    by = rounds.leader()
    with acting_as(by.actor()), pytest.raises(NotNow):
        errands.ask_close(round_=part.round, by=by)


def test_who_is_killed_while_he_closes_leaves_it_as_it_was(monkeypatch):
    errand = _ask(errands.ask_close, round_=rounds.made(2).round)
    with monkeypatch.context() as patched:
        patched.setattr(closing, "_withdraw_empty", lambda *_: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            errands.carry_out(errand_id=errand.pk)
    assert Round.objects.get().state == RoundState.RUNNING
    assert errands.due() == [errand.pk]
    assert _done(errand).letters == 2


def test_what_cannot_be_done_any_more_says_why_and_may_be_asked_again():
    round_ = _posted(1)
    errand = _ask(errands.ask_reminders, round_=round_)
    ScanDelivery.objects.update(closed_at=None)
    _done(errand)
    assert "nog niet allemaal geleverd" in errand.problem
    assert _reminded() == 0
    ScanDelivery.objects.update(closed_at=clock.now())
    again = _ask(errands.ask_reminders, round_=round_)
    assert again.pk != errand.pk
    assert errands.last(round_) == [again]


@pytest.mark.parametrize("what", [errands.ask_reminders, errands.ask_close])
def test_who_lost_his_role_meanwhile_has_nothing_done(what):
    errand = _ask(what, round_=_posted(1))
    User.objects.filter(pk=errand.asked_by_id).update(role=Role.CONSULENT)
    _done(errand)
    assert errand.problem == "Wie dit vroeg, mag dit intussen niet meer."
    assert (_reminded(), Round.objects.get().state) == (0, RoundState.RUNNING)


def test_who_leads_no_rounds_asks_nothing():
    round_, batch = _posted(1), batches.Batch.objects.get()
    other = factories.user(Role.CONSULENT)
    with acting_as(other.actor()):
        for what in (errands.ask_reminders, errands.ask_close):
            with pytest.raises(PermissionDenied):
                what(round_=round_, by=other)
        with pytest.raises(PermissionDenied):
            errands.ask_free(batch=batch, by=other)
    assert errands.due() == []


def test_another_worker_who_has_it_goes_first():
    errand = _ask(errands.ask_reminders, round_=_posted(1))
    with connections["migrate"].cursor() as other:
        other.execute("SELECT pg_advisory_lock(%s, %s)", [errands.LOCK_ERRAND, errand.pk])
        assert _done(errand).ended_at is None
        other.execute("SELECT pg_advisory_unlock(%s, %s)", [errands.LOCK_ERRAND, errand.pk])
    assert _done(errand).letters == 1
