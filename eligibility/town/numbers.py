"""Numbers of an invented town: BSNs that pass the 11-proef and never repeat."""

PREFIXES = 10**8
# Any step that shares no factor with 10**8 visits every eight-digit prefix once before it repeats.
STEP = 61_803_399

_HIGH = [9 * (n // 1000) + 8 * (n // 100 % 10) + 7 * (n // 10 % 10) + 6 * (n % 10) for n in range(10_000)]
_LOW = [5 * (n // 1000) + 4 * (n // 100 % 10) + 3 * (n // 10 % 10) + 2 * (n % 10) for n in range(10_000)]


class BsnSequence:
    """An endless row of different, valid BSNs (nine digits, leading zeros kept); the same seed, the same
    row.
    """

    def __init__(self, seed: int) -> None:
        self._prefix = (seed * 7_919 + 12_345_678) % PREFIXES

    def next(self) -> str:
        while True:
            prefix = self._prefix
            self._prefix = (prefix + STEP) % PREFIXES
            check = (_HIGH[prefix // 10_000] + _LOW[prefix % 10_000]) % 11
            if check < 10 and prefix:
                return f"{prefix:08d}{check}"


def broken(bsn: str) -> str:
    """The same number with another last digit: nine digits that always fail the 11-proef."""
    return bsn[:8] + str((int(bsn[8]) + 1) % 10)


def without_zeros(bsn: str) -> str:
    """The BSN as a spreadsheet leaves it behind: its leading zeros lost."""
    return bsn.lstrip("0")
