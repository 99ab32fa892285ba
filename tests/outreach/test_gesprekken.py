"""An attempt is written down once, and moves the address and what was brought to it."""

import datetime
import json
import threading
import uuid
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connections

from optout.actions import at_the_door
from outreach.actions import rounds
from outreach.actions.gesprekken import CLOSING, Attempt
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Approach, Gesprek, Klasse, LooplijstItem, Regeling, Role
from outreach.models.gesprek import GGM_RESULT, GGM_UNREACHED, AttemptKind, DayPart, GesprekResult
from outreach.models.looplijst import ItemState
from outreach.models.round import RoundKind
from tests import factories
from tests.outreach import ggm

pytestmark = pytest.mark.django_db


def _item(team) -> LooplijstItem:
    """An address on the looplijst of a team, by the real way there."""
    handover = factories.handover()
    factories.candidacy(factories.household(in_handover=handover))
    maker, fixer = factories.user(Role.TEAMLEIDER), factories.user(Role.TEAMLEIDER)
    with acting_as(maker.actor()):
        round_ = rounds.make(
            name="Proef",
            kind=RoundKind.VISIT,
            handover=handover,
            regelingen=Regeling.objects.filter(pk="stadspas"),
            klassen=Klasse.values,
            reply_before=None,
            by=maker,
        )
    with acting_as(fixer.actor()):
        rounds.fix(round_=round_, by=fixer)
    with acting_as(SYSTEM_ACTOR):
        return LooplijstItem.objects.select_related("household").get(round=round_, looplijst__team=team)


def _attempt(reached=True, result=GesprekResult.HELPED, note="") -> Attempt:
    day = datetime.date(2026, 3, 2)
    return Attempt(AttemptKind.VISIT, DayPart.MORNING, day, reached, result if reached else None, note)


@pytest.fixture
def fieldworker():
    return factories.user(Role.BUURTTEAM, team=factories.team())


def _save(item, by, attempt=None, submission=None):
    with acting_as(by.actor()):
        return at_the_door.save_gesprek(
            submission=submission or uuid.uuid4(),
            household=item.household,
            item=item,
            attempt=attempt or _attempt(),
            by=by,
        )


def _now(item) -> LooplijstItem:
    with acting_as(SYSTEM_ACTOR):
        return LooplijstItem.objects.get(pk=item.pk)


@pytest.mark.parametrize("result", GesprekResult)
def test_the_result_closes_the_address_or_keeps_it(fieldworker, result):
    item = _item(fieldworker.team)
    _save(item, fieldworker, _attempt(result=result))
    expected = ItemState.VISITED if result == GesprekResult.COME_BACK else ItemState.DONE
    assert _now(item).state == expected
    with acting_as(SYSTEM_ACTOR):
        approach = Approach.objects.get(round_id=item.round_id)
    assert (approach.contact, approach.response) == ("bezoek", "gesprek")


def test_nobody_home_keeps_the_address_and_counts(fieldworker):
    item = _item(fieldworker.team)
    _save(item, fieldworker, _attempt(reached=False))
    _save(item, fieldworker, _attempt(reached=False))
    after = _now(item)
    assert (after.state, after.attempts) == (ItemState.VISITED, 2)
    assert after.last_contact_at


def test_the_same_submission_is_saved_once(fieldworker):
    item, submission = _item(fieldworker.team), uuid.uuid4()
    first, created = _save(item, fieldworker, submission=submission)
    second, again = _save(item, fieldworker, _attempt(reached=False), submission)
    assert (created, again) == (True, False)
    assert first == second
    assert _now(item).attempts == 1


def test_twenty_clicks_at_once_save_once(fieldworker, unblocked):
    item, submission = _item(fieldworker.team), uuid.uuid4()
    barrier = threading.Barrier(20)
    created: list[bool] = []

    def clicks() -> None:
        barrier.wait()
        created.append(_save(item, fieldworker, submission=submission)[1])
        connections.close_all()

    threads = [threading.Thread(target=clicks) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(created) == [False] * 19 + [True]
    assert _now(item).attempts == 1
    with acting_as(SYSTEM_ACTOR):
        assert Gesprek.objects.count() == 1


def test_the_first_attempt_sets_the_round_going(fieldworker):
    item = _item(fieldworker.team)
    _save(item, fieldworker, _attempt(reached=False))
    _save(_now(item), fieldworker)
    assert _now(item).round.state == "lopend"


def test_reached_without_a_result_is_refused(fieldworker):
    item = _item(fieldworker.team)
    attempt = Attempt(AttemptKind.VISIT, DayPart.MORNING, datetime.date(2026, 3, 2), reached=True)
    with pytest.raises(IntegrityError, match="gesprek_reached_has_result"):
        _save(item, fieldworker, attempt)


def test_an_analyst_saves_nothing(fieldworker):
    item = _item(fieldworker.team)
    with pytest.raises(PermissionDenied):
        _save(item, factories.user(Role.ANALIST))


def test_every_result_that_ends_something_has_a_word_of_the_ggm():
    assert set(GGM_RESULT) == set(CLOSING)
    assert {*GGM_RESULT.values(), GGM_UNREACHED} <= ggm.END_RESULTS


def test_kinds_and_parts_of_the_day_are_words_of_the_ggm_in_small_letters():
    assert {one.value.upper() for one in DayPart} == ggm.DAY_PARTS
    assert {one.value.upper() for one in AttemptKind} <= ggm.CONTACT_KINDS


def test_the_words_of_the_ggm_are_those_of_its_schema():
    """Where the schema lies beside the project; the other tests go by the lists that are kept of it."""
    schema = Path(settings.BASE_DIR).parent / "shared" / "data" / "ggm" / "Vroegsignalering_Details.json"
    if not schema.exists():
        pytest.skip("the schema of the GGM is not here")
    found = {
        one["description"]: set(one["enum"])
        for each in json.loads(schema.read_text())["$defs"].values()
        for one in each.get("properties", {}).values()
        if "enum" in one
    }
    assert found["Enumeratie: ENUMEINDRESULTAAT"] == ggm.END_RESULTS
    assert found["Enumeratie: ENUMDAGDEEL"] == ggm.DAY_PARTS
    assert found["Enumeratie: ENUMCONTACTSOORT"] == ggm.CONTACT_KINDS
