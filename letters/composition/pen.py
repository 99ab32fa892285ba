"""Drawing on a page in millimetres from the top left corner."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from io import BytesIO

from reportlab.lib.colors import CMYKColor
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from letters.composition.codes import MODULES, qr_mask
from letters.composition.fonts import FontSet
from letters.composition.glyphs import has_marks, placed, require_glyphs
from letters.composition.layout import PAGE_HEIGHT, pt
from letters.composition.wrap import Line

INK = CMYKColor(0, 0, 0, 1)
GREY = CMYKColor(0, 0, 0, 0.65)
# Light enough for a scanner to drop, dark enough to write in.
DROPOUT = CMYKColor(0, 0, 0, 0.3)
PAPER = CMYKColor(0, 0, 0, 0)
QR_SIDE = 18.0


class Pen:
    """A canvas with the letter fonts. Sizes of type are points, all else millimetres; y runs down."""

    def __init__(self, canvas: Canvas, fonts: FontSet, accent: CMYKColor) -> None:
        self.canvas = canvas
        self.fonts = fonts
        self.accent = accent
        self._forms: dict[Hashable, tuple[str, float]] = {}

    def ink(self, colour: CMYKColor = INK) -> None:
        """The colour of what is written or filled from here on."""
        self.canvas.setFillColor(colour)

    def text(self, x: float, y: float, text: str, size: float, bold: bool = False) -> None:
        """One line of text with its baseline at y. Raises GlyphMissing: nothing is dropped in silence."""
        require_glyphs(text, self.fonts)
        if has_marks(text):
            self._marked(x, y, text, size, bold)
            return
        run = self.canvas.beginText(round(pt(x), 2), round(pt(PAGE_HEIGHT - y), 2))
        run.setFont(self.fonts.name(bold), size)
        run.textOut(text)
        self.canvas.drawText(run)

    def _marked(self, x: float, y: float, text: str, size: float, bold: bool) -> None:
        """Text with marks put in place one by one; readers are told the text itself, in its own order."""
        actual = text.encode("utf-16-be").hex()
        self.canvas.addLiteral(f"/Span <</ActualText <feff{actual}>>> BDC")
        run = self.canvas.beginText()
        run.setFont(self.fonts.name(bold), size)
        left, base = pt(x), pt(PAGE_HEIGHT - y)
        for piece, dx, dy in placed(text, self.fonts, bold):
            run.setTextOrigin(left + dx * size / 1000, base + dy * size / 1000)
            run.textOut(piece)
        self.canvas.drawText(run)
        self.canvas.addLiteral("EMC")

    def text_right(self, x: float, y: float, text: str, size: float, bold: bool = False) -> None:
        """One line of text that ends at x."""
        self.text(x - self.width(text, size, bold), y, text, size, bold)

    def width(self, text: str, size: float, bold: bool = False) -> float:
        """Width of a text in millimetres."""
        return self.fonts.width(text, size, bold) / pt(1)

    def lines(self, x: float, y: float, lines: Iterable[Line], size: float, leading: float) -> float:
        """Wrapped lines, the first baseline at y; returns the baseline that would follow. Leading in mm."""
        for line in lines:
            left = x
            for text, bold in line:
                self.text(left, y, text, size, bold)
                left += self.width(text, size, bold)
            y += leading
        return y

    def rule(self, x1: float, y1: float, x2: float, y2: float, width: float, colour: CMYKColor) -> None:
        """A straight line; its width in points."""
        self.canvas.setStrokeColor(colour)
        self.canvas.setLineWidth(width)
        self.canvas.line(pt(x1), pt(PAGE_HEIGHT - y1), pt(x2), pt(PAGE_HEIGHT - y2))

    def box(self, x: float, y: float, w: float, h: float, width: float, colour: CMYKColor) -> None:
        """An empty rectangle with its top left corner at x, y."""
        self.canvas.setStrokeColor(colour)
        self.canvas.setLineWidth(width)
        self.canvas.rect(pt(x), pt(PAGE_HEIGHT - y - h), pt(w), pt(h))

    def panel(self, x: float, y: float, w: float, h: float, colour: CMYKColor, radius: float = 0) -> None:
        """A filled rectangle, its corners rounded with a radius in millimetres."""
        self.canvas.setFillColor(colour)
        self.canvas.roundRect(pt(x), pt(PAGE_HEIGHT - y - h), pt(w), pt(h), pt(radius), stroke=0, fill=1)

    def picture(self, x: float, y: float, w: float, h: float, content: bytes) -> None:
        """A picture as large as fits from the top left corner x, y; stored once in the file."""
        self.canvas.drawImage(
            ImageReader(BytesIO(content)),
            pt(x),
            pt(PAGE_HEIGHT - y - h),
            pt(w),
            pt(h),
            preserveAspectRatio=True,
            anchor="nw",
        )

    def disc(self, x: float, y: float, radius: float, colour: CMYKColor) -> None:
        """A filled circle round x, y."""
        self.canvas.setFillColor(colour)
        self.canvas.circle(pt(x), pt(PAGE_HEIGHT - y), pt(radius), stroke=0, fill=1)

    def qr(self, payload: str, corners: Iterable[tuple[float, float]]) -> None:
        """The QR of a payload with its top left corner at each place: an image of one bit per module."""
        mask = qr_mask(payload)
        image = f"BI /W {MODULES} /H {MODULES} /IM true /BPC 1 /F /AHx ID {mask}> EI"
        side = round(pt(QR_SIDE), 2)
        for x, y in corners:
            left, base = round(pt(x), 2), round(pt(PAGE_HEIGHT - y - QR_SIDE), 2)
            self.canvas.addLiteral(f"q {side} 0 0 {side} {left} {base} cm {image} Q")

    def stamp(self, key: Hashable, draw: Callable[[], float], down: float = 0) -> float:
        """Draw something that is the same for every letter with this key: stored once in the file.

        `draw` returns how far down it came, and so does this; `down` moves it down by so many millimetres.
        """
        if key not in self._forms:
            name = f"vast{len(self._forms)}"
            self.canvas.beginForm(name)
            bottom = draw()
            self.canvas.endForm()
            self._forms[key] = (name, bottom)
        name, bottom = self._forms[key]
        if not down:
            self.canvas.doForm(name)
            return bottom
        self.canvas.saveState()
        self.canvas.translate(0, -pt(down))
        self.canvas.doForm(name)
        self.canvas.restoreState()
        return bottom + down
