"""Page 1: the letter."""

from __future__ import annotations

import re
from dataclasses import dataclass

from letters.composition.dutch import long_date
from letters.composition.flow import Flow
from letters.composition.layout import LEFT, RIGHT, WINDOW_SLACK, LayoutProfile, pt
from letters.composition.letterhead import FOOT, details_left, details_rows, draw_frame
from letters.composition.model import LetterFault, Municipality
from letters.composition.pen import Pen
from letters.composition.persons import draw_persons
from letters.composition.prepare import PreparedLetter
from letters.composition.rights import draw_rights_columns, draw_rights_page
from letters.composition.wrap import NBSP, wrap
from letters.texts.catalog import Fill, TextSet, fill

TITLE_TOP = 95.0
BODY_WIDTH = RIGHT - LEFT
BODY_SIZE = 11.0
BODY_LEADING = 5.1
GAP = 2.4
_POSTCODE = re.compile(r"\b(\d{4}) ([A-Z]{2})\b")
# What the texts of a grant leave for the table of persons.
GRANT_ROOM = 72.0
# A stored drawing is cut off at the edge of the page, so what is moved down starts this far below the top.
STAMP_TOP = 20.0


class TextTooLong(LetterFault):
    """The text of a letter needs more room than page 1 has."""

    code = "tekst_te_lang"


@dataclass(frozen=True, slots=True)
class PartContext:
    """What all letters of a part share: sender, layout, texts."""

    municipality: Municipality
    layout: LayoutProfile
    texts: TextSet


def fill_for(letter: PreparedLetter, context: PartContext) -> Fill:
    """What is filled in in the texts of one letter; the same for all letters with the same dates."""
    data, sender = letter.data, context.municipality
    return Fill(
        gemeente=sender.name,
        telefoon=sender.phone.replace(" ", NBSP),
        bereikbaar=sender.phone_hours,
        website=sender.website,
        afmeldpagina=sender.opt_out_page,
        privacypagina=sender.privacy_page,
        bezoekadres=sender.visit_address,
        postadres=_POSTCODE.sub(rf"\1{NBSP}\2", sender.postal_address),
        ondertekenaar=sender.signed_by,
        uiterlijk=long_date(data.reply_by, NBSP) if data.reply_by else "",
        jaar=str(data.income_year or ""),
        plek="op de achterkant" if context.layout.duplex else "op het tweede blad",
        de_regeling=context.texts.regeling(data.regeling)["de_regeling"],
    )


def draw_letter(pen: Pen, letter: PreparedLetter, context: PartContext) -> None:
    """Page 1 but for its foot. Raises TextTooLong or TooManyPersons."""
    pen.ink()
    pen.stamp("briefpapier", lambda: draw_frame(pen, context.municipality, context.layout))
    _draw_address(pen, letter, context.layout)
    _draw_details(pen, letter, context.layout)
    values = fill_for(letter, context)
    key = (letter.data.regeling, letter.kind, values)
    y = pen.stamp(("titel", *key), lambda: _draw_title(pen, letter, context))
    lines = wrap(letter.salutation, pen.fonts, BODY_SIZE, pt(BODY_WIDTH))
    y = pen.lines(LEFT, y, lines, BODY_SIZE, BODY_LEADING) + GAP
    if letter.kind == "ambtshalve":
        bottom, limit = _draw_grant(pen, letter, context, values, y), FOOT - 8
    else:
        bottom = _draw_request(pen, letter, context, values, y)
        limit = pen.stamp(("rechten", values), lambda: draw_rights_columns(pen, values, context.texts))
    if bottom > limit:
        raise TextTooLong("De tekst past niet op één kant van het papier.")


def draw_back(pen: Pen, letter: PreparedLetter, context: PartContext) -> None:
    """Page 2 of a letter without a form: how to object, which sources are used, how to opt out."""
    values = fill_for(letter, context)

    def draw() -> float:
        flow = _body(pen, 30.0)
        flow.title(context.texts.shared["ambtshalve"]["achterkant"], 16.5, 9.5)
        return draw_rights_page(flow, values, context.texts)

    pen.ink()
    pen.stamp(("rechten op de achterkant", values), draw)


def _body(pen: Pen, y: float) -> Flow:
    return Flow(pen, LEFT, y, BODY_WIDTH, BODY_SIZE, BODY_LEADING)


def _draw_title(pen: Pen, letter: PreparedLetter, context: PartContext) -> float:
    flow = _body(pen, TITLE_TOP)
    flow.title(context.texts.opening(letter.data.regeling, letter.kind)["onderwerp"], 16.5, 7.2)
    return flow.y + 2.0


def _draw_address(pen: Pen, letter: PreparedLetter, layout: LayoutProfile) -> None:
    block = letter.address
    x = layout.window.x + WINDOW_SLACK
    # The top of the tallest letter with an accent stays inside the window.
    y = layout.window.y + WINDOW_SLACK + block.size * 1.0 / pt(1)
    for line in block.lines:
        pen.text(x, y, line, block.size)
        y += block.leading / pt(1)


def _draw_details(pen: Pen, letter: PreparedLetter, layout: LayoutProfile) -> None:
    x = details_left(layout)
    for y, value in zip(details_rows(), (long_date(letter.data.letter_date), letter.reference), strict=False):
        pen.text(x, y + 4.8, value, 10.5)


def _draw_request(pen: Pen, letter: PreparedLetter, context: PartContext, values: Fill, y: float) -> float:
    """The letter with a form: what it is, what to do, what follows, where to get help."""

    def draw() -> float:
        common = context.texts.shared[letter.kind]
        flow = _body(pen, STAMP_TOP)
        for text in context.texts.opening(letter.data.regeling, letter.kind)["opening"]:
            flow.paragraph(fill(text, values), GAP)
        flow.paragraph(fill(common["uitleg"], values), GAP + 1.4)
        flow.heading(common["kop"])
        flow.skip(0.8)
        flow.steps([fill(text, values) for text in common["stappen"]], 1.4)
        flow.skip(GAP - 0.6)
        flow.heading(common["daarna_kop"])
        flow.paragraph(fill(common["daarna"], values), GAP + 1.0)
        return _draw_close(flow, values, context)

    return pen.stamp(("verzoek", letter.data.regeling, letter.kind, values), draw, down=y - STAMP_TOP)


def _draw_grant(pen: Pen, letter: PreparedLetter, context: PartContext, values: Fill, y: float) -> float:
    """The letter that grants: what one gets, who it is for, what to do when it is wrong."""
    opening = context.texts.opening(letter.data.regeling, letter.kind)
    key = (letter.data.regeling, values)

    def draw_opening() -> float:
        flow = _body(pen, STAMP_TOP)
        for text in opening["opening"]:
            flow.paragraph(fill(text, values), GAP)
        flow.skip(2.0)
        flow.heading(opening["personen"])
        return flow.y

    def draw_rest() -> float:
        common = context.texts.shared[letter.kind]
        flow = _body(pen, STAMP_TOP)
        flow.heading(common["klopt_niet_kop"])
        flow.paragraph(fill(common["klopt_niet"], values), GAP + 1.4)
        return _draw_close(flow, values, context, common["lees_verder"])

    y = pen.stamp(("toekenning", *key), draw_opening, down=y - STAMP_TOP)
    y = draw_persons(pen, letter.persons, LEFT, y - BODY_LEADING + 0.8, BODY_WIDTH, GRANT_ROOM)
    return pen.stamp(("slot", *key), draw_rest, down=y + 9.0 - STAMP_TOP)


def _draw_close(flow: Flow, values: Fill, context: PartContext, before: str = "") -> float:
    """Where to get help, and who sends this."""
    flow.heading(context.texts.shared["hulp"]["kop"])
    for text in context.texts.shared["hulp"]["alineas"]:
        flow.paragraph(fill(text, values), GAP + 1.0)
    if before:
        flow.paragraph(fill(before, values), GAP + 1.0)
    flow.paragraph(context.texts.shared["groet"]["groet"])
    flow.paragraph(f"**{context.municipality.title}**")
    return flow.y - BODY_LEADING
