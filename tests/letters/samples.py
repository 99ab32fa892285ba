"""Invented letters for the tests, and ways to look into what was made of them."""

import random
from datetime import date
from io import BytesIO

import pikepdf
import pypdfium2
from PIL import Image

from letters.composition.codes import new_code
from letters.composition.model import (
    Address,
    LetterData,
    Municipality,
    NamedPerson,
    PersonName,
    Point,
    Representative,
)
from letters.texts.catalog import DECISIONS, FIRST, NOTICES, WITH_FORM

WATERVEEN = Municipality(
    name="Waterveen",
    phone="14 0123",
    phone_hours="op werkdagen van 9.00 tot 17.00 uur",
    website="waterveen.nl/regelingen",
    opt_out_page="waterveen.nl/afmelden",
    privacy_page="waterveen.nl/privacy",
    visit_address="Stadsloket, Raadhuisplein 1",
    postal_address="Postbus 100, 1230 AA Waterveen",
    return_lines=("Gemeente Waterveen", "Afdeling Regelingen", "Antwoordnummer 1234", "1230 VB  WATERVEEN"),
    signed_by="het college van burgemeester en wethouders",
)
ADDRESS = Address("Kerkstraat", "12", "1234AB", "Waterveen", "A")
PERSON = PersonName("Fatima", "de", "Vries", "V", "", "Jansen", "V")
LONG_NAME = PersonName(
    "Maria Magdalena Wilhelmina",
    "van den",
    "Broek van Nieuwenhuizen-Ḥusaynová",
    "N",
    "in 't",
    "Đorđević-Nguyễn Thị Minh",
    "O",
)
LONG_ADDRESS = Address(
    "Burgemeester van der Wervenplein-Noordzijde",
    "1245",
    "1234AB",
    "Nieuwerkerk aan den IJssel",
    "C",
    "3 hoog",
)
BRUG = Representative(
    "Bewindkantoor De Brug", "bewindvoerder", Address("", "", "1234AB", "Ee", location="Postbus 114")
)
LONG_OFFICE = Representative(
    "Coöperatieve Vereniging Đorđević-Beschermingsbewind en Inkomensbeheer U.A.",
    "wettelijk vertegenwoordiger",
    LONG_ADDRESS,
    "mevrouw drs. M.M.W. van den Broek",
    "vertegenwoordiger",
)


def letter(number=1, **changes) -> LetterData:
    """A zeker scholierenvergoeding letter; name what should differ."""
    mode = changes.get("mode", "formulier")
    form = mode == "formulier"
    values = {
        "letter_id": f"00000000-0000-7000-8000-{number:012d}",
        "reference": f"PM-26-{number:06d}",
        "regeling": "scholierenvergoeding",
        "klasse": "zeker",
        "mode": mode,
        "addressee": PERSON,
        "address": ADDRESS,
        "persons": (NamedPerson("Sem de Vries", "20140303"), NamedPerson("Noor de Vries", "20110900")),
        "letter_date": date(2026, 3, 3),
        "reply_by": date(2026, 5, 1) if form else None,
        "income_year": 2025 if form else None,
        "form_code": new_code(random.Random(number).getrandbits) if form else "",
    }
    return LetterData(**values | changes)


def grant(number=1, **changes) -> LetterData:
    """A Stadspas granted ambtshalve."""
    return letter(number, **{"regeling": "stadspas", "mode": "ambtshalve"} | changes)


def of_kind(kind, number=1, **changes) -> LetterData:
    """A letter of any kind of text; name what should differ."""
    if kind in FIRST:
        return grant(number, **changes) if kind == "ambtshalve" else letter(number, klasse=kind, **changes)
    form = kind in WITH_FORM
    points = {
        "aanvulling": (Point("handtekening"), Point("inkomen"), Point("afschrift")),
        "afwijzing": (Point("inkomen", 31_200, 28_900), Point("vermogen", 52_345, 15_540)),
    }
    values = {
        "kind": kind,
        "klasse": "onzeker",
        "points": points.get(kind, ()),
        "received_on": date(2026, 2, 14) if kind not in ("herinnering", "deelbericht") else None,
        "share_on": date(2026, 9, 30) if kind == "deelbericht" else None,
    }
    if not form:
        values |= {"form_code": "", "reply_by": None}
    if not form and kind not in DECISIONS:
        values["persons"] = ()
    if kind in NOTICES:
        values["income_year"] = None
    return letter(number, **values | changes)


def page_texts(pdf: bytes) -> list[str]:
    """The text of each page, blanks and line breaks as single blanks."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [" ".join(page.get_textpage().get_text_range().split()) for page in document]
    finally:
        document.close()


def page_image(pdf: bytes, number: int, dpi: int) -> Image.Image:
    """A page (from 0) as a grey picture."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return document[number].render(scale=dpi / 72, grayscale=True).to_pil()
    finally:
        document.close()


def char_boxes(pdf: bytes, number: int) -> list[tuple[str, float, float, float, float]]:
    """Each character that is not a blank: itself, and left, top, right, bottom of its ink in mm, y down."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        page = document[number]
        text = page.get_textpage()
        found = []
        for index in range(text.count_chars()):
            char = text.get_text_range(index, 1)
            if not char.strip():
                continue
            left, bottom, right, top = (value / 72 * 25.4 for value in text.get_charbox(index))
            found.append((char, left, 297 - top, right, 297 - bottom))
        return found
    finally:
        document.close()


def open_pdf(pdf: bytes) -> pikepdf.Pdf:
    """The file as pikepdf sees it."""
    return pikepdf.open(BytesIO(pdf))
