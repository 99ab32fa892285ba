"""Letters, the files they are printed from, what happens to them and what comes back."""

from .application import COUPLES, Application, ApplicationState, HouseholdType, Proposal
from .batch import Batch, BatchState
from .errand import Errand, ErrandKind
from .event import Axis, LetterEvent, Outcome
from .grant import Grant, GrantBasis, GrantExport, LegalBasis, PayingAdministration
from .letter import DeliveryState, FormerPrint, Letter, LetterKind, Production, Rejection, ResponseState
from .limit import AssetLimit, IncomeNorm, IncomePercentage
from .part import Part, PartState, PartTotals
from .pause import PauseReason, ReminderPause
from .recall import Recall, RecallResult
from .recall_reason import RecallReason
from .scan import Scan, ScanDelivery, ScanOutcome, Signature
from .share import Share, ShareFile, ShareFileKind, ShareLine, ShareState
from .template import Edition, Template, TemplateKind, TemplateState
from .vendor import Vendor, VendorClient, Window
from .work_item import WorkItem, WorkKind

__all__ = [
    "COUPLES",
    "Application",
    "ApplicationState",
    "AssetLimit",
    "Axis",
    "Batch",
    "BatchState",
    "DeliveryState",
    "Edition",
    "Errand",
    "ErrandKind",
    "FormerPrint",
    "Grant",
    "GrantBasis",
    "GrantExport",
    "HouseholdType",
    "IncomeNorm",
    "IncomePercentage",
    "LegalBasis",
    "Letter",
    "LetterEvent",
    "LetterKind",
    "Outcome",
    "Part",
    "PartState",
    "PartTotals",
    "PauseReason",
    "PayingAdministration",
    "Production",
    "Proposal",
    "Recall",
    "RecallReason",
    "RecallResult",
    "Rejection",
    "ReminderPause",
    "ResponseState",
    "Scan",
    "ScanDelivery",
    "ScanOutcome",
    "Share",
    "ShareFile",
    "ShareFileKind",
    "ShareLine",
    "ShareState",
    "Signature",
    "Template",
    "TemplateKind",
    "TemplateState",
    "Vendor",
    "VendorClient",
    "Window",
    "WorkItem",
    "WorkKind",
]
