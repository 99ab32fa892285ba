"""The resident with a pen: fills in a printed form, or does not, or does more than was asked."""

from __future__ import annotations

import datetime
from random import Random

from PIL import Image

from tools.drukker import hand
from tools.drukker.fates import ALONE, BLANK, FAINT, REMARKED, STRUCK
from tools.drukker.hand import Ink, Stroke
from tools.drukker.journal import Row
from tools.drukker.pages import Box, Form, px, written_part


def fill(page: Image.Image, form: Form, row: Row, rng: Random, today: datetime.date) -> None:
    """Write on the page what `row.answer` says, and note in the row who signed and which amounts."""
    pen = hand.any_pen(rng)
    strokes: list[Stroke] = []
    if row.answer != BLANK or rng.random() < 0.5:
        strokes += _date(form, rng, today) + _amounts(form, row, rng)
    if row.answer == FAINT:
        hand.write(page, hand.sign(rng, _corner(form.signatures[0])), Ink(rng.randint(120, 165), 0.3), rng)
    elif row.answer != BLANK:
        strokes += hand.sign(rng, form.signatures[0])
    row.signed = row.answer != BLANK
    row.partner_signed = row.signed and (row.answer != ALONE if row.adults > 1 else row.uninvited)
    if row.partner_signed:
        hand.write(page, hand.sign(rng, form.signatures[1]), hand.any_pen(rng), rng)
    if row.answer == REMARKED:
        strokes += _remark(page, form, rng)
    if row.answer == STRUCK:
        strokes += _strike(page, form, rng)
    hand.write(page, strokes, pen, rng)


def _corner(box: Box) -> Box:
    """A small part of a box, for a hand that hardly dares."""
    return Box(
        box.left + px(16),
        box.top + box.height // 2 - px(3),
        box.left + px(28),
        box.top + box.height // 2 + px(3),
    )


def _date(form: Form, rng: Random, today: datetime.date) -> list[Stroke]:
    """The day of signing, a few days ago. One in twelve forgets it."""
    if rng.random() < 1 / 12 or len(form.date) < 3:
        return []
    day = today - datetime.timedelta(days=rng.randint(1, 9))
    texts = (f"{day.day:02d}", f"{day.month:02d}", f"{day.year}")
    return [
        stroke for text, box in zip(texts, form.date, strict=False) for stroke in hand.number(rng, text, box)
    ]


def _amounts(form: Form, row: Row, rng: Random) -> list[Stroke]:
    """Whole euros in each row of boxes, and a cross for one's own house."""
    if not form.amounts:
        return []
    tops = (24_000, 14_000, 6_000, 4_000, 9_000)
    row.amounts = [0 if rng.random() < 0.25 else rng.randint(1, top) for top in tops[: len(form.amounts)]]
    strokes = [
        stroke
        for amount, box in zip(row.amounts, form.amounts, strict=False)
        for stroke in hand.number(rng, str(amount), box)
    ]
    if form.choices:
        strokes += hand.cross(form.choices[-1] if rng.random() < 0.9 else form.choices[0])
    return strokes


def _remark(page: Image.Image, form: Form, rng: Random) -> list[Stroke]:
    """Some words where there is room: on a line for it, or else beside a name."""
    if form.notes and rng.random() < 0.8:
        line = form.notes[0]
        return hand.words(rng, line.left, line.bottom, px(rng.uniform(40, 110)), px(4))
    line = rng.choice(form.named)
    name = written_part(page, line) or line
    return hand.words(rng, name.right + px(6), line.bottom - px(1), px(30), px(3))


def _strike(page: Image.Image, form: Form, rng: Random) -> list[Stroke]:
    """A line through a name that is not right, or through one's own signature."""
    if rng.random() < 0.25:
        return hand.strike_out(rng, form.signatures[0])
    line = rng.choice(form.named)
    return hand.strike(rng, written_part(page, line) or line)
