"""Page 1: the letter."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import partial

from letters.composition.dutch import long_date
from letters.composition.flow import Flow
from letters.composition.layout import LEFT, RIGHT, WINDOW_SLACK, LayoutProfile, pt
from letters.composition.letterhead import FOOT, details_left, details_rows, draw_frame
from letters.composition.model import LetterData, LetterFault, Municipality
from letters.composition.pen import Pen
from letters.composition.persons import draw_persons
from letters.composition.prepare import PreparedLetter
from letters.composition.rights import draw_rights_columns, draw_rights_page
from letters.composition.wrap import NBSP, wrap
from letters.texts.catalog import Fill, TextSet, Wording, wording

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
    """What all letters of a part share: sender, layout, texts, and the texts filled in so far."""

    municipality: Municipality
    layout: LayoutProfile
    texts: TextSet
    _wordings: dict[tuple, Wording] = field(default_factory=dict)

    def wording(self, letter: PreparedLetter) -> Wording:
        """The filled in texts of a letter: the same object for every letter that reads alike."""
        data = letter.data
        key = (data.regeling, letter.kind, data.reply_by, data.income_year)
        if key not in self._wordings:
            self._wordings[key] = wording(self.texts, data.regeling, letter.kind, self._values(data))
        return self._wordings[key]

    def _values(self, data: LetterData) -> Fill:
        sender = self.municipality
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
            plek="op de achterkant" if self.layout.duplex else "op het tweede blad",
            de_regeling=self.texts.regeling(data.regeling)["de_regeling"],
        )


def draw_letter(pen: Pen, letter: PreparedLetter, context: PartContext) -> None:
    """Page 1 but for its foot. Raises TextTooLong or TooManyPersons."""
    words = context.wording(letter)
    pen.ink()
    pen.stamp("briefpapier", lambda: draw_frame(pen, context.municipality, context.layout))
    _draw_address(pen, letter, context.layout)
    _draw_details(pen, letter, context.layout)
    y = pen.stamp(("titel", words), lambda: _draw_title(pen, words))
    lines = wrap(letter.salutation, pen.fonts, BODY_SIZE, pt(BODY_WIDTH))
    y = pen.lines(LEFT, y, lines, BODY_SIZE, BODY_LEADING) + GAP
    if letter.kind == "ambtshalve":
        bottom, limit = _draw_grant(pen, letter, context, words, y), FOOT - 8
    else:
        draw = partial(_draw_request, pen, words.shared[letter.kind], words, context.municipality)
        bottom = pen.stamp(("verzoek", words), draw, down=y - STAMP_TOP)
        limit = pen.stamp(("rechten", words), lambda: draw_rights_columns(pen, words))
    if bottom > limit:
        raise TextTooLong("De tekst past niet op één kant van het papier.")


def draw_back(pen: Pen, letter: PreparedLetter, context: PartContext) -> None:
    """Page 2 of a letter without a form: how to object, which sources are used, how to opt out."""
    words = context.wording(letter)

    def draw() -> float:
        flow = _body(pen, 30.0)
        flow.title(words.shared["ambtshalve"]["achterkant"], 16.5, 9.5)
        return draw_rights_page(flow, words)

    pen.ink()
    pen.stamp(("achterkant", words), draw)


def _body(pen: Pen, y: float) -> Flow:
    return Flow(pen, LEFT, y, BODY_WIDTH, BODY_SIZE, BODY_LEADING)


def _draw_title(pen: Pen, words: Wording) -> float:
    flow = _body(pen, TITLE_TOP)
    flow.title(words.opening["onderwerp"], 16.5, 7.2)
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


def _draw_request(pen: Pen, common: dict, words: Wording, sender: Municipality) -> float:
    """The body of a letter with a form: what it is, what to do, what follows, where to get help."""
    flow = _body(pen, STAMP_TOP)
    for text in words.opening["opening"]:
        flow.paragraph(text, GAP)
    flow.paragraph(common["uitleg"], GAP + 1.4)
    flow.heading(common["kop"])
    flow.skip(0.8)
    flow.steps(common["stappen"], 1.4)
    flow.skip(GAP - 0.6)
    flow.heading(common["daarna_kop"])
    flow.paragraph(common["daarna"], GAP + 1.0)
    return _draw_close(flow, words, sender)


def _draw_grant(pen: Pen, letter: PreparedLetter, context: PartContext, words: Wording, y: float) -> float:
    """The body of a letter that grants: what one gets, who it is for, what to do when it is wrong."""
    y = pen.stamp(("toekenning", words), lambda: _draw_granted(pen, words), down=y - STAMP_TOP)
    y = draw_persons(pen, letter.persons, LEFT, y - BODY_LEADING + 0.8, BODY_WIDTH, GRANT_ROOM)
    draw = partial(_draw_if_wrong, pen, words, context.municipality)
    return pen.stamp(("slot", words), draw, down=y + 9.0 - STAMP_TOP)


def _draw_granted(pen: Pen, words: Wording) -> float:
    flow = _body(pen, STAMP_TOP)
    for text in words.opening["opening"]:
        flow.paragraph(text, GAP)
    flow.skip(2.0)
    flow.heading(words.opening["personen"])
    return flow.y


def _draw_if_wrong(pen: Pen, words: Wording, sender: Municipality) -> float:
    common = words.shared["ambtshalve"]
    flow = _body(pen, STAMP_TOP)
    flow.heading(common["klopt_niet_kop"])
    flow.paragraph(common["klopt_niet"], GAP + 1.4)
    return _draw_close(flow, words, sender, common["lees_verder"])


def _draw_close(flow: Flow, words: Wording, sender: Municipality, before: str = "") -> float:
    """Where to get help, and who sends this."""
    flow.heading(words.shared["hulp"]["kop"])
    for text in words.shared["hulp"]["alineas"]:
        flow.paragraph(text, GAP + 1.0)
    if before:
        flow.paragraph(before, GAP + 1.0)
    flow.paragraph(words.shared["groet"]["groet"])
    flow.paragraph(f"**{sender.title}**")
    return flow.y - BODY_LEADING
