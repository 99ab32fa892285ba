"""The file for who asks what is known about him, as PDF: sentences, and labels with their text."""

import io
from collections.abc import Sequence

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from eligibility.actions.access_packs import Facts
from letters.composition.fonts import load_fonts
from letters.composition.layout import PAGE_WIDTH, pt
from letters.composition.pen import GREY, INK, Pen
from letters.composition.wrap import Line, wrap
from outreach.views.looplijst_pdf import drawable
from outreach.views.pack_words import Block, Section, sections

LEFT, RIGHT = 20.0, PAGE_WIDTH - 20.0
VALUES = 74.0
TOP, BOTTOM, FOOT = 22.0, 274.0, 287.0
TITLE, HEADING, SIZE, SMALL = 17.0, 12.5, 10.0, 8.5
LEADING = 5.0


def draw(facts: Facts) -> bytes:
    """The PDF of one request."""
    return _Paper(f"Overzicht van uw gegevens, verzoek {facts.request}").pdf(sections(facts))


class _Paper:
    """Sections over as many pages as they take. A heading never stands alone at the foot of one."""

    def __init__(self, title: str) -> None:
        self._fonts = load_fonts()
        self._file = io.BytesIO()
        self._canvas = Canvas(self._file, pagesize=A4, pageCompression=1)
        self._canvas.setTitle(title)
        self._canvas.setCreator("Bereik")
        self._pen = Pen(self._canvas, self._fonts, INK)
        self._title = title
        self._page = 0
        self._y = TOP

    def pdf(self, found: Sequence[Section]) -> bytes:
        self._begin()
        for number, section in enumerate(found):
            self._section(section, TITLE if number == 0 else HEADING)
        self._canvas.showPage()
        self._canvas.save()
        return self._file.getvalue()

    def _begin(self) -> None:
        self._page += 1
        self._pen.ink()
        self._pen.text(LEFT, FOOT, self._title, SMALL)
        self._pen.text_right(RIGHT, FOOT, f"blad {self._page}", SMALL)
        self._y = TOP

    def _room(self, height: float) -> None:
        """Go on to the next page when so much does not fit."""
        if self._y + height > BOTTOM and self._y > TOP:
            self._canvas.showPage()
            self._begin()

    def _section(self, section: Section, size: float) -> None:
        sentences = [self._wrapped(one, RIGHT - LEFT) for one in section.sentences]
        # A heading goes along with what follows it: a few sentences with their block, of many the first.
        told = sum(map(len, sentences))
        if not section.blocks or told * LEADING > (BOTTOM - TOP) / 3:
            told = len(sentences[0]) if sentences else 3
        rows = min(len(section.blocks[0]), 12) if section.blocks else 0
        self._room((told + rows + 3) * LEADING)
        self._y += LEADING
        self._pen.text(LEFT, self._y, self._clean(section.title), size, bold=True)
        self._y += LEADING + 2
        for lines in sentences:
            self._room(len(lines) * LEADING)
            self._y = self._pen.lines(LEFT, self._y, lines, SIZE, LEADING) + 1.5
        for block in section.blocks:
            self._block(block)
        self._y += 2

    def _block(self, block: Block) -> None:
        rows = [
            (self._wrapped(label, VALUES - LEFT - 4), self._wrapped(text, RIGHT - VALUES))
            for label, text in block
        ]
        # A short block stays together; a long one, such as who looked, goes on overleaf.
        heights = [max(len(label), len(text)) * LEADING for label, text in rows]
        self._room(sum(heights) if sum(heights) < (BOTTOM - TOP) / 3 else heights[0])
        for (label, text), height in zip(rows, heights, strict=True):
            self._room(height)
            self._pen.lines(LEFT, self._y, label, SIZE, LEADING)
            self._pen.lines(VALUES, self._y, text, SIZE, LEADING)
            self._y += height
        self._pen.rule(LEFT, self._y - 3, RIGHT, self._y - 3, 0.5, GREY)
        self._y += 2.5

    def _clean(self, text: str) -> str:
        return drawable(text, self._fonts).replace("**", "*") or "–"

    def _wrapped(self, text: str, width: float) -> tuple[Line, ...]:
        lines: list[Line] = []
        for one in text.splitlines() or ["–"]:
            lines += wrap(self._clean(one), self._fonts, SIZE, pt(width))
        return tuple(lines)
