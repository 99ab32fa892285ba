"""The letter fonts: Noto Sans Regular and Bold as TrueType, laid ready by tools/fonts.py."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont, TTFontFace

REGULAR_FILE = "NotoSans-Regular.ttf"
BOLD_FILE = "NotoSans-Bold.ttf"
DEFAULT_FOLDER = Path(__file__).resolve().parents[2] / "build" / "fonts"

# Not characters of a name: controls, invisible formatting, private use, surrogates, unassigned, line breaks.
_NO_GLYPH = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})


class FontsMissing(RuntimeError):
    """The fonts are not laid ready."""


@dataclass(frozen=True)
class FontSet:
    """Two registered fonts. The names carry the hash of the file: another version is another font."""

    regular: str
    bold: str
    sha256: str

    def name(self, bold: bool) -> str:
        """The registered name."""
        return self.bold if bold else self.regular

    def face(self, bold: bool) -> TTFontFace:
        """The parsed font file."""
        return pdfmetrics.getFont(self.name(bold)).face

    def width(self, text: str, size: float, bold: bool = False) -> float:
        """Width in points; a combining mark has none."""
        return pdfmetrics.stringWidth(text, self.name(bold), size)

    @cached_property
    def coverage(self) -> frozenset[str]:
        """Every character that both fonts can draw and that belongs in a line of text."""
        shared = self.face(False).charToGlyph.keys() & self.face(True).charToGlyph.keys()
        return frozenset(char for char in map(chr, shared) if unicodedata.category(char) not in _NO_GLYPH)


@cache
def load_fonts(folder: Path = DEFAULT_FOLDER) -> FontSet:
    """Register both fonts and return them. Raises FontsMissing when set-up did not lay them ready."""
    digest = hashlib.sha256()
    names = []
    for file in (REGULAR_FILE, BOLD_FILE):
        path = folder / file
        if not path.is_file():
            raise FontsMissing(f"Het lettertype {file} ontbreekt: draai `python tools/fonts.py`.")
        content = path.read_bytes()
        digest.update(content)
        # reportlab ignores a second file under a name it knows, so the name tells the versions apart.
        name = f"{path.stem}-{hashlib.sha256(content).hexdigest()[:8]}"
        pdfmetrics.registerFont(TTFont(name, str(path)))
        names.append(name)
    return FontSet(names[0], names[1], digest.hexdigest())


@lru_cache(maxsize=4096)
def glyph_box(fonts: FontSet, char: str, bold: bool) -> tuple[int, int, int, int]:
    """x min, y min, x max, y max of the ink of one character in font units; zeros for a blank.

    Reads the `loca` and `glyf` tables (OpenType specification); the character must be in `coverage`.
    """
    face = fonts.face(bold)
    glyph = face.charToGlyph[ord(char)]
    long_offsets = int.from_bytes(face.get_table("head")[50:52], "big")
    step = 4 if long_offsets else 2
    loca = face.get_table("loca")[step * glyph : step * (glyph + 2)]
    start, end = (int.from_bytes(loca[i : i + step], "big") * (1 if long_offsets else 2) for i in (0, step))
    if start == end:
        return 0, 0, 0, 0
    box = face.get_table("glyf")[start + 2 : start + 10]
    xmin, ymin, xmax, ymax = (int.from_bytes(box[i : i + 2], "big", signed=True) for i in (0, 2, 4, 6))
    return xmin, ymin, xmax, ymax
