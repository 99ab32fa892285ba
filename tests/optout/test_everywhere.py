"""What was said at ten holds at one past ten: no sweep, no cache and no copy stands between."""
# ruff: noqa: F811

import datetime
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from letters.actions import parts, reminders
from letters.models import Batch, Letter, LetterKind, Part, Rejection, ScanDelivery, Share
from outreach.actions import subject_requests
from outreach.actions.subject_requests import Asked
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Household, Looplijst, Person, Role, Round, SubjectRequest, User
from outreach.models.subject_request import RequestChannel, RequestKind
from tests import factories
from tests.eligibility.conftest import places as _places  # noqa: F401
from tests.letters import rounds, test_sharing
from tests.letters.test_sharing import adviser, files, manager, secret, told, town  # noqa: F401
from tests.outreach import visits

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    settings.LETTER_FOLDER = tmp_path / "brieven"
    return settings.LETTER_FOLDER


Says = Callable[[Household], None]


def _opts_out(household: Household, person: uuid.UUID) -> None:
    """On the page, as a consulent does who has the resident on the phone."""
    client = Client()
    client.force_login(factories.user(Role.CONSULENT))
    sent = {"person": str(person), "scope": "alles", "channel": "telefoon"}
    assert client.post(f"/huishoudens/{household.pk}/afmelden/", sent).status_code == 302


def _asks(kind: RequestKind, person: uuid.UUID) -> SubjectRequest:
    by = factories.user(Role.PRIVACY_OFFICER)
    asked = Asked(kind=kind, channel=RequestChannel.LETTER, received_on=clock.today())
    with acting_as(by.actor()):
        return subject_requests.register(asked=asked, person=person, by=by)


@pytest.fixture(params=["afmelding", RequestKind.RESTRICTION, RequestKind.OBJECTION])
def says_no(request: pytest.FixtureRequest) -> Says:
    """He opts out, asks for restriction (AVG art. 18) or objects (art. 21): to the work it is one thing."""

    def say(household: Household) -> None:
        with acting_as(SYSTEM_ACTOR):
            person = household.members.get(addressee=True).person_id
        if request.param == "afmelding":
            _opts_out(household, person)
        else:
            _asks(request.param, person)

    return say


def _reminded(round_: Round) -> set:
    by = rounds.leader()
    with acting_as(by.actor()):
        reminders.plan(round_=round_, by=by)
    with acting_as(SYSTEM_ACTOR):
        found = Letter.objects.filter(round=round_, kind=LetterKind.REMINDER)
        return set(found.values_list("household", flat=True))


def test_a_letter_that_is_planned_is_not_made(says_no):
    part = rounds.planned(3)
    out = rounds.letters(part)[1]
    says_no(out.household)
    assert parts.make(part_id=part.pk)
    with acting_as(SYSTEM_ACTOR):
        assert {one.rejected for one in Letter.objects.filter(household=out.household)} == {
            Rejection.OPTED_OUT
        }
        assert Letter.objects.filter(part=part, rejected="").count() == 2


def test_a_letter_that_is_made_is_not_printed(says_no):
    batch = rounds.composed(3)
    out = rounds.letters(batch.parts.get())[1]
    says_no(out.household)
    assert rounds.release(batch).lapsed == 1
    with acting_as(SYSTEM_ACTOR):
        out.refresh_from_db()
    assert (out.rejected, out.production) == (Rejection.OPTED_OUT, "vervallen")


def _waits_for_answers(part: Part) -> None:
    """In the post, and all that came back was handed over."""
    rounds.confirm(part)
    rounds.post(part)
    ScanDelivery.objects.create(
        id=uuid.uuid4(),
        vendor=rounds.vendor(),
        expected=0,
        received_until=clock.today(),
        closed_at=clock.now(),
    )


def test_no_reminder_is_planned(says_no):
    part = rounds.released(3).parts.get()
    _waits_for_answers(part)
    letters = rounds.letters(part)
    says_no(letters[1].household)
    with acting_as(SYSTEM_ACTOR):
        round_ = Round.objects.get(pk=part.round_id)
    assert _reminded(round_) == {letters[0].household_id, letters[2].household_id}


def test_the_address_is_gone_from_a_list_that_lies_open(says_no):
    looplijst = visits.list_of(factories.team(), visits.streets(1, 2, 3))
    out = visits.items(looplijst)[1].household
    client = Client()
    client.force_login(factories.user(Role.TEAMLEIDER))
    address = f"/huishoudens/{out.pk}/"
    assert address in client.get(f"/looplijsten/{looplijst.pk}/").content.decode()
    says_no(out)
    assert address not in client.get(f"/looplijsten/{looplijst.pk}/").content.decode()


def test_his_data_are_not_shared(says_no):
    household = factories.household()
    says_no(household)
    with acting_as(SYSTEM_ACTOR):
        assert Person.objects.get(memberships__household=household).no_share


def _clock_at(monkeypatch: pytest.MonkeyPatch, hour: int, minute: int) -> None:
    """Let it be that time of today for everything that asks the clock of the project."""
    moment = timezone.make_aware(datetime.datetime.combine(clock.today(), datetime.time(hour, minute)))
    monkeypatch.setattr(clock, "now", lambda: moment)


def _made(homes: list[Household], regeling: str) -> Round:
    round_ = rounds.letter_round(homes, regeling=regeling)
    assert parts.plan(round_id=round_.pk) == 1
    assert parts.make(part_id=round_.parts.get().pk)
    return round_


@dataclass(frozen=True)
class Standing:
    """Two households that stand in a round that is not printed, a list, a round to remind of, and a share."""

    homes: list[Household]
    unprinted: Batch
    looplijst: Looplijst
    posted: Round
    share: Share

    def on_the_list(self, leader: Client) -> set:
        page = leader.get(f"/looplijsten/{self.looplijst.pk}/").content.decode()
        return {one.pk for one in self.homes if f"/huishoudens/{one.pk}/" in page}


@pytest.fixture
def standing(told: Share, manager: User) -> Standing:
    with acting_as(SYSTEM_ACTOR):
        homes = [test_sharing.home(name) for name in ("Carl", "Dirk")]
    for one in homes:
        factories.candidacy(one, "czv")
    unprinted = rounds.compose(_made(homes, "czv"))
    posted = _made(homes, "stadspas")
    rounds.release(rounds.compose(posted))
    _waits_for_answers(posted.parts.get())
    looplijst = visits.lists_of(told.handover, factories.team())
    test_sharing.long_ago(told)
    test_sharing.ask(told, manager)
    return Standing(homes, unprinted, looplijst, Round.objects.get(pk=posted.pk), told)


@pytest.fixture
def said(
    standing: Standing, manager: User, secret: object, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], list[dict[str, bool]]]:
    """At ten the first of the two opts out on the page; gives where each of them stands at one past ten."""

    def say() -> list[dict[str, bool]]:
        _clock_at(monkeypatch, 10, 0)
        leader = Client()
        leader.force_login(factories.user(Role.TEAMLEIDER))
        assert standing.on_the_list(leader) == {one.pk for one in standing.homes}
        with acting_as(SYSTEM_ACTOR):
            first = standing.homes[0].members.get().person_id
        _opts_out(standing.homes[0], first)
        _clock_at(monkeypatch, 10, 1)
        listed, reminded = standing.on_the_list(leader), _reminded(standing.posted)
        rounds.release(standing.unprinted)
        with acting_as(SYSTEM_ACTOR):
            out = Letter.objects.filter(part__batch=standing.unprinted, production="vrijgegeven")
            printed = set(out.values_list("household", flat=True))
        test_sharing.work()
        names = test_sharing.named(standing.share.files.get(), manager, secret)
        return [
            {
                "round": one.pk in printed,
                "list": one.pk in listed,
                "reminder": one.pk in reminded,
                "share": name in names,
            }
            for one, name in zip(standing.homes, ("Carl", "Dirk"), strict=True)
        ]

    return say


FOUR = ("round", "list", "reminder", "share")


@pytest.mark.usefixtures("files")
def test_at_one_past_ten_he_is_gone_from_round_list_reminder_and_share(said):
    assert said() == [dict.fromkeys(FOUR, False), dict.fromkeys(FOUR, True)]


@pytest.mark.proof
@pytest.mark.usefixtures("files")
def test_without_its_trigger_he_stands_in_all_four(said):
    test_sharing.as_migrate("ALTER TABLE optout_optout DISABLE TRIGGER spiegel_nieuw")
    try:
        assert said() == [dict.fromkeys(FOUR, True)] * 2
    finally:
        test_sharing.as_migrate("ALTER TABLE optout_optout ENABLE TRIGGER spiegel_nieuw")
