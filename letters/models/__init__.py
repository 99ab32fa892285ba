"""Letters and the merged files they are printed from."""

from .letter import Letter, LetterKind
from .part import Part, PartState

__all__ = ["Letter", "LetterKind", "Part", "PartState"]
