"""A share is for one purpose, and of whom the worker of the box chose alone."""
# ruff: noqa: F811

import uuid

import pytest
from django.db import DatabaseError, transaction

from eligibility.models import Run
from letters.models import Letter, PayingAdministration, Share
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Handover, User
from outreach.policies import NotNow
from tests.eligibility import deliver
from tests.eligibility.conftest import places as _places  # noqa: F401
from tests.letters.test_sharing import (  # noqa: F401
    adviser,
    as_migrate,
    ask,
    choose,
    door,
    files,
    home,
    long_ago,
    manager,
    named,
    propose,
    raw,
    secret,
    sign,
    told,
    town,
    work,
)
from tests.roles import as_role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files")]


@as_role("migrate")
def _for(receiver: PayingAdministration, purpose: str) -> None:
    PayingAdministration.objects.filter(pk=receiver.pk).update(purpose=purpose)


@pytest.fixture
def of_another(town: Handover, manager: User) -> None:
    """The data of this koppeling were gathered to help with debts."""
    version = deliver.transparent(purposes=["schuldhulp"])
    with acting_as(SYSTEM_ACTOR):
        Run.objects.create(
            pk=town.pk, peildatum=town.peildatum, asked_by=manager, transparency=version, purpose="schuldhulp"
        )


@pytest.mark.usefixtures("of_another")
def test_what_was_gathered_for_one_purpose_is_not_shared_for_another(town, manager, adviser, secret):
    with pytest.raises(NotNow, match="voor een ander doel verzameld"):
        propose(town, manager, secret)
    assert not Share.objects.exists()
    _for(PayingAdministration.objects.get(), "schuldhulp")
    share = propose(town, manager, secret)
    sign(share, adviser)
    assert (share.purpose, share.round.purpose) == ("schuldhulp", "schuldhulp")


def test_a_receiver_that_is_for_another_purpose_by_now_gets_nothing(town, manager, adviser, secret):
    share = propose(town, manager, secret)
    _for(share.receiver, "schuldhulp")
    with pytest.raises(NotNow, match="voor een ander doel verzameld"):
        sign(share, adviser)
    _for(share.receiver, share.purpose)
    sign(share, adviser)
    choose(share)
    long_ago(share)
    _for(share.receiver, "schuldhulp")
    with pytest.raises(NotNow, match="voor een ander doel verzameld"):
        ask(share, manager)
    with pytest.raises(DatabaseError, match="another purpose"):
        raw(share, "state = 'gevraagd'")
    as_migrate("ALTER TABLE letters_share DISABLE TRIGGER doel")
    try:
        raw(share, "state = 'gevraagd'")
    finally:
        as_migrate("ALTER TABLE letters_share ENABLE TRIGGER doel")


def _brought_in(share: Share, name: str) -> None:
    """As a page that is broken would, or who works on the database with its rights."""
    with acting_as(SYSTEM_ACTOR), transaction.atomic():
        share.round.approaches.create(
            household=home(name), regeling_id="kwijtschelding", klasse="zeker", mode="formulier"
        )


def test_no_page_brings_anybody_into_a_share(told):
    with pytest.raises(DatabaseError, match="the worker chooses"):
        _brought_in(told, "Anna")
    as_migrate("ALTER TABLE outreach_approach DISABLE TRIGGER gekozen")
    try:
        _brought_in(told, "Anna")
    finally:
        as_migrate("ALTER TABLE outreach_approach ENABLE TRIGGER gekozen")


def _forged(share: Share, name: str) -> None:
    """A letter to somebody who was not chosen, on an approach of somebody who was."""
    with acting_as(SYSTEM_ACTOR):
        own = Letter.objects.filter(round=share.round_id).first()
        taken = Letter.objects.filter(round=share.round_id).count()
        Letter.objects.create(
            id=uuid.uuid4(),
            round_id=own.round_id,
            household=home(name),
            approach_id=own.approach_id,
            kind=own.kind,
            klasse=own.klasse,
            form_code="0" * 12,
            part_id=own.part_id,
            position=taken + 1,
            production="verzonden",
        )


def test_a_letter_that_no_choice_stands_behind_shares_nobody(told, manager, secret):
    _forged(told, "Anna")
    long_ago(told)
    ask(told, manager)
    work()
    assert "Anna" not in named(told.files.get(), manager, secret)


def test_without_the_look_at_the_choice_it_would(told, manager, secret):
    _forged(told, "Anna")
    long_ago(told)
    ask(told, manager)
    door("maak_deelbestand", "a.household_id = l.household_id", "true")
    try:
        work()
    finally:
        door("maak_deelbestand")
    assert "Anna" in named(told.files.get(), manager, secret)
