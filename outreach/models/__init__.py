"""The aggregates everything hangs on: people who work, people who are helped, and the contact between."""

from .approach import Approach
from .breach import Breach
from .candidacy import Candidacy
from .claim import Claim
from .destruction import DestructionItem, DestructionList, LegalHold, RetentionRule
from .draft import Draft
from .gesprek import Gesprek
from .gesprek_said import GesprekOutcome, SituationChange
from .handover import Handover
from .household import Household, HouseholdMember
from .looplijst import Looplijst, LooplijstItem
from .notification import DailyMail, Notification
from .person import Person
from .referral import Organisation, Referral
from .regeling import Klasse, Mode, Regeling
from .report import PastCount, ReportStand
from .representative import Representative
from .role_review import RoleReview
from .round import Round
from .safety import SafetyInstruction
from .sheet import Sheet
from .subject_request import SubjectNumber, SubjectPack, SubjectRequest
from .task import Task
from .team import Buurt, Team
from .user import Role, User

__all__ = [
    "Approach",
    "Breach",
    "Buurt",
    "Candidacy",
    "Claim",
    "DailyMail",
    "DestructionItem",
    "DestructionList",
    "Draft",
    "Gesprek",
    "GesprekOutcome",
    "Handover",
    "Household",
    "HouseholdMember",
    "Klasse",
    "LegalHold",
    "Looplijst",
    "LooplijstItem",
    "Mode",
    "Notification",
    "Organisation",
    "PastCount",
    "Person",
    "Referral",
    "Regeling",
    "ReportStand",
    "Representative",
    "RetentionRule",
    "Role",
    "RoleReview",
    "Round",
    "SafetyInstruction",
    "Sheet",
    "SituationChange",
    "SubjectNumber",
    "SubjectPack",
    "SubjectRequest",
    "Task",
    "Team",
    "User",
]
