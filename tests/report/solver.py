"""Somebody who works out what he can of everything the rapport ever told: exact bounds by linear programming.

He knows all that was told, that nobody is counted below nothing, and that who reached a stage reached those
before it and stays there. What he cannot tell is how the units of a row moved: one variable for each row (of
each table at once) and each way through the stages in time.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement, product

from outreach.disclosure import STAGES, Stand
from outreach.small_cells import SMALLEST

_TINY = 1e-7
Way = tuple[int, ...]
Units = Mapping[tuple[str, ...], Mapping[Way, int]]


class Programme:
    """Rows of coefficients with their right-hand sides, for variables that are not below nothing."""

    def __init__(self, variables: int) -> None:
        self.variables = variables
        self.equations: list[tuple[list[int], int]] = []

    def equal(self, where: Sequence[int], value: int) -> None:
        row = [0] * self.variables
        for place in where:
            row[place] = 1
        self.equations.append((row, value))

    def solve(self) -> "Tableau":
        tableau = Tableau(self)
        tableau.begin()
        return tableau


class Tableau:
    """The simplex method in its plain form, with Bland's rule when it lingers."""

    def __init__(self, programme: Programme) -> None:
        self.width = programme.variables
        count = len(programme.equations)
        self.rows = [
            [float(one) for one in row] + [float(place == number) for place in range(count)] + [float(value)]
            for number, (row, value) in enumerate(programme.equations)
        ]
        self.basis = [self.width + number for number in range(count)]

    def begin(self) -> None:
        """Find something that fits; the truth does, so there is. Equations that say nothing new go."""
        left = self._run([0.0] * self.width + [-1.0] * len(self.rows), range(self.width))
        assert left > -1e-5, "what was told contradicts itself"
        for number in reversed(range(len(self.rows))):
            if self.basis[number] >= self.width and not self._leave(number):
                del self.rows[number], self.basis[number]

    def _leave(self, number: int) -> bool:
        for column in range(self.width):
            if abs(self.rows[number][column]) > _TINY:
                self._pivot(number, column)
                return True
        return False

    def most(self, where: Sequence[int]) -> float:
        """The most that these variables can be together."""
        goal = [0.0] * (len(self.rows[0]) - 1)
        for place in where:
            goal[place] = 1.0
        return self._run(goal, range(self.width))

    def least(self, where: Sequence[int]) -> float:
        goal = [0.0] * (len(self.rows[0]) - 1)
        for place in where:
            goal[place] = -1.0
        return -self._run(goal, range(self.width))

    def _run(self, goal: list[float], columns: range) -> float:
        goal = [*goal, 0.0]
        for number, column in enumerate(self.basis):
            if goal[column]:
                self._take_off(goal, self.rows[number], goal[column])
        for turn in range(100_000):
            gains = [column for column in columns if goal[column] > _TINY]
            if not gains:
                return -goal[-1]
            entering = max(gains, key=lambda column: goal[column]) if turn < 500 else gains[0]
            ratios = [
                (row[-1] / row[entering], self.basis[number], number)
                for number, row in enumerate(self.rows)
                if row[entering] > _TINY
            ]
            if not ratios:
                return float("inf")
            number = min(ratios)[2]
            self._pivot(number, entering)
            self._take_off(goal, self.rows[number], goal[entering])
        raise AssertionError("no end to it")

    def _pivot(self, number: int, column: int) -> None:
        by = self.rows[number][column]
        pivot = self.rows[number] = [value / by for value in self.rows[number]]
        for other, row in enumerate(self.rows):
            if other != number and abs(row[column]) > 1e-12:
                self._take_off(row, pivot, row[column])
        self.basis[number] = column

    @staticmethod
    def _take_off(row: list[float], pivot: list[float], times: float) -> None:
        row[:] = [one - times * other if other else one for one, other in zip(row, pivot, strict=True)]


@dataclass(frozen=True, slots=True)
class Group:
    """Some people: those of a row who went one of these ways. `size` is how many there truly are."""

    row: str
    what: str
    where: tuple[int, ...]
    size: int


Key = tuple[str, ...]
Fits = Callable[[Way], bool]


class Attack:
    """What can be worked out of tables that split the same units."""

    def __init__(self, stands: Sequence[Stand], tables: Sequence[str], units: Units) -> None:
        """`units` are the true numbers by their row in each table and by way: the stage at each stand, -1 for
        not found yet."""
        self.moments = len(stands)
        self.tables = tables
        self.ways = list(combinations_with_replacement(range(-1, STAGES), self.moments))
        self.keys = list(units)
        self.units = units
        programme = Programme(len(self.keys) * len(self.ways))
        for moment, stand in enumerate(stands):
            for stage, value in stand.total.items():
                programme.equal(self._where(None, lambda way, m=moment, s=stage: way[m] >= s), value)
            for table in tables:
                for row, told in stand.tables[table].items():
                    for stage, value in told.items():
                        fits = lambda way, m=moment, s=stage: way[m] >= s  # noqa: E731
                        programme.equal(self._where((table, row), fits), value)
        self.tableau = programme.solve()

    def _in(self, key: Key, row: tuple[str, str] | None) -> bool:
        return row is None or key[self.tables.index(row[0])] == row[1]

    def _where(self, row: tuple[str, str] | None, fits: Fits) -> tuple[int, ...]:
        return tuple(
            number * len(self.ways) + place
            for number, key in enumerate(self.keys)
            if self._in(key, row)
            for place, way in enumerate(self.ways)
            if fits(way)
        )

    def _group(self, row: tuple[str, str], what: str, fits: Fits) -> Group:
        ways = [self.units[key] for key in self.keys if self._in(key, row)]
        size = sum(count for found in ways for way, count in found.items() if fits(way))
        return Group(" ".join(row), what, self._where(row, fits), size)

    def groups(self) -> Iterator[Group]:
        """All that a table counts, the differences between stages, and what was new since a stand before."""
        rows = [(table, row) for n, table in enumerate(self.tables) for row in {key[n] for key in self.keys}]
        for row, moment, stage in product(sorted(rows), range(self.moments), range(STAGES)):
            yield self._group(row, f"{moment}: {stage}+", lambda w, m=moment, s=stage: w[m] >= s)
            yield self._group(row, f"{moment}: only {stage}", lambda w, m=moment, s=stage: w[m] == s)
            for former in range(moment):
                since = lambda w, m=moment, s=stage, f=former: w[m] >= s > w[f]  # noqa: E731
                yield self._group(row, f"{former}>{moment}: {stage}+", since)

    def small(self) -> Iterator[Group]:
        return (group for group in self.groups() if 0 < group.size < SMALLEST)

    def found(self) -> list[Group]:
        """The groups under ten of which he can say: there are some, and fewer than ten."""
        return [
            group
            for group in self.small()
            if self.tableau.most(group.where) < SMALLEST - 0.5 and self.tableau.least(group.where) > 0.5
        ]

    def pinned(self) -> list[Group]:
        """Those of them of which he knows how many."""
        return [
            group
            for group in self.found()
            if self.tableau.most(group.where) - self.tableau.least(group.where) < 0.5
        ]
