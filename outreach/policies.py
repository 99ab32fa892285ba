"""What the state of a thing allows, apart from who asks. Each rule raises NotNow, and has a boolean twin."""

from outreach.models import Approach, Household, LooplijstItem, Round, User
from outreach.models.looplijst import ItemState
from outreach.models.round import RoundState


class NotNow(Exception):
    """What is asked cannot be done in this state. The message is Dutch and says why."""


def check_can_fix(round_: Round, by: User) -> None:
    """A concept is fixed by another person than its maker (CHECK round_second_person)."""
    if round_.state != RoundState.CONCEPT:
        raise NotNow("Deze ronde is al vastgesteld.")
    if round_.made_by_id == by.pk:
        raise NotNow("Je hebt deze ronde zelf gemaakt. Vraag een collega om hem vast te stellen.")


def can_fix(round_: Round, by: User) -> bool:
    try:
        check_can_fix(round_, by)
    except NotNow:
        return False
    return True


def check_can_close(round_: Round) -> None:
    """What was never fixed has nothing to close, and closed is closed."""
    if round_.state == RoundState.CONCEPT:
        raise NotNow("Deze ronde is nog niet vastgesteld.")
    if round_.state == RoundState.CLOSED:
        raise NotNow("Deze ronde is al afgesloten.")


def can_close(round_: Round) -> bool:
    try:
        check_can_close(round_)
    except NotNow:
        return False
    return True


def check_can_visit(household: Household, item: LooplijstItem | None) -> None:
    """Nobody goes past who does not want contact, nor for a round that was closed.

    `household` comes with its members, `item` (its place on a looplijst, if any) with its round.
    """
    if household.refuses_contact():
        raise NotNow("Dit huishouden wil geen contact meer.")
    if household.refuses_visits():
        raise NotNow("Dit huishouden wil geen bezoek.")
    if item is not None and item.round.state == RoundState.CLOSED:
        raise NotNow("Deze ronde is afgesloten.")


def can_call(household: Household) -> bool:
    """Whether one may call, or speak at the desk: also with who wants no visit, and after a round too."""
    return not household.refuses_contact()


def can_visit(household: Household, item: LooplijstItem | None) -> bool:
    try:
        check_can_visit(household, item)
    except NotNow:
        return False
    return True


def check_can_reopen(household: Household, item: LooplijstItem) -> None:
    """An address that is done is taken up again where one may go, and something is left to bring up.

    Without that it would be on no list: not among what is left to do, and not among what is done. As
    `check_can_visit`, and one query.
    """
    check_can_visit(household, item)
    if item.state != ItemState.DONE:
        raise NotNow("Dit adres is niet klaar. Heropenen is niet nodig.")
    if not Approach.objects.visitable().filter(round=item.round_id, household=household).exists():
        raise NotNow("Er is hier niets meer om te bespreken. Leg een gesprek vast als dat anders is.")


def can_reopen(household: Household, item: LooplijstItem | None) -> bool:
    if item is None:
        return False
    try:
        check_can_reopen(household, item)
    except NotNow:
        return False
    return True
