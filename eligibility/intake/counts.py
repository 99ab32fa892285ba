"""What is counted while a file is read: BSNs that stand there more than once, and what became of the rows."""

from array import array
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from eligibility.intake.refusals import RowRefusal, Rule
from outreach.kernel import bsn

_BUCKET_BITS = 20
_REFUSAL_BATCH = 1000

OnRefusals = Callable[[list[RowRefusal]], None]


class RepeatedNumbers:
    """Finds the BSNs that stand in a file more than once, at four bytes a row.

    All rows with a readable BSN count, also those refused for something else: of two rows with one
    BSN nobody knows which is right. They are held in memory alone, and gone with this object.
    """

    def __init__(self) -> None:
        self._buckets = [array("I") for _ in range((10**bsn.LENGTH >> _BUCKET_BITS) + 1)]

    def add(self, text: str) -> None:
        """Note the BSN of one row; lost zeros make no difference, and what is no number is passed over."""
        if len(text) <= bsn.LENGTH and text.isdigit() and text.isascii():
            number = int(text)
            self._buckets[number >> _BUCKET_BITS].append(number)

    def found(self) -> frozenset[str]:
        """The BSNs, of nine digits, that were added more than once."""
        return frozenset(
            f"{number:0{bsn.LENGTH}d}"
            for bucket in self._buckets
            if len(set(bucket)) < len(bucket)
            for number, times in Counter(bucket).items()
            if times > 1
        )


@dataclass(slots=True)
class LoadResult:
    """What became of the rows of one file (of a `gba_v` file: of its lists).

    `rows_read` = `rows_kept` + `merged` + the sum of `refused`. `merged` are rows that said nothing
    new beside a row that was kept. `restored_zeros` counts the BSNs, of whomever, that had lost zeros;
    `emptied_partner` and `emptied_parent` those that failed the 11-proef. These three look at every
    row with the right number of fields, also when it was refused for something else.
    """

    rows_read: int = 0
    rows_kept: int = 0
    merged: int = 0
    refused: Counter[Rule] = field(default_factory=Counter)
    restored_zeros: int = 0
    emptied_partner: int = 0
    emptied_parent: int = 0

    @property
    def rows_refused(self) -> int:
        """How many rows were refused, whatever the rule."""
        return self.refused.total()


class Refusals:
    """Counts the refused rows and hands them on in batches, so that any number of them fits in memory."""

    def __init__(self, result: LoadResult, hand_on: OnRefusals) -> None:
        self._result = result
        self._hand_on = hand_on
        self._waiting: list[RowRefusal] = []

    def add(self, refusal: RowRefusal) -> None:
        self._result.refused[refusal.rule] += 1
        self._waiting.append(refusal)
        if len(self._waiting) >= _REFUSAL_BATCH:
            self.flush()

    def flush(self) -> None:
        """Hand on what is waiting; once more at the end."""
        if self._waiting:
            self._hand_on(self._waiting)
            self._waiting = []
