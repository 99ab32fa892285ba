"""Page 2: the short form, prefilled, with all answers and the signature on one side of one sheet."""

from __future__ import annotations

from dataclasses import dataclass

from letters.composition.flow import Flow
from letters.composition.layout import LEFT, RIGHT, WINDOW_SLACK, pt
from letters.composition.letter import STAMP_TOP, PartContext
from letters.composition.letterhead import FOOT, draw_mark
from letters.composition.model import Representative
from letters.composition.pen import DROPOUT, GREY, INK, QR_SIDE, Pen
from letters.composition.persons import SMALLEST, draw_persons, name_in_two
from letters.composition.prepare import PreparedLetter
from letters.composition.wrap import shrink
from letters.texts.catalog import Wording

WIDTH = RIGHT - LEFT
SIZE = 10.0
LEADING = 4.6
TITLE_SIZES = (19.0, 18.0, 17.0, 16.0, 15.0, 14.0, 13.0, 12.0, 11.0)
# Two codes in opposite corners: a pen stroke or a fold rarely spoils both.
QR_CORNERS = ((RIGHT - QR_SIDE, 13.0), (LEFT, FOOT - QR_SIDE))
DETAILS_TOP = 93.0
PERSONS_TOP = 117.0
SIGN_TOP = {"onzeker": 222.5, "zeker": 208.0}
SIGN_HEIGHT = {"onzeker": 19.0, "zeker": 27.0}
# Below the table of persons: a hint on an onzeker form, one to four lines to write on otherwise.
HINT_ROOM = 12.0
NOTE_HEAD = 10.0
NOTE_LINE = 8.8
NOTES_LIMIT = SIGN_TOP["zeker"] - 8 - NOTE_HEAD - NOTE_LINE
# The boxes to sign in, and right of them the date in groups of boxes for one character each.
SIGN_DROP = 17.5
SIGN_WIDTH = 53.0
SIGN_GAP = 4.0
DATE_GROUPS = (2, 2, 4)
COMB_HEIGHT = 6.2
GROUP_GAP = 2.0
CHOICE_SIDE = 5.0
VALUE_SIZES = (10.5, 10.0, 9.5, 9.0, 8.5, 8.0, 7.5, 7.0)
DIGITS = 7
CELL = 5.6
AMOUNT_LEFT = RIGHT - DIGITS * CELL - 5
CHOICE_LEFTS = (AMOUNT_LEFT, RIGHT - DIGITS * CELL + 13)
CHOICE_DROP = 0.4


@dataclass(frozen=True, slots=True)
class AmountsPlace:
    """Where the block of amounts begins, and how high a row is."""

    top: float
    row: float


# With many persons the amounts begin lower and stand closer together.
AMOUNTS_ROOMY = AmountsPlace(150.0, 10.8)
AMOUNTS_TIGHT = AmountsPlace(168.0, 7.9)
ROOMY_PERSONS = 2


def amounts_place(persons: int) -> AmountsPlace:
    """Where the amounts begin on a form with so many persons."""
    return AMOUNTS_ROOMY if persons <= ROOMY_PERSONS else AMOUNTS_TIGHT


def draw_form(pen: Pen, letter: PreparedLetter, context: PartContext) -> None:
    """The form but for its foot. Raises TooManyPersons."""
    words = context.wording(letter)
    amounts = amounts_place(len(letter.persons))
    pen.ink()
    signer = letter.data.representative
    pen.stamp(
        ("formulier", amounts, words, signer.role if signer else ""),
        lambda: _draw_printed(pen, letter.data.klasse, context, words, amounts, signer),
    )
    upper, lower = QR_CORNERS
    pen.text_right(RIGHT, upper[1] + QR_SIDE + 4.2, letter.human_code, 8)
    pen.text(lower[0] + QR_SIDE + 4.0, FOOT, letter.human_code, 8)
    pen.qr(letter.payload, QR_CORNERS)
    pen.text(LEFT, 35.0, f"Kenmerk {letter.reference}", 9.5)
    _draw_applicant(pen, letter)
    limit = amounts.top - HINT_ROOM if letter.data.klasse == "onzeker" else NOTES_LIMIT
    _draw_asked_for(pen, letter, words, limit)


def _draw_asked_for(pen: Pen, letter: PreparedLetter, words: Wording, limit: float) -> None:
    """The named persons, and below them where to correct what was prefilled."""
    bottom = draw_persons(pen, letter.persons, LEFT, PERSONS_TOP, WIDTH, limit - PERSONS_TOP)
    count = 0 if letter.data.klasse == "onzeker" else min(4, 1 + int((limit - bottom) / NOTE_LINE))
    texts = words.shared["formulier"]
    pen.stamp(("verbeter", count, words), lambda: _draw_notes(pen, count, texts), down=bottom - STAMP_TOP)


def _draw_applicant(pen: Pen, letter: PreparedLetter) -> None:
    y = DETAILS_TOP + 6.6
    rows = (("Naam", letter.full_name), ("Adres", f"{letter.street}, {letter.place.replace('  ', ' ')}"))
    for label, value in rows:
        pen.ink(GREY)
        pen.text(LEFT, y, label, 9)
        pen.ink(INK)
        _draw_value(pen, value, LEFT + 18, y, WIDTH - 18)
        y += 5.6


def _draw_value(pen: Pen, value: str, x: float, y: float, width: float) -> None:
    size = shrink(value, pen.fonts, VALUE_SIZES, pt(width))
    if size is not None:
        pen.text(x, y, value, size)
        return
    pen.lines(x, y - 1.6, name_in_two(value, pen.fonts, width), SMALLEST, 2.6)


def _draw_printed(
    pen: Pen,
    kind: str,
    context: PartContext,
    words: Wording,
    amounts: AmountsPlace,
    signer: Representative | None,
) -> float:
    """All that is the same on every form of this regeling, class, date and kind of representative."""
    texts, own = words.shared["formulier"], words.form
    _draw_title(pen, own["titel"], context)
    _draw_return(pen, texts, context)
    _heading(pen, DETAILS_TOP, "1", texts["gegevens"])
    _heading(pen, PERSONS_TOP - 2.6, "2", own["personen"])
    if kind == "onzeker":
        _draw_amounts(pen, texts, amounts)
    _draw_signing(pen, _signed_by(texts, signer), own["verklaring"], kind)
    return SIGN_TOP[kind]


def _draw_title(pen: Pen, title: str, context: PartContext) -> None:
    own = bool(context.municipality.style.logo)
    if not own:
        draw_mark(pen, LEFT, 13, 6.5)
    pen.ink(INK)
    pen.text(LEFT if own else LEFT + 8.5, 17.8, context.municipality.title, 10.5, bold=True)
    width = QR_CORNERS[0][0] - LEFT - 6
    fitting = (size for size in TITLE_SIZES if pen.width(title, size, True) <= width)
    pen.text(LEFT, 28.0, title, next(fitting, TITLE_SIZES[-1]), bold=True)


def _draw_return(pen: Pen, texts: dict, context: PartContext) -> None:
    """The return address where the window of the return envelope shows it, and how to send it beside that."""
    window = context.layout.return_window
    y = window.y + WINDOW_SLACK + 5
    for line in context.municipality.return_lines:
        pen.text(window.x + WINDOW_SLACK, y, line, 11)
        y += 5.2
    pen.rule(4, window.fold, 8, window.fold, 0.5, GREY)
    beside = window.x + window.w + window.clear + 5
    left = beside if beside < RIGHT - 50 else LEFT
    right = RIGHT if left > LEFT else window.x - window.clear - 5
    flow = Flow(pen, left, 49.5, right - left, 9.5, 4.5)
    flow.heading(texts["terug_kop"])
    for text in texts["terug"]:
        flow.paragraph(text, 1.4)


def _heading(pen: Pen, y: float, number: str, text: str) -> None:
    pen.ink(pen.accent)
    pen.text(LEFT, y, number, 11.5, bold=True)
    pen.text(LEFT + 5, y, text, 11.5, bold=True)
    pen.ink(INK)


def _draw_notes(pen: Pen, count: int, texts: dict) -> float:
    """A number of lines to write on; with none a hint to correct the text itself."""
    if not count:
        pen.ink(GREY)
        pen.text(LEFT, STAMP_TOP + 5.0, texts["streep_door"], 8.5)
        pen.ink(INK)
        return STAMP_TOP + 5.0
    y = STAMP_TOP + NOTE_HEAD
    pen.text(LEFT, y, texts["klopt_niet"], SIZE)
    for row in range(1, count + 1):
        pen.rule(LEFT, y + NOTE_LINE * row, RIGHT, y + NOTE_LINE * row, 0.6, DROPOUT)
    return y + NOTE_LINE * count


def _draw_amounts(pen: Pen, texts: dict, place: AmountsPlace) -> None:
    """Income and assets: a row of boxes per amount, one digit per box, in a grey that a scanner drops."""
    _heading(pen, place.top, "3", texts["inkomen"])
    pen.ink(GREY)
    pen.text_right(RIGHT, place.top, texts["inkomen_uitleg"], 8.5)
    pen.ink(INK)
    y = place.top + 2.6
    for row in texts["bedragen"]:
        question, note = row["vraag"], row["uitleg"]
        pen.text(LEFT, y + (3.0 if note else 4.4), question, SIZE)
        if note:
            pen.ink(GREY)
            pen.text(LEFT, y + 6.1, note, 7.8)
            pen.ink(INK)
        _draw_comb(pen, AMOUNT_LEFT, y, (DIGITS,))
        pen.text(RIGHT - DIGITS * CELL - 9, y + 4.7, "€", SIZE)
        pen.text(RIGHT - 4, y + 4.7, ",–", SIZE)
        y += place.row
    _draw_choice(pen, texts["eigen_huis"], y)


def _draw_choice(pen: Pen, question: str, y: float) -> None:
    pen.text(LEFT, y + 4.2, question, SIZE)
    for x, answer in zip(CHOICE_LEFTS, ("ja", "nee"), strict=True):
        pen.box(x, y + CHOICE_DROP, CHOICE_SIDE, CHOICE_SIDE, 0.8, DROPOUT)
        pen.text(x + 7, y + 4.2, answer, SIZE)


def _draw_comb(pen: Pen, x: float, y: float, groups: tuple[int, ...]) -> float:
    """Boxes for one character each, in groups with a gap; returns where they end."""
    for size in groups:
        pen.box(x, y, size * CELL, COMB_HEIGHT, 0.8, DROPOUT)
        for cell in range(1, size):
            pen.rule(x + cell * CELL, y, x + cell * CELL, y + COMB_HEIGHT, 0.8, DROPOUT)
        x += size * CELL + GROUP_GAP
    return x - GROUP_GAP


def _signed_by(texts: dict, signer: Representative | None) -> dict:
    """The words above the box to sign in: who acts for somebody signs for him."""
    if signer is None:
        return texts
    short = signer.form_role or signer.role
    return texts | {
        "handtekening": f"Handtekening van de {signer.role}",
        "vak_handtekening": f"Handtekening {short}",
    }


def _draw_signing(pen: Pen, texts: dict, declaration: str, kind: str) -> None:
    """What one declares, and the boxes to sign and date in."""
    _heading(pen, SIGN_TOP[kind], "4" if kind == "onzeker" else "3", texts["handtekening"])
    flow = Flow(pen, LEFT, SIGN_TOP[kind] + 5.4, WIDTH, SIZE, LEADING)
    flow.paragraph(f"{texts['verklaring']} {declaration}")
    top = SIGN_TOP[kind] + SIGN_DROP
    step = SIGN_WIDTH + SIGN_GAP
    for x, label in ((LEFT, texts["vak_handtekening"]), (LEFT + step, texts["vak_partner"])):
        pen.ink(GREY)
        pen.text(x, top - 1.6, label, 8.5)
        pen.box(x, top, SIGN_WIDTH, SIGN_HEIGHT[kind], 0.8, DROPOUT)
    x = LEFT + 2 * step
    pen.text(x, top - 1.6, texts["vak_datum"], 8.5)
    pen.ink(INK)
    _draw_comb(pen, x, top, DATE_GROUPS)
