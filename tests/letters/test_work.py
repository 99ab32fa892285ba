"""What is put before a person: once, with an owner and an age, and settled by one."""

import datetime
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied

from letters.actions import forms, work
from letters.actions.ledger import Told, tell
from letters.models import Axis, DeliveryState, Letter, Production, Vendor, WorkItem, WorkKind
from letters.models.scan import Scan, ScanDelivery
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Role
from outreach.policies import NotNow
from tests import factories
from tests.letters import rounds

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path, settings):
    settings.LETTER_FOLDER = tmp_path / "brieven"
    settings.SCAN_FOLDER = tmp_path / "scans"
    return tmp_path


@pytest.fixture
def letter(folder):
    return rounds.letters(rounds.made(2))[0]


def _scan():
    vendor = Vendor.objects.create(name="Drukkerij")
    delivery = ScanDelivery.objects.create(
        id=uuid4(), vendor=vendor, expected=1, received_until=datetime.date(2026, 4, 1)
    )
    return Scan.objects.create(
        id=uuid4(), delivery=delivery, sha256="a" * 64, media_type="application/pdf", size=1
    )


def test_the_same_work_is_opened_once(letter):
    with acting_as(SYSTEM_ACTOR):
        first = work.open_item(WorkKind.NO_SIGNATURE, letter=letter)
        assert work.open_item(WorkKind.NO_SIGNATURE, letter=letter).pk == first.pk
        assert first.household_id == letter.household_id
        scan = _scan()
        other = work.open_item(WorkKind.SCAN_BROKEN, scan=scan)
        assert work.open_item(WorkKind.SCAN_BROKEN, scan=scan).pk == other.pk
        assert WorkItem.objects.count() == 2


def test_what_was_settled_may_come_again(letter):
    consulent = factories.user(Role.CONSULENT)
    with acting_as(SYSTEM_ACTOR):
        first = work.open_item(WorkKind.REMARK, letter=letter)
    with acting_as(consulent.actor()):
        work.settle(item=first, resolution="gezien", by=consulent)
        with pytest.raises(work.AlreadySettled):
            work.settle(item=first, resolution="gezien", by=consulent)
    with acting_as(SYSTEM_ACTOR):
        assert work.open_item(WorkKind.REMARK, letter=letter).pk != first.pk


def test_work_about_nothing_is_refused(folder):
    with acting_as(SYSTEM_ACTOR), pytest.raises(ValueError, match="about something"):
        work.open_item(WorkKind.STUCK)


def test_an_owner_is_changed_by_who_saw_the_former_one(letter):
    one, two, analyst = (factories.user(role) for role in (Role.CONSULENT, Role.TEAMLEIDER, Role.ANALIST))
    with acting_as(SYSTEM_ACTOR):
        item = work.open_item(WorkKind.REMARK, letter=letter)
    with acting_as(one.actor()):
        work.give(item=item, to=one, by=one, instead_of=None)
    with acting_as(two.actor()):
        with pytest.raises(NotNow, match="intussen"):
            work.give(item=item, to=two, by=two, instead_of=None)
        work.give(item=item, to=two, by=two, instead_of=one.pk)
        with pytest.raises(PermissionDenied):
            work.give(item=item, to=analyst, by=two, instead_of=two.pk)


def test_a_letter_that_came_back_is_asked_about_and_leaves_the_denominator(letter):
    with acting_as(SYSTEM_ACTOR):
        tell([letter.pk], Told(Axis.PRODUCTION, Production.SENT))
        assert Letter.objects.answerable().count() == 1
        tell([letter.pk], Told(Axis.DELIVERY, DeliveryState.RETURNED, reason="verhuisd"))
        assert forms.came_back([letter.pk]) == 1
        assert forms.came_back([letter.pk]) == 1
        assert WorkItem.objects.open().filter(kind=WorkKind.ADDRESS, letter=letter).count() == 1
        assert Letter.objects.answerable().count() == 0
