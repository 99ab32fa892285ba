"""Sources, what they deliver, and the runs of the koppeling. People are not here: they are in the box."""

from .bron import Agreement, Bron, BronGround, ControllerRole, Layout, PostcodeBuurt
from .delivery import AT_REST, WORKING, Delivery, DeliveryKey, DeliveryState, RowProblem, RuleCount
from .run import OPEN_STATES, ColumnUse, Run, RunState, RunStep
from .told import FactsTold
from .transparency import Transparency
from .unsealing import OPEN_UNSEALS, RunSeal, UnsealAnswer, UnsealRequest, UnsealState

__all__ = [
    "AT_REST",
    "OPEN_STATES",
    "OPEN_UNSEALS",
    "WORKING",
    "Agreement",
    "Bron",
    "BronGround",
    "ColumnUse",
    "ControllerRole",
    "Delivery",
    "DeliveryKey",
    "DeliveryState",
    "FactsTold",
    "Layout",
    "PostcodeBuurt",
    "RowProblem",
    "RuleCount",
    "Run",
    "RunSeal",
    "RunState",
    "RunStep",
    "Transparency",
    "UnsealAnswer",
    "UnsealRequest",
    "UnsealState",
]
