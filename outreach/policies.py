"""What the state of a thing allows, apart from who asks. Each rule raises NotNow, and has a boolean twin."""

from outreach.models import Household, LooplijstItem, Round, User
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
    if item is not None and item.round.state == RoundState.CLOSED:
        raise NotNow("Deze ronde is afgesloten.")


def can_visit(household: Household, item: LooplijstItem | None) -> bool:
    try:
        check_can_visit(household, item)
    except NotNow:
        return False
    return True
