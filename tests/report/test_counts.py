"""What is counted, and when a stand is made."""

import datetime

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connections

from letters import tasks
from letters.actions import report as counting
from letters.models import Grant
from letters.models import Letter as LetterRow
from outreach.actions import report
from outreach.audit import Event
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Approach, Buurt, ReportStand, Role, Round
from outreach.models.gesprek import GesprekResult
from outreach.views import report_shown
from tests import days, factories
from tests.outreach import visits
from tests.outreach.test_claims import at_once
from tests.report import found

pytestmark = pytest.mark.django_db(transaction=True)
SCHOOL = "scholierenvergoeding"


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch):
    def today(*day: int) -> None:
        days.pin(monkeypatch, datetime.date(*day))

    today(2026, 6, 1)
    return today


def line(table: str, key: str) -> tuple:
    return report.newest().tables[table].get(key, report.Line()).counts


def test_the_counts_are_those_of_the_lists(on):
    made = found.letter_round(found=60, reached=40, applied=30, granted=20, returned=10)
    assert counting.make()
    with acting_as(SYSTEM_ACTOR):
        approaches = Approach.objects.filter(round=made).count()
        posted = LetterRow.objects.filter(production="verzonden").exclude(delivery="onbestelbaar").count()
        granted = Grant.objects.count()
    assert report.newest().total.counts == (approaches, posted, 30, granted) == (60, 40, 30, 20)
    assert line("regeling", SCHOOL) == (60, 40, 30, 20)
    assert line("buurt", "BU1") == (60, 40, 30, 20)
    assert line("maand", "2026-03") == (60, 40, 30, 20)


def test_the_days_are_the_median_of_who_took_the_step(on):
    found.letter_round(found=60, reached=40, applied=30, granted=20)
    counting.make()
    assert report.newest().total.days == (3, 10, 20)
    assert report.newest().tables["regeling"][SCHOOL].days == (3, 10, 20)


def test_who_took_no_day_took_the_same_day():
    told = {"regeling": {SCHOOL: report.Line(days=(0, 1, 2))}}
    rapport = report.Rapport(datetime.date(2026, 3, 31), report.Line(days=(0, None, 3)), told)
    cells = [row["cells"][1:] for row in report_shown.step_rows(rapport, [(SCHOOL, "School")])]
    assert cells == [["dezelfde dag", report_shown.WITHHELD, "3 dagen"], ["dezelfde dag", "1 dag", "2 dagen"]]


def test_days_of_fewer_than_ten_are_not_told(on):
    found.letter_round(found=60, reached=40, applied=30, granted=9)
    counting.make()
    assert report.newest().total.counts == (60, 40, 30, None)
    assert report.newest().total.days == (3, 10, None)


def _asked_again(made: Round) -> None:
    """The same households, asked again in a round of a month later."""
    with acting_as(SYSTEM_ACTOR):
        old = list(made.approaches.all())
        made.pk = None
        made.fixed_at += datetime.timedelta(days=31)
        made.save()
        for one in old:
            one.pk, one.round = None, made
        Approach.objects.bulk_create(old)
        assert Approach.objects.count() == 2 * len(old)


def test_a_household_that_is_asked_twice_counts_once(on):
    _asked_again(found.letter_round(found=20, reached=20))
    counting.make()
    assert report.newest().total.counts[:2] == (20, 20)
    assert line("maand", "2026-03")[:2] == (20, 20)


def test_who_was_spoken_at_the_door_is_reached(on):
    looplijst = visits.list_of(factories.team("Noord"), visits.streets(*range(1, 31)))
    walker = factories.user(Role.CONSULENT)
    today = clock.today()
    for item in visits.items(looplijst)[:15]:
        visits.save(item, walker, result=GesprekResult.INFORMED, day=today)
    for item in visits.items(looplijst)[15:20]:
        visits.save(item, walker, day=today)
    counting.make()
    assert report.newest().total.counts == (30, 15, 0, 0)


def test_once_a_month(on):
    found.letter_round(found=30)
    first = counting.make()
    found.letter_round(found=30, regeling="laptop", buurt="BU2")
    assert counting.make() is None
    on(2026, 7, 1)
    assert counting.make().pk != first.pk
    assert report.newest().total.counts[0] == 60


def test_of_two_at_once_one_makes_it(on):
    found.letter_round(found=30)
    made = at_once([counting.make, counting.make, counting.make])
    assert [one for one in made if one is not None] == [ReportStand.objects.get()]


def test_the_clock_makes_it_by_itself(on):
    found.letter_round(found=30)
    tasks.make_report()
    tasks.make_report()
    assert ReportStand.objects.count() == 1
    assert "letters.tasks.make_report" in {one["task"] for one in settings.CELERY_BEAT_SCHEDULE.values()}


def test_a_month_in_which_too_little_changed_waits(on):
    found.letter_round(found=30)
    counting.make()
    found.letter_round(found=9, regeling="laptop")
    on(2026, 7, 1)
    assert counting.make() is None
    assert counting.due()
    assert report.newest().total.counts[0] == 30


def test_a_row_that_hardly_changed_stays_on_its_stand(on):
    found.letter_round(found=30, buurt="BU1")
    found.letter_round(found=40, buurt="BU2")
    found.letter_round(found=50, buurt="BU3")
    counting.make()
    found.letter_round(found=5, buurt="BU1", regeling="laptop")
    found.letter_round(found=25, buurt="BU2", regeling="laptop")
    found.letter_round(found=45, buurt="BU3", regeling="laptop")
    on(2026, 7, 1)
    counting.make()
    shown = report.newest().tables["buurt"]
    assert (shown["BU1"].counts[0], shown["BU1"].counted_on.month) == (30, 6)
    assert (shown["BU3"].counts[0], shown["BU3"].counted_on.month) == (95, 7)
    # The five would be what the other two leave of the total.
    assert shown["BU2"].counted_on.month == 6


def test_only_who_may_makes_a_stand_and_it_stands_in_the_audit(on):
    found.letter_round(found=30)
    with pytest.raises(PermissionDenied):
        counting.make(by=factories.user(Role.CONSULENT))
    analyst, tail = factories.user(Role.ANALIST), visits.AuditTail()
    made = counting.make(by=analyst)
    assert tail.lines(Event.REPORT_MADE) == [(str(analyst.pk), "stand", [str(made.pk)], {})]


def test_what_was_told_is_never_changed(on):
    found.letter_round(found=30)
    made = counting.make()
    with pytest.raises(DatabaseError):
        ReportStand.objects.filter(pk=made.pk).update(figures={})
    with pytest.raises(DatabaseError):
        ReportStand.objects.filter(pk=made.pk).delete()


def test_only_what_may_be_told_is_kept(on):
    """Whoever reads the table of stands reads no count that the page hides."""
    found.letter_round(found=30, buurt="BU1")
    found.letter_round(found=7, buurt="BU2")
    found.letter_round(found=41, buurt="BU3")
    counting.make()
    with connections["migrate"].cursor() as cursor:
        cursor.execute("SELECT figures::text FROM outreach_reportstand")
        kept = cursor.fetchone()[0]
    assert '"BU3": {"0": 41' in kept
    assert "BU1" not in kept
    assert "BU2" not in kept


def test_a_row_that_did_not_change_looks_like_one_that_changed_too_little(on):
    found.letter_round(found=30, buurt="BU1")
    found.letter_round(found=40, buurt="BU2")
    counting.make()
    found.letter_round(found=50, buurt="BU3", regeling="laptop")
    on(2026, 7, 1)
    counting.make()
    shown = report.newest().tables["buurt"]
    assert [shown[code].counted_on.month for code in ("BU1", "BU2", "BU3")] == [6, 6, 7]


def test_a_buurt_that_nobody_entered_is_unknown(on):
    found.letter_round(found=30, buurt="BU1")
    found.letter_round(found=25, buurt="BU2", regeling="laptop")
    Buurt.objects.filter(pk="BU2").delete()
    counting.make()
    assert line("buurt", "") == (25, 0, 0, 0)
    assert line("buurt", "BU1") == (30, 0, 0, 0)
