"""A looplijst on paper: A4, in walking order, with room to write. No BSN, and no names."""

import io
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from letters.composition.fonts import FontSet, load_fonts
from letters.composition.layout import PAGE_WIDTH, pt
from letters.composition.pen import GREY, INK, Pen
from letters.composition.wrap import Line, wrap

MARGIN = 12.0
RIGHT = PAGE_WIDTH - MARGIN
TOP, BOTTOM = 46.0, 280.0
FOOT = 288.0
SIZE, SMALL = 10.0, 8.5
LEADING = 4.4
LEAST_HEIGHT = 14.0
# Where each column begins; the last one is to write in.
NUMBER, ADDRESS, BROUGHT, CONTACT, NOTES = MARGIN, 24.0, 84.0, 122.0, 150.0
HEADS = (
    (NUMBER, "Nr."),
    (ADDRESS, "Adres"),
    (BROUGHT, "Mogelijk recht op"),
    (CONTACT, "Laatste contact"),
    (NOTES, "Datum, gesproken, uitkomst"),
)
SHRED = "Vernietigen na gebruik"
#: Instead of what to look out for: who finds this paper reads nothing about anybody, who walks calls first.
BEWARE = "! Bel eerst de gemeente"
WARNING = "Kwijt? Meld het meteen in Bereik, bij Afdrukken."


@dataclass(frozen=True, slots=True)
class Row:
    """One address, in the words that stand on paper."""

    number: int
    address: str
    below: str
    regelingen: str
    last: str
    beware: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above each page: which list, of which round, which print, by whom and for whom."""

    title: str
    sub: str
    made: str


class Paper:
    """The pages of one print. How many there are is known before the first is drawn."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._fonts = load_fonts()
        self._pages = list(self._filled(rows))

    @property
    def pages(self) -> int:
        """How many sheets of paper."""
        return len(self._pages)

    def pdf(self, head: Head) -> bytes:
        """The file. `head` may say what was known only after the pages were counted."""
        file = io.BytesIO()
        canvas = Canvas(file, pagesize=A4, pageCompression=1)
        canvas.setTitle(head.title)
        canvas.setCreator("Bereik")
        pen = Pen(canvas, self._fonts, INK)
        for number, rows in enumerate(self._pages, start=1):
            self._head(pen, head, f"blad {number} van {self.pages}")
            y = TOP
            for row in rows:
                y = self._row(pen, row, y)
            canvas.showPage()
        canvas.save()
        return file.getvalue()

    def _filled(self, rows: Iterable[Row]) -> "Iterator[list[_Set]]":
        page: list[_Set] = []
        used = TOP
        for row in rows:
            one = _Set(row, self._fonts)
            if page and used + one.height > BOTTOM:
                yield page
                page, used = [], TOP
            page.append(one)
            used += one.height
        yield page

    def _head(self, pen: Pen, head: Head, sheet: str) -> None:
        pen.ink()
        pen.text(MARGIN, 18, self._drawable(head.title), 14, bold=True)
        pen.text_right(RIGHT, 18, sheet, 11, bold=True)
        pen.text(MARGIN, 25, self._drawable(head.sub), SIZE)
        pen.text(MARGIN, 31, self._drawable(head.made), SIZE)
        pen.text_right(RIGHT, 31, SHRED, SIZE, bold=True)
        for x, label in HEADS:
            pen.text(x, 41, label, SMALL, bold=True)
        pen.rule(MARGIN, 43, RIGHT, 43, 1, INK)
        pen.text(MARGIN, FOOT, f"{SHRED}. {WARNING}", SMALL)
        pen.text_right(RIGHT, FOOT, sheet, SMALL)

    def _drawable(self, text: str) -> str:
        return drawable(text, self._fonts)

    def _row(self, pen: Pen, one: "_Set", y: float) -> float:
        pen.ink()
        base = y + LEADING
        pen.text_right(NUMBER + 8, base, str(one.row.number), SIZE)
        below = pen.lines(ADDRESS, base, one.address, SIZE, LEADING)
        beware = pen.lines(ADDRESS, below, one.below, SMALL, LEADING)
        pen.lines(ADDRESS, beware, one.beware, SIZE, LEADING)
        pen.lines(BROUGHT, base, one.regelingen, SMALL, LEADING)
        pen.text(CONTACT, base, drawable(one.row.last, self._fonts), SMALL)
        end = y + one.height
        pen.rule(MARGIN, end, RIGHT, end, 0.5, GREY)
        return end


class _Set:
    """A row broken into lines, so that its height is known."""

    def __init__(self, row: Row, fonts: FontSet) -> None:
        self.row = row
        self.address = self._wrapped(row.address, fonts, SIZE, BROUGHT - ADDRESS, bold=True)
        self.below = self._wrapped(row.below, fonts, SMALL, BROUGHT - ADDRESS)
        self.beware = self._wrapped(BEWARE * row.beware, fonts, SIZE, BROUGHT - ADDRESS, bold=True)
        self.regelingen = self._wrapped(row.regelingen, fonts, SMALL, CONTACT - BROUGHT)

    @cached_property
    def height(self) -> float:
        """In millimetres, with the line under it."""
        lines = max(len(self.address) + len(self.below) + len(self.beware), len(self.regelingen))
        return max(LEAST_HEIGHT, lines * LEADING + 3)

    @staticmethod
    def _wrapped(text: str, fonts: FontSet, size: float, width: float, bold: bool = False) -> Sequence[Line]:
        # Two stars would be bold, and no street has them.
        text = drawable(text, fonts).replace("**", "*")
        return wrap(text, fonts, size, pt(width - 3), bold) if text else ()


def drawable(text: str, fonts: FontSet) -> str:
    """The text with a question mark for what the font has not: one strange street must not stop a list."""
    normal = unicodedata.normalize("NFC", text)
    return "".join(char if char in fonts.coverage else "?" for char in normal)
