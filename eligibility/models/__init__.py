"""Sources, what they deliver, and the runs of the koppeling. People are not here: they are in the box."""

from .bron import Agreement, Bron, BronGround, Layout, PostcodeBuurt
from .delivery import AT_REST, WORKING, Delivery, DeliveryKey, DeliveryState, RowProblem, RuleCount
from .run import OPEN_STATES, Run, RunState, RunStep
from .told import FactsTold

__all__ = [
    "AT_REST",
    "OPEN_STATES",
    "WORKING",
    "Agreement",
    "Bron",
    "BronGround",
    "Delivery",
    "DeliveryKey",
    "DeliveryState",
    "FactsTold",
    "Layout",
    "PostcodeBuurt",
    "RowProblem",
    "RuleCount",
    "Run",
    "RunState",
    "RunStep",
]
