"""Reading a form that was found on a scan: what is in its fields, and what is written beside them."""

from __future__ import annotations

import pypdfium2
from PIL import Image

from letters.composition.form import CELL
from letters.composition.places import Box, FormPlaces
from letters.reading.forms import FormCode
from letters.reading.ink import ink_of, pixels, share
from letters.reading.model import FieldReading, Presence, Reading
from letters.reading.registration import DPI, SIZE, Laid, lay
from letters.reading.remarks import remark_on
from letters.reading.strokes import oddity

#: Inside the box by so much, since the page may lie a little off and the box itself is no ink.
INSET = 2.0
INSET_ONE_CODE = 3.0
#: Per cent of ink: below the first there is no signature, up to the second it is doubtful.
#: Source: the measurements in the design of the letters, section 7.
NONE_BELOW = 1.0
PRESENT_ABOVE = 2.5
#: Of a box for one character: a digit is at least this much.
CELL_INSET = 0.9
CELL_NONE = 0.4
CELL_PRESENT = 1.2
#: The share of the print that must be found back where it was printed.
LEAST_FIT = 0.7


def expected_page(pdf: bytes, number: int) -> Image.Image:
    """A page (from 0) of our own PDF as a grey picture at the size of a laid page."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        drawn = document[number].render(scale=DPI / 72, grayscale=True).to_pil().convert("L")
    finally:
        document.close()
    return drawn if drawn.size == SIZE else drawn.resize(SIZE, Image.Resampling.BILINEAR)


def unread(found: FormCode) -> Reading:
    """A form of which nobody knows any more what was printed on it: every field is doubtful."""
    return _not_laid(found, 0.0)


def read_form(found: FormCode, places: FormPlaces, expected: Image.Image) -> Reading:
    """Read the fields of a form. `expected` is the page as it was printed (`expected_page`).

    When the page cannot be laid on what was printed, every field is doubtful.
    """
    laid = lay(found.image, found.places, expected)
    if laid is None or laid.fit < LEAST_FIT:
        return _not_laid(found, 0.0 if laid is None else laid.fit)
    ink = ink_of(laid.image)
    return Reading(
        code=found.code,
        page=found.page,
        codes_read=len(found.places),
        aligned=True,
        signature=_signature(ink, places.signature, laid),
        partner=_signature(ink, places.partner, laid),
        date=_comb(ink, places.date),
        remark=remark_on(laid.image, ink, expected, places),
        amounts=tuple(_comb(ink, (box,)) for box in places.amounts),
        choice=tuple(_comb(ink, (box,)) for box in places.choice),
        details={"fit": laid.fit},
    )


def _not_laid(found: FormCode, fit: float) -> Reading:
    unsure = FieldReading(Presence.DOUBTFUL, 0.0, 0.0, "ligt_scheef")
    return Reading(
        code=found.code,
        page=found.page,
        codes_read=len(found.places),
        aligned=False,
        signature=unsure,
        partner=unsure,
        date=unsure,
        remark=unsure,
        details={"fit": fit},
    )


def _signature(ink: Image.Image, box: Box, laid: Laid) -> FieldReading:
    inset = INSET if laid.codes > 1 else INSET_ONE_CODE
    part = ink.crop(pixels(box.inset(inset)))
    amount = share(part)
    if amount < NONE_BELOW:
        return FieldReading(Presence.ABSENT, amount, 1 - amount / (2 * NONE_BELOW))
    if amount <= PRESENT_ABOVE:
        return FieldReading(Presence.DOUBTFUL, amount, 0.5, "weinig_inkt")
    odd = oddity(part)
    if odd:
        return FieldReading(Presence.DOUBTFUL, amount, 0.5, odd)
    return FieldReading(Presence.PRESENT, amount, min(1.0, 0.6 + (amount - PRESENT_ABOVE) / 10))


def _comb(ink: Image.Image, boxes: tuple[Box, ...]) -> FieldReading:
    """Whether something is filled in; what it says, a person reads."""
    inked = [share(ink.crop(pixels(cell.inset(CELL_INSET)))) for box in boxes for cell in _cells(box)]
    most = max(inked)
    if most < CELL_NONE:
        return FieldReading(Presence.ABSENT, most, 1 - most / (2 * CELL_NONE))
    if most < CELL_PRESENT:
        return FieldReading(Presence.DOUBTFUL, most, 0.5, "weinig_inkt")
    return FieldReading(Presence.PRESENT, most, min(1.0, 0.6 + most / 20))


def _cells(box: Box) -> list[Box]:
    count = max(1, round(box.w / CELL))
    width = box.w / count
    return [Box(box.x + at * width, box.y, width, box.h) for at in range(count)]
