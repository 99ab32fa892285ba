"""Where the boxes of a form are, for who reads it back. The same numbers as those it is drawn with."""

from __future__ import annotations

from dataclasses import dataclass

from letters.composition import form
from letters.composition.layout import LEFT, RIGHT
from letters.composition.pen import QR_SIDE

#: Amounts that an onzeker form asks for (letters/texts: formulier.bedragen).
AMOUNTS = 5


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on paper in millimetres, its top left corner at x, y; y runs down."""

    x: float
    y: float
    w: float
    h: float

    def inset(self, by: float) -> Box:
        """The same box, smaller on each side; larger with a negative number."""
        return Box(self.x + by, self.y + by, self.w - 2 * by, self.h - 2 * by)


#: The two codes, the upper right one first.
CODES = tuple(Box(x, y, QR_SIDE, QR_SIDE) for x, y in form.QR_CORNERS)
#: The kenmerk, and the code in letters beside each QR: no two letters have the same.
MARKS = (
    Box(LEFT, 31.8, 60.0, 4.2),
    Box(RIGHT - 30.0, CODES[0].y + QR_SIDE + 1.6, 30.0, 3.6),
    Box(LEFT + QR_SIDE + 4.0, form.FOOT - 2.8, 32.0, 3.6),
)


@dataclass(frozen=True, slots=True)
class FormPlaces:
    """The fields that somebody may write in, and the `texts` that he may cross out: name and address, the
    persons with the lines to write on, what he declares. A zeker form asks for no amounts and has no choice.
    """

    signature: Box
    partner: Box
    date: tuple[Box, ...]
    texts: tuple[Box, ...]
    amounts: tuple[Box, ...] = ()
    choice: tuple[Box, ...] = ()

    def all(self) -> tuple[Box, ...]:
        """Every place where ink is expected."""
        return (self.signature, self.partner, *self.date, *self.amounts, *self.choice)

    @property
    def personal(self) -> tuple[Box, ...]:
        """The texts that differ by household: who asks, and for whom."""
        return self.texts[:2]


def form_places(kind: str, persons: int, amounts: int = AMOUNTS) -> FormPlaces:
    """The fields of a form of a class (zeker, onzeker) that names so many persons."""
    top = form.SIGN_TOP[kind] + form.SIGN_DROP
    step = form.SIGN_WIDTH + form.SIGN_GAP
    boxes = [Box(LEFT + at * step, top, form.SIGN_WIDTH, form.SIGN_HEIGHT[kind]) for at in (0, 1)]
    date = _comb(LEFT + 2 * step, top, form.DATE_GROUPS)
    place = form.amounts_place(persons)
    limit = place.top - form.HINT_ROOM if kind == "onzeker" else form.SIGN_TOP[kind] - 8
    texts = (
        _band(form.DETAILS_TOP + 2.0, form.DETAILS_TOP + 14.0),
        _band(form.PERSONS_TOP, limit),
        _band(form.SIGN_TOP[kind] + 1.6, form.SIGN_TOP[kind] + form.SIGN_DROP - 4.6),
    )
    if kind != "onzeker":
        return FormPlaces(*boxes, date, texts)
    rows = [place.top + 2.6 + place.row * row for row in range(amounts + 1)]
    side = form.CHOICE_SIDE
    return FormPlaces(
        *boxes,
        date,
        texts,
        tuple(_comb(form.AMOUNT_LEFT, y, (form.DIGITS,))[0] for y in rows[:-1]),
        tuple(Box(x, rows[-1] + form.CHOICE_DROP, side, side) for x in form.CHOICE_LEFTS),
    )


def _band(top: float, bottom: float) -> Box:
    return Box(LEFT, top, RIGHT - LEFT, bottom - top)


def _comb(x: float, y: float, groups: tuple[int, ...]) -> tuple[Box, ...]:
    found = []
    for size in groups:
        found.append(Box(x, y, size * form.CELL, form.COMB_HEIGHT))
        x += size * form.CELL + form.GROUP_GAP
    return tuple(found)
