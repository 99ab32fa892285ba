"""The letters of a round to who acts for an addressee: who it is on the day, how many queries, what stays."""

import datetime
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from letters.actions import parts, storage
from letters.actions.contents import read_part
from letters.models import Letter, Part
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Household, Representative
from tests import factories
from tests.letters import rounds
from tests.letters.samples import page_texts

pytestmark = pytest.mark.django_db
ABOUT = "Deze brief gaat over mevrouw A. van Kanariepiet"
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    settings.LETTER_FOLDER = tmp_path / "brieven"
    return settings.LETTER_FOLDER


def _represent(household: Household, **fields: object) -> Representative:
    with acting_as(SYSTEM_ACTOR):
        return factories.representative(household.members.get(addressee=True).person, **fields)


def _read(part: Part) -> list[str]:
    part.refresh_from_db()
    return page_texts(storage.read(part))


def test_one_household_of_a_part_has_a_representative():
    part = rounds.planned(3)
    one = _represent(rounds.letters(part)[1].household, attention="mevrouw J. Kok")
    parts.make(part_id=part.pk)
    pages = _read(part)
    assert [ABOUT in page for page in pages] == [False, False, True, False, False, False]
    for words in ("Bewindkantoor De Brug", "t.a.v. mevrouw J. Kok", "Singel 8", "Geachte heer, mevrouw,"):
        assert words in pages[2]
    assert [letter.representative_id for letter in rounds.letters(part)] == [None, one.pk, None]


@pytest.mark.parametrize(
    ("first", "last", "goes"),
    [(0, None, True), (0, 0, True), (1, None, False), (-9, -1, False), (-9, -10, False), (-9, 9, True)],
)
def test_who_is_in_force_on_the_day(first, last, goes):
    part = rounds.planned(1)
    today = clock.today()
    _represent(
        rounds.letters(part)[0].household,
        starts_on=today + first * DAY,
        ends_on=None if last is None else today + last * DAY,
    )
    parts.make(part_id=part.pk)
    assert (ABOUT in _read(part)[0]) is goes


def test_a_letter_stays_the_same_after_its_representative_is_gone():
    part = rounds.planned(2)
    one = _represent(rounds.letters(part)[0].household)
    parts.make(part_id=part.pk)
    with acting_as(SYSTEM_ACTOR):
        before = read_part(Part.objects.select_related("round__handover").get(pk=part.pk))
        Representative.objects.filter(pk=one.pk).update(
            ends_on=clock.today() - DAY, ended_by=one.set_by, ended_at=clock.now()
        )
        assert read_part(Part.objects.select_related("round__handover").get(pk=part.pk)) == before


def test_who_came_to_represent_somebody_before_the_release_gets_the_letter():
    batch = rounds.composed(2)
    part = batch.parts.get()
    _represent(rounds.letters(part)[1].household)
    assert rounds.release(batch).letters == 2
    pages = _read(part)
    assert [ABOUT in page for page in pages] == [False, False, True, False]
    assert part.version == 2


def test_what_was_released_stays_where_it_was_addressed():
    batch = rounds.released(2)
    part = batch.parts.get()
    sha256 = part.sha256
    _represent(rounds.letters(part)[0].household)
    assert not any(ABOUT in page for page in _read(part))
    assert part.sha256 == sha256
    with acting_as(SYSTEM_ACTOR):
        assert not Letter.objects.exclude(representative=None).exists()


def test_queries_do_not_grow_with_those_who_are_represented():
    def counted(size: int) -> int:
        part = rounds.planned(size)
        for letter in rounds.letters(part):
            _represent(letter.household)
        with CaptureQueriesContext(connection) as queries:
            parts.make(part_id=part.pk)
        assert all(ABOUT in page for page in _read(part)[::2])
        return len(queries)

    few = counted(2)
    assert counted(40) == few
    assert few <= 55
