"""The aggregates everything hangs on: people who work, people who are helped, and the contact between."""

from .approach import Approach
from .candidacy import Candidacy
from .gesprek import Gesprek
from .handover import Handover
from .household import Household, HouseholdMember
from .looplijst import Looplijst, LooplijstItem
from .person import Person
from .regeling import Klasse, Mode, Regeling
from .representative import Representative
from .round import Round
from .team import Buurt, Team
from .user import Role, User

__all__ = [
    "Approach",
    "Buurt",
    "Candidacy",
    "Gesprek",
    "Handover",
    "Household",
    "HouseholdMember",
    "Klasse",
    "Looplijst",
    "LooplijstItem",
    "Mode",
    "Person",
    "Regeling",
    "Representative",
    "Role",
    "Round",
    "Team",
    "User",
]
