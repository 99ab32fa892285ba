"""Forms as the municipality makes them, printed for the vendor's eyes."""

import random

import pypdfium2
from PIL import Image

from letters.composition.layout import LayoutProfile
from letters.composition.model import NamedPerson
from letters.composition.parts import render_part
from letters.texts.catalog import load_texts
from tests.letters.samples import LONG_ADDRESS, LONG_NAME, WATERVEEN, grant, letter
from tools.drukker.pages import DPI


def children(count: int) -> tuple[NamedPerson, ...]:
    return tuple(NamedPerson(f"Kind {number} de Vries", "20140303") for number in range(count))


COUPLE = (NamedPerson("Aad Vos", "19700101"), NamedPerson("Bep Vos", "19710101"))
LETTERS = (
    letter(1),
    letter(2, klasse="onzeker"),
    letter(3, klasse="onzeker", persons=children(6)),
    letter(4, addressee=LONG_NAME, address=LONG_ADDRESS),
    letter(5, persons=children(9)),
    letter(
        6, regeling="iit", persons=(NamedPerson("Aad Vos", "19700101"), NamedPerson("Bep Vos", "19710101"))
    ),
    grant(7),
)


def part() -> bytes:
    """One part with a letter of each sort."""
    return render_part(LETTERS, LayoutProfile(), load_texts(), WATERVEEN).pdf


def printed(pdf: bytes, number: int) -> Image.Image:
    """A page, counted from 1, in grey at the vendor's DPI."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return document[number - 1].render(scale=DPI / 72, grayscale=True).to_pil()
    finally:
        document.close()


def dice(number: int) -> random.Random:
    return random.Random(number)
