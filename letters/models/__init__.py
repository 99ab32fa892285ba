"""Letters and the merged files they are printed from."""

from .letter import Letter, LetterKind, Rejection
from .part import Part, PartState, PartTotals

__all__ = ["Letter", "LetterKind", "Part", "PartState", "PartTotals", "Rejection"]
