"""Page 1: the letter."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from letters.composition.dutch import euros, long_date
from letters.composition.flow import Flow
from letters.composition.layout import LEFT, RIGHT, WINDOW_SLACK, LayoutProfile, pt
from letters.composition.letterhead import FOOT, details_left, details_rows, draw_frame
from letters.composition.model import LetterFault, Municipality, Point
from letters.composition.pen import Pen
from letters.composition.persons import draw_persons
from letters.composition.prepare import PreparedLetter
from letters.composition.rights import BOTTOM, draw_rights_columns, draw_rights_page
from letters.composition.wrap import NBSP
from letters.texts.catalog import (
    ALL_REGELINGEN,
    APPROACHES,
    DECISIONS,
    Fill,
    TextSet,
    Wording,
    filled,
    wording,
)

TITLE_TOP = 95.0
BODY_WIDTH = RIGHT - LEFT
BODY_SIZE = 11.0
BODY_LEADING = 5.1
# With a sentence more, for who acts for the addressee.
COMPACT_SIZE = 10.5
COMPACT_LEADING = 4.6
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
        dates = (data.reply_by, data.income_year, data.received_on, data.share_on)
        compact = bool(letter.opening)
        key = (letter.texts, data.regeling, letter.kind, data.klasse, compact, *dates)
        if key not in self._wordings:
            values = self.values(letter)
            self._wordings[key] = wording(
                letter.texts, data.regeling, letter.kind, data.klasse, values, compact=compact
            )
        return self._wordings[key]

    def values(self, letter: PreparedLetter, point: Point | None = None) -> Fill:
        """What is filled in where a text of this letter has {braces}, and where its point has."""
        data, sender = letter.data, self.municipality
        regeling = letter.texts.regeling(data.regeling) if data.regeling else {"de_regeling": ALL_REGELINGEN}
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
            uiterlijk=_day(data.reply_by),
            jaar=str(data.income_year or ""),
            plek="op de achterkant" if self.layout.duplex else "op het tweede blad",
            de_regeling=regeling["de_regeling"],
            ontvangen=_day(data.received_on),
            deeldatum=_day(data.share_on),
            bedrag=_amount(point.amount if point else None),
            grens=_amount(point.limit if point else None),
        )

    def points(self, letter: PreparedLetter) -> list[str]:
        """The sentences of what is missing, or why not."""
        texts = self.wording(letter).points
        return [filled(texts[one.code], self.values(letter, one)) for one in letter.data.points]


def _day(day: date | None) -> str:
    return long_date(day, NBSP) if day else ""


def _amount(amount: int | None) -> str:
    return "" if amount is None else euros(amount, NBSP)


def draw_letter(pen: Pen, letter: PreparedLetter, context: PartContext) -> None:
    """Page 1 but for its foot. Raises TextTooLong or TooManyPersons."""
    words = context.wording(letter)
    pen.ink()
    pen.stamp("briefpapier", lambda: draw_frame(pen, context.municipality, context.layout))
    _draw_address(pen, letter, context.layout)
    _draw_details(pen, letter, context.layout)
    y = pen.stamp(("titel", words), lambda: _draw_title(pen, words))
    flow = _body(pen, y, words)
    flow.paragraph(letter.salutation, GAP)
    if letter.opening:
        flow.paragraph(letter.opening, GAP)
    bottom = _BODIES[letter.kind](pen, letter, context, words, flow.y)
    limit = FOOT - 8
    if letter.kind in APPROACHES:
        limit = pen.stamp(("rechten", words), lambda: draw_rights_columns(pen, words))
    if bottom > limit:
        raise TextTooLong("De tekst past niet op één kant van het papier.")


def draw_back(pen: Pen, letter: PreparedLetter, context: PartContext) -> None:
    """Page 2 of a letter without a form: how to object to a decision, which sources are used, one's rights.

    Raises TextTooLong.
    """
    words = context.wording(letter)

    def draw() -> float:
        flow = _body(pen, 30.0, words)
        flow.title(words.shared["bezwaar"]["achterkant"], 16.5, 9.5)
        return draw_rights_page(flow, words, objecting=letter.kind in DECISIONS)

    pen.ink()
    if pen.stamp(("achterkant", words), draw) > BOTTOM:
        raise TextTooLong("De tekst past niet op de achterkant van het papier.")


def _body(pen: Pen, y: float, words: Wording) -> Flow:
    size, leading = (COMPACT_SIZE, COMPACT_LEADING) if words.compact else (BODY_SIZE, BODY_LEADING)
    return Flow(pen, LEFT, y, BODY_WIDTH, size, leading)


def _draw_title(pen: Pen, words: Wording) -> float:
    flow = _body(pen, TITLE_TOP, words)
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


def _draw_request(pen: Pen, letter: PreparedLetter, context: PartContext, words: Wording, y: float) -> float:
    """The body of a letter with a form: what it is, what to do, what follows, where to get help."""
    draw = partial(_draw_asking, pen, words, context.municipality)
    return pen.stamp(("verzoek", words), draw, down=y - STAMP_TOP)


def _draw_missing(pen: Pen, letter: PreparedLetter, context: PartContext, words: Wording, y: float) -> float:
    """The body of a letter that asks for what is missing: the list is the household's own."""
    y = _draw_points(pen, letter, context, words, y)
    draw = partial(_draw_todo, pen, words, context.municipality)
    return pen.stamp(("verzoek", words), draw, down=y - STAMP_TOP)


def _draw_grant(pen: Pen, letter: PreparedLetter, context: PartContext, words: Wording, y: float) -> float:
    """The body of a letter that grants: what one gets, who it is for, what to do when it is wrong."""
    y = pen.stamp(("toekenning", words), lambda: _draw_granted(pen, words), down=y - STAMP_TOP)
    y = draw_persons(pen, letter.persons, LEFT, y - BODY_LEADING + 0.8, BODY_WIDTH, GRANT_ROOM)
    draw = partial(_draw_if_wrong, pen, words, context.municipality)
    return pen.stamp(("slot", words), draw, down=y + 9.0 - STAMP_TOP)


def _draw_refusal(pen: Pen, letter: PreparedLetter, context: PartContext, words: Wording, y: float) -> float:
    """The body of a letter that refuses: why, and what one can still do."""
    y = _draw_points(pen, letter, context, words, y)
    draw = partial(_draw_if_wrong, pen, words, context.municipality)
    return pen.stamp(("slot", words), draw, down=y - STAMP_TOP)


def _draw_notice(pen: Pen, letter: PreparedLetter, context: PartContext, words: Wording, y: float) -> float:
    """The body of a letter that tells something and asks for nothing."""

    def draw() -> float:
        flow = _draw_opening(pen, words)
        flow.paragraph(words.common["uitleg"], GAP + 1.4)
        for block in words.common["blokken"]:
            flow.heading(block["kop"])
            flow.paragraph(block["tekst"], GAP + 1.0)
        return _draw_close(flow, words, context.municipality)

    return pen.stamp(("bericht", words), draw, down=y - STAMP_TOP)


_BODIES = {
    "zeker": _draw_request,
    "onzeker": _draw_request,
    "herinnering": _draw_request,
    "aanvulling": _draw_missing,
    "ambtshalve": _draw_grant,
    "toekenning": _draw_grant,
    "afwijzing": _draw_refusal,
    "deelbericht": _draw_notice,
    "afmelding": _draw_notice,
}


def _draw_opening(pen: Pen, words: Wording) -> Flow:
    flow = _body(pen, STAMP_TOP, words)
    for text in words.opening["opening"]:
        flow.paragraph(text, GAP)
    return flow


def _draw_points(pen: Pen, letter: PreparedLetter, context: PartContext, words: Wording, y: float) -> float:
    """The opening, and under it this household's own points."""
    y = pen.stamp(("opening", words), lambda: _draw_opening(pen, words).y, down=y - STAMP_TOP)
    flow = _body(pen, y - 0.8, words)
    flow.bullets(context.points(letter))
    return flow.y + GAP + 0.8


def _draw_asking(pen: Pen, words: Wording, sender: Municipality) -> float:
    return _todo(_draw_opening(pen, words), words, sender)


def _draw_todo(pen: Pen, words: Wording, sender: Municipality) -> float:
    return _todo(_body(pen, STAMP_TOP, words), words, sender)


def _todo(flow: Flow, words: Wording, sender: Municipality) -> float:
    """What to do by when, and what follows."""
    common = words.common
    flow.paragraph(common["uitleg"], GAP + 1.4)
    flow.heading(common["kop"])
    flow.skip(0.8)
    flow.steps(common["stappen"], 1.4)
    flow.skip(GAP - 0.6)
    flow.heading(common["daarna_kop"])
    flow.paragraph(common["daarna"], GAP + 1.0)
    return _draw_close(flow, words, sender)


def _draw_granted(pen: Pen, words: Wording) -> float:
    flow = _draw_opening(pen, words)
    flow.skip(2.0)
    flow.heading(words.opening["personen"])
    return flow.y


def _draw_if_wrong(pen: Pen, words: Wording, sender: Municipality) -> float:
    common = words.common
    flow = _body(pen, STAMP_TOP, words)
    flow.heading(common["klopt_niet_kop"])
    flow.paragraph(common["klopt_niet"], GAP + 1.4)
    return _draw_close(flow, words, sender, words.shared["bezwaar"]["lees_verder"])


def _draw_close(flow: Flow, words: Wording, sender: Municipality, before: str = "") -> float:
    """Where to get help, and who sends this."""
    flow.heading(words.shared["hulp"]["kop"])
    for text in words.shared["hulp"]["alineas"]:
        flow.paragraph(text, GAP + 1.0)
    if before:
        flow.paragraph(before, GAP + 1.0)
    flow.paragraph(words.shared["groet"]["groet"])
    flow.paragraph(f"**{sender.title}**")
    return flow.y - flow.leading
