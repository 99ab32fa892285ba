"""A few letters through the vendor and back, over HTTP: his journal and our database say the same."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from letters.actions import recalls
from letters.models import (
    BatchState,
    Grant,
    LetterEvent,
    Production,
    RecallReason,
    ScanDelivery,
    WorkItem,
    WorkKind,
)
from letters.reading import guarded
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from tests.drukker import loop
from tests.letters import rounds
from tools.drukker import journal as steps
from tools.drukker.client import Refused
from tools.drukker.fates import BLANK, SIGNED, Shares

pytestmark = pytest.mark.django_db
NONE = Shares(**dict.fromkeys(Shares.__dataclass_fields__, 0.0))


@pytest.fixture(autouse=True)
def folders(settings, tmp_path):
    settings.LETTER_FOLDER = tmp_path / "brieven"
    settings.SCAN_FOLDER = tmp_path / "scans"
    yield
    guarded.close()


@pytest.fixture
def keys():
    return loop.access()


@pytest.fixture
def day(live_server, tmp_path, keys):
    """A day of the vendor: `day(shares, until=…, seed=…)`."""

    def _day(shares=NONE, **options):
        mine = loop.vendor(live_server.url, tmp_path / "journaal", keys, shares, **options)
        mine.work()
        mine.api.hang_up()
        return mine

    return _day


def events():
    with acting_as(SYSTEM_ACTOR):
        return list(LetterEvent.objects.values_list("letter_id", "code", "message_id").order_by("pk"))


def ask_back(letter):
    with acting_as(SYSTEM_ACTOR):
        return recalls.ask(letter=letter, reason=RecallReason.OPTED_OUT)


def test_what_is_confirmed_is_what_was_made(day):
    batch = rounds.released(6)
    day(until=steps.CONFIRMED)
    batch.refresh_from_db()
    assert batch.state == BatchState.CONFIRMED
    assert {letter.production for letter in loop.letters().values()} == {Production.CONFIRMED}


def test_all_goes_well_and_every_signed_zeker_form_is_granted(day):
    rounds.released(4)
    vendor = day()
    loop.process_all()
    assert vendor.follow()
    vendor.api.hang_up()
    ours, theirs = loop.letters(), loop.rows(vendor.journal)
    assert set(ours) == set(theirs)
    assert {letter.production for letter in ours.values()} == {Production.SENT}
    zeker = {key for key, letter in ours.items() if letter.klasse == "zeker"}
    with acting_as(SYSTEM_ACTOR):
        granted = {str(one) for one in Grant.objects.values_list("application__letter_id", flat=True)}
    assert granted == zeker
    assert all(theirs[key].answer == SIGNED for key in granted)


def test_blank_forms_are_in_the_queue(day):
    rounds.released(4)
    vendor = day(Shares(**{**vars_of(NONE), "blank": 1.0}))
    loop.process_all()
    assert {row.answer for row in loop.rows(vendor.journal).values()} == {BLANK}
    with acting_as(SYSTEM_ACTOR):
        queued = WorkItem.objects.open().filter(kind=WorkKind.NO_SIGNATURE)
        assert {str(key) for key in queued.values_list("letter_id", flat=True)} == set(loop.letters())
        assert not Grant.objects.exists()


def vars_of(shares):
    return {name: getattr(shares, name) for name in shares.__dataclass_fields__}


def test_a_rough_day_ends_as_the_journal_says(day):
    rounds.released(16)
    rough = Shares(
        refused=0.1, spoiled=0.15, returned=0.15, silent=0.3, late=0.5, repeated=0.5, cut=0.5, blank=0.3
    )
    vendor = day(rough, seed=4)
    ours = loop.letters()
    assert vendor.counts["meldingen die de gemeente niet heeft"] == 0
    for key, row in loop.rows(vendor.journal).items():
        letter = ours[key]
        assert letter.production == (Production.REFUSED if row.refused else Production.SENT)
        assert letter.delivery == ("onbestelbaar" if row.returned else "onbekend")
        assert letter.delivery_reason == row.returned


def test_a_second_day_changes_nothing(day):
    rounds.released(6)
    day(Shares())
    before = events()
    day(Shares())
    assert events() == before


@pytest.mark.parametrize("step", [steps.CONFIRMED, steps.PRINTED, steps.POSTED, steps.TOLD])
def test_a_day_that_was_broken_off_is_finished(day, step):
    rounds.released(4)
    day(Shares(late=0.4), until=step)
    vendor = day(Shares(late=0.4))
    assert {page.step for page in vendor.journal.parts()} == {steps.BACK}
    assert {letter.production for letter in loop.letters().values()} <= {
        Production.SENT,
        Production.REFUSED,
    }
    with acting_as(SYSTEM_ACTOR):
        assert not ScanDelivery.objects.filter(closed_at=None).exists()


def test_a_recall_is_answered_honestly(day):
    rounds.released(4)
    day(until=steps.PRINTED)
    first, second, *_ = sorted(loop.letters().values(), key=lambda letter: letter.position)
    kept = ask_back(first)
    vendor = day(until=steps.POSTED)
    gone = ask_back(second)
    vendor = day()
    for recall, result in ((kept, "ingetrokken"), (gone, "te_laat")):
        with acting_as(SYSTEM_ACTOR):
            recall.refresh_from_db()
        assert recall.result == result
    ours = loop.letters()
    assert ours[str(first.pk)].production == Production.WITHDRAWN
    assert ours[str(second.pk)].production == Production.SENT
    rows = loop.rows(vendor.journal)
    assert rows[str(first.pk)].withdrawn_at
    assert not rows[str(first.pk)].posted_at
    assert not rows[str(first.pk)].scans


def test_a_wrong_secret_gets_nothing(live_server, tmp_path, keys):
    stranger = loop.vendor(live_server.url, tmp_path / "j", (keys[0], "mis"), NONE)
    with pytest.raises(Refused):
        stranger.work()
    stranger.api.hang_up()


def test_the_command_tells_what_was_done(live_server, tmp_path, keys, monkeypatch):
    rounds.released(2)
    monkeypatch.setenv("PROEF_GEHEIM", keys[1])
    said = StringIO()
    call_command(
        "drukker",
        adres=live_server.url,
        client_id=keys[0],
        geheim_uit_omgeving="PROEF_GEHEIM",
        journaal=tmp_path / "journaal",
        tot=steps.TOLD,
        stdout=said,
    )
    assert re.search(r"brieven bevestigd +2$", said.getvalue(), re.MULTILINE)
    assert keys[1] not in said.getvalue()


def test_without_a_secret_the_command_says_what_to_set(tmp_path):
    with pytest.raises(CommandError, match="omgevingsvariabele NERGENS"):
        call_command("drukker", client_id="x", geheim_uit_omgeving="NERGENS", journaal=tmp_path)


def test_the_batch_to_test_with_is_rehearsed(live_server, tmp_path, keys):
    vendor = loop.vendor(live_server.url, tmp_path / "journaal", keys, NONE)
    counts = vendor.rehearse()
    vendor.api.hang_up()
    assert counts["bladzijden geprint"] > 0
    assert not list(vendor.journal.parts())
