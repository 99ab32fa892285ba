"""The press: pages become pictures, and each is looked at before it goes into an envelope."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pypdfium2
from PIL import Image

from tools.drukker.client import VendorProblem
from tools.drukker.journal import Row
from tools.drukker.pages import DPI, read_codes

_BORN = re.compile(r"geboren [^\n]*?\b(\d{4})\b")
ADULT = 18


class WrongPage(VendorProblem):
    """A page shows another code than the manifest has for its letter."""


class Press:
    """An open document, page for page as a picture in grey."""

    def __init__(self, document: pypdfium2.PdfDocument, prints: Path | None) -> None:
        self._document = document
        self._prints = prints

    def page(self, number: int) -> Image.Image:
        """A page, counted from 1, as it comes out of the press; kept as PNG when a folder is given."""
        picture = self._document[number - 1].render(scale=DPI / 72, grayscale=True).to_pil()
        if self._prints is not None:
            picture.save(self._prints / f"{number:05d}.png", compress_level=1)
        return picture

    def letter(self, row: Row) -> int:
        """Print all pages of a letter; how many. Raises WrongPage when a code is not that of the manifest."""
        codes = [code for number in _numbers(row) for code in read_codes(self.page(number))]
        if any(row.code not in code for code in codes) or bool(codes) != bool(row.code):
            raise WrongPage(f"Brief {row.position}: de code op het papier is niet die van het manifest.")
        return row.pages

    def form(self, row: Row) -> Image.Image | None:
        """The page of a letter with the code on it; None when it has no form."""
        for number in reversed(_numbers(row)):
            picture = self.page(number)
            if any(row.code in code for code in read_codes(picture)):
                return picture
        return None

    def adults(self, row: Row, year: int) -> int:
        """How many grown-ups the last page of a letter names, by the years of birth that one reads there."""
        text = self._document[row.first_page + row.pages - 2].get_textpage().get_text_range()
        return sum(year - int(born) > ADULT for born in _BORN.findall(text))


def _numbers(row: Row) -> range:
    return range(row.first_page, row.first_page + row.pages)


@contextmanager
def press(document: Path, prints: Path | None = None) -> Iterator[Press]:
    """A press for one document; with `prints` every page is kept as a picture in that folder."""
    if prints is not None:
        prints.mkdir(mode=0o700, parents=True, exist_ok=True)
    opened = pypdfium2.PdfDocument(document)
    try:
        yield Press(opened, prints)
    finally:
        opened.close()
