"""A print part: up to 500 letters merged in one PDF, with a bookmark and a manifest row for each."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from io import BytesIO

from reportlab import rl_config
from reportlab.lib.colors import CMYKColor
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from letters.composition.fonts import FontSet, load_fonts
from letters.composition.form import draw_form
from letters.composition.layout import LayoutProfile
from letters.composition.letter import PartContext, draw_back, draw_letter
from letters.composition.letterhead import draw_foot
from letters.composition.model import LetterData, LetterFault, ManifestRow, Municipality, PartResult
from letters.composition.pen import Pen
from letters.composition.prepare import PreparedLetter, prepare
from letters.texts.catalog import TextMissing, TextSet

# Beyond this a part grows dearer to make again, and no faster (design of the letters, section 9).
MAX_LETTERS = 500
# The letter, and behind it the form or one's rights: even, so that two-sided printing never puts two
# letters on one sheet.
PAGES = 2

# Streams as bytes, not as base 85 text: files are a sixth smaller. reportlab has this per process only.
rl_config.useA85 = 0


class LetterRejected(ValueError):
    """One letter of the part cannot be made. Says which and why (`code`), never a value."""

    def __init__(self, letter_id: str, fault: LetterFault | TextMissing) -> None:
        super().__init__(f"Brief {letter_id} is afgekeurd ({fault.code}): {fault}")
        self.letter_id = letter_id
        self.code = fault.code


def render_part(
    letters: Iterable[LetterData],
    layout: LayoutProfile,
    texts: TextSet,
    municipality: Municipality,
    fonts: FontSet | None = None,
) -> PartResult:
    """Render up to 500 letters into one PDF. The same letters, texts and fonts give the same bytes.

    Raises LetterRejected for the first letter that cannot be made: leave it out and render again. Raises
    ValueError when there is no letter, or more than 500.
    """
    pages = _PartWriter(PartContext(municipality, layout, texts), fonts or load_fonts())
    for letter in letters:
        try:
            pages.add(letter)
        except (LetterFault, TextMissing) as fault:
            raise LetterRejected(letter.letter_id, fault) from fault
    return pages.finish()


class _PartWriter:
    """The canvas of one part, and the manifest as it grows."""

    def __init__(self, context: PartContext, fonts: FontSet) -> None:
        self.context = context
        self.fonts = fonts
        self.rows: list[ManifestRow] = []
        self.next_page = 1
        self.buffer = BytesIO()
        # The embedded font as initial font: else every page names a Helvetica that is not in the file.
        self.canvas = Canvas(
            self.buffer,
            pagesize=A4,
            pageCompression=1,
            invariant=1,
            initialFontName=fonts.regular,
            enforceColorSpace="CMYK",
            lang="nl-NL",
        )
        self.canvas.setTitle(f"Brieven {context.municipality.title}")
        self.canvas.setCreator("Bereik")
        self.pen = Pen(self.canvas, fonts, CMYKColor(*context.municipality.style.accent))

    def add(self, letter: LetterData) -> None:
        """Draw the pages of one letter and note them."""
        if len(self.rows) == MAX_LETTERS:
            raise ValueError(f"Een deel heeft hoogstens {MAX_LETTERS} brieven.")
        context = self.context
        ready = prepare(letter, context.layout, context.texts, context.municipality, self.fonts)
        seq = len(self.rows) + 1
        self._bookmark(seq, ready)
        draw_letter(self.pen, ready, context)
        self._close_page(1)
        draw_second = draw_form if ready.payload else draw_back
        draw_second(self.pen, ready, context)
        self._close_page(2)
        sheets = PAGES // 2 if context.layout.duplex else PAGES
        self.rows.append(ManifestRow(letter.letter_id, seq, self.next_page, PAGES, sheets, letter.form_code))
        self.next_page += PAGES

    def _bookmark(self, seq: int, letter: PreparedLetter) -> None:
        """Number and kenmerk: a bookmark is read by the vendor, so it holds no name."""
        self.canvas.bookmarkPage(f"b{seq}")
        self.canvas.addOutlineEntry(f"{seq:03d} {letter.reference}", f"b{seq}")

    def _close_page(self, page: int) -> None:
        self.pen.stamp(("voet", page), lambda: draw_foot(self.pen, page, PAGES))
        self.canvas.showPage()

    def finish(self) -> PartResult:
        """Write the file."""
        if not self.rows:
            raise ValueError("Een deel heeft minstens één brief.")
        self.canvas.save()
        pdf = self.buffer.getvalue()
        return PartResult(pdf, tuple(self.rows), hashlib.sha256(pdf).hexdigest())
