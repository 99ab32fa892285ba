"""Every character of a name is drawn, or the letter is refused: nothing is dropped in silence."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from letters.composition.fonts import FontSet, glyph_box
from letters.composition.model import LetterFault

# Canonical combining classes (Unicode, UnicodeData.txt) of marks that belong over the middle of the letter.
_ABOVE = 230
_CENTRED = frozenset({1, 202, 214, 220, _ABOVE})
_GAP = 40


class GlyphMissing(LetterFault):
    """A text holds characters that the font cannot draw. `count` says how many, never which."""

    code = "glyph"

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} teken(s) staan niet in het lettertype.")
        self.count = count


def clean(text: str, fonts: FontSet) -> str:
    """The text in normal form C. Raises GlyphMissing when a character cannot be drawn."""
    normal = unicodedata.normalize("NFC", text)
    require_glyphs(normal, fonts)
    return normal


def require_glyphs(text: str, fonts: FontSet) -> None:
    """Raises GlyphMissing when a character of the text cannot be drawn."""
    if not fonts.coverage.issuperset(text):
        raise GlyphMissing(len(set(text) - fonts.coverage))


def has_marks(text: str) -> bool:
    """True when a letter with a mark has no composed form, as g with a tilde."""
    return not text.isascii() and any(unicodedata.combining(char) for char in text)


def placed(text: str, fonts: FontSet, bold: bool) -> Iterator[tuple[str, int, int]]:
    """The text in runs, each with its offset in font units (1000 to the em) from the start of the text.

    The font centres a mark on the pen, which stands behind the letter by then, and for a small letter; so a
    mark is moved back over its letter, above what stands there already.
    """
    run, pen = "", 0
    base, top = "", 0
    for char in text:
        if not unicodedata.combining(char):
            run, base = run + char, char
            top = glyph_box(fonts, char, bold)[3]
            continue
        if run:
            yield run, pen, 0
            pen += _advance(fonts, run, bold)
            run = ""
        dx, dy = _mark_offset(fonts, base or " ", top, char, bold)
        if unicodedata.combining(char) == _ABOVE:
            top = glyph_box(fonts, char, bold)[3] + dy
        yield char, pen + dx, dy
    if run:
        yield run, pen, 0


def _mark_offset(fonts: FontSet, base: str, top: int, mark: str, bold: bool) -> tuple[int, int]:
    kind = unicodedata.combining(mark)
    if kind not in _CENTRED:
        return 0, 0
    left, _, right, _ = glyph_box(fonts, base, bold)
    mark_left, mark_bottom, mark_right, _ = glyph_box(fonts, mark, bold)
    advance = _advance(fonts, base, bold)
    dx = (left + right) // 2 - advance - (mark_left + mark_right) // 2
    dy = max(0, top + _GAP - mark_bottom) if kind == _ABOVE else 0
    return dx, dy


@lru_cache(maxsize=4096)
def _advance(fonts: FontSet, run: str, bold: bool) -> int:
    return round(fonts.width(run, 1000, bold))
