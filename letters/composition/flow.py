"""Text that flows down a column: headings, paragraphs, numbered steps, lists."""

from __future__ import annotations

from collections.abc import Iterable

from letters.composition.layout import pt
from letters.composition.pen import INK, PAPER, Pen
from letters.composition.wrap import wrap


def bullet_indent(size: float) -> float:
    """How far the text of a list stands in, in millimetres, for a size of type."""
    return size * 0.37


class Flow:
    """A column at x with a width; `y` is the next baseline. Type in points, all else millimetres."""

    STEP_INDENT = 8.5

    def __init__(self, pen: Pen, x: float, y: float, width: float, size: float, leading: float) -> None:
        self.pen = pen
        self.x = x
        self.y = y
        self.width = width
        self.size = size
        self.leading = leading

    def title(self, text: str, size: float, leading: float) -> None:
        """The one message, largest on the page."""
        lines = wrap(text, self.pen.fonts, size, pt(self.width), True)
        self.y = self.pen.lines(self.x, self.y, lines, size, leading)

    def heading(self, text: str) -> None:
        """A question that the next paragraph answers."""
        self.pen.ink(self.pen.accent)
        lines = wrap(text, self.pen.fonts, self.size + 0.5, pt(self.width), True)
        self.y = self.pen.lines(self.x, self.y, lines, self.size + 0.5, self.leading) + 0.3
        self.pen.ink(INK)

    def paragraph(self, text: str, gap: float = 0) -> None:
        """A paragraph, and a gap below it."""
        lines = wrap(text, self.pen.fonts, self.size, pt(self.width))
        self.y = self.pen.lines(self.x, self.y, lines, self.size, self.leading) + gap

    def steps(self, texts: Iterable[str], gap: float) -> None:
        """Numbered steps, the number in a disc."""
        indent = self.STEP_INDENT
        for number, text in enumerate(texts, 1):
            self.pen.disc(self.x + 2.6, self.y - 1.35, 2.6, self.pen.accent)
            self.pen.ink(PAPER)
            left = self.x + 2.6 - self.pen.width(str(number), 9.5, True) / 2
            self.pen.text(left, self.y - 0.15, str(number), 9.5, True)
            self.pen.ink(INK)
            lines = wrap(text, self.pen.fonts, self.size, pt(self.width - indent))
            self.y = self.pen.lines(self.x + indent, self.y, lines, self.size, self.leading) + gap

    def bullets(self, texts: Iterable[str]) -> None:
        """A list with dashes."""
        indent = bullet_indent(self.size)
        for text in texts:
            self.pen.text(self.x, self.y, "–", self.size)
            lines = wrap(text, self.pen.fonts, self.size, pt(self.width - indent))
            self.y = self.pen.lines(self.x + indent, self.y, lines, self.size, self.leading)

    def skip(self, gap: float) -> None:
        """White space."""
        self.y += gap
