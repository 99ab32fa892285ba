"""The named persons as a table that is as roomy as the space allows. Nobody is left out."""

from __future__ import annotations

from dataclasses import dataclass

from letters.composition.fonts import FontSet
from letters.composition.layout import pt
from letters.composition.model import LetterFault
from letters.composition.pen import DROPOUT, GREY, INK, Pen
from letters.composition.prepare import PreparedPerson
from letters.composition.wrap import Line, shrink, wrap

NAME_SIZES = (10.5, 10.0, 9.5, 9.0, 8.5, 8.0, 7.5)
TIGHT_SIZES = NAME_SIZES[2:]
SMALLEST = 7.0
COLUMN_GAP = 8.0


class TooManyPersons(LetterFault):
    """More persons, or longer names, than a page holds."""

    code = "personen"


@dataclass(frozen=True, slots=True)
class Grid:
    """How the table is cut up: columns, height of a row, and whether the birth date stands below the name."""

    columns: int
    row: float
    below: bool


# From roomy to tight.
GRIDS = (Grid(1, 7.6, False), Grid(2, 9.2, True), Grid(2, 7.6, True), Grid(3, 7.2, True))


def choose_grid(count: int, height: float) -> Grid:
    """The roomiest grid that holds so many persons in a height. Raises TooManyPersons."""
    for grid in GRIDS:
        if -(-count // grid.columns) * grid.row <= height:
            return grid
    raise TooManyPersons("Er zijn meer personen dan op het papier passen.")


def draw_persons(
    pen: Pen, persons: tuple[PreparedPerson, ...], x: float, y: float, width: float, height: float
) -> float:
    """Draw the table with its top at y; returns its bottom. Raises TooManyPersons."""
    grid = choose_grid(len(persons), height)
    rows = -(-len(persons) // grid.columns)
    column = (width - COLUMN_GAP * (grid.columns - 1)) / grid.columns
    for index, person in enumerate(persons):
        left = x + (index // rows) * (column + COLUMN_GAP)
        top = y + (index % rows) * grid.row
        _draw_person(pen, person, left, top, column, grid)
    return y + rows * grid.row


def _draw_person(pen: Pen, person: PreparedPerson, x: float, y: float, width: float, grid: Grid) -> None:
    born = f"geboren {person.born}" if person.born != "onbekend" else "geboortedatum onbekend"
    name_width = width if grid.below else width - pen.width(born, 9.5) - 4
    baseline = y + grid.row - (4.4 if grid.below else 2.5)
    sizes = NAME_SIZES if grid.columns == 1 else TIGHT_SIZES
    _draw_name(pen, person.name, x, baseline, name_width, sizes)
    pen.ink(GREY)
    if grid.below:
        pen.text(x, y + grid.row - 1.1, born, 7.5)
    else:
        pen.text_right(x + width, baseline, born, 9.5)
    pen.ink(INK)
    pen.rule(x, y + grid.row, x + width, y + grid.row, 0.4, DROPOUT)


def _draw_name(
    pen: Pen, name: str, x: float, baseline: float, width: float, sizes: tuple[float, ...]
) -> None:
    size = shrink(name, pen.fonts, sizes, pt(width))
    if size is not None:
        pen.text(x, baseline, name, size)
        return
    lines = name_in_two(name, pen.fonts, width)
    pen.lines(x, baseline - 2.4, lines, SMALLEST, 2.6)


def name_in_two(name: str, fonts: FontSet, width: float) -> tuple[Line, ...]:
    """A very long name on two small lines. Raises TooManyPersons when even that does not hold it."""
    lines = wrap(name, fonts, SMALLEST, pt(width))
    if len(lines) > 2 or any(fonts.width(text, SMALLEST) > pt(width) for line in lines for text, _ in line):
        raise TooManyPersons("Een naam is langer dan op het papier past.")
    return lines
