"""Which kinds of sources are used, how to object or opt out: the same words in every letter."""

from __future__ import annotations

from letters.composition.flow import Flow, bullet_indent
from letters.composition.layout import LEFT, RIGHT, pt
from letters.composition.letterhead import FOOT
from letters.composition.pen import DROPOUT, Pen
from letters.composition.wrap import wrap
from letters.texts.catalog import Wording

SMALL_SIZE = 8.8
SMALL_LEADING = 4.05
COLUMN_GAP = 9.0
COLUMN = (RIGHT - LEFT - COLUMN_GAP) / 2
BOTTOM = FOOT - 6.0
PARAGRAPH_GAP = 1.2


def draw_rights_columns(pen: Pen, words: Wording) -> float:
    """In two columns of small type that end above the foot of page 1; returns where they begin."""
    left = Flow(pen, LEFT, 0, COLUMN, SMALL_SIZE, SMALL_LEADING)
    right = Flow(pen, LEFT + COLUMN + COLUMN_GAP, 0, COLUMN, SMALL_SIZE, SMALL_LEADING)
    height = max(_sources_height(pen, words), _rights_height(pen, words))
    left.y = right.y = BOTTOM - height
    pen.rule(LEFT, left.y - 5.5, RIGHT, left.y - 5.5, 0.6, DROPOUT)
    top = left.y - 7.0
    _flow_sources(left, words, 0)
    _flow_rights(right, words, PARAGRAPH_GAP)
    return top


def draw_rights_page(flow: Flow, words: Wording, *, objecting: bool) -> float:
    """In the type of the letter, on the back of one without a form; after how to object to a decision."""
    if objecting:
        objection = words.shared["bezwaar"]
        flow.heading(objection["kop"])
        for text in objection["alineas"]:
            flow.paragraph(text, 2.4)
        flow.skip(4.0)
    _flow_sources(flow, words, 2.4)
    flow.skip(4.0)
    _flow_rights(flow, words, 2.4)
    return flow.y


def _flow_sources(flow: Flow, words: Wording, gap: float) -> None:
    sources = words.shared["bronnen"]
    flow.heading(sources["kop"])
    flow.paragraph(sources["inleiding"], gap / 2)
    flow.bullets(sources["lijst"])
    flow.skip(gap / 2)
    flow.paragraph(sources["slot"], gap)


def _flow_rights(flow: Flow, words: Wording, gap: float) -> None:
    heading, paragraphs = _rights(words)
    flow.heading(heading)
    for text in paragraphs:
        flow.paragraph(text, gap)


def _rights(words: Wording) -> tuple[str, list[str]]:
    """One's rights: the same in every letter, but who has opted out is not told again how to."""
    if "rechten" in words.common:
        return words.common["rechten_kop"], words.common["rechten"]
    return words.shared["rechten"]["kop"], words.shared["rechten"]["alineas"]


def _sources_height(pen: Pen, words: Wording) -> float:
    sources = words.shared["bronnen"]
    count = _lines(pen, [sources["inleiding"], sources["slot"]], COLUMN)
    count += _lines(pen, sources["lijst"], COLUMN - bullet_indent(SMALL_SIZE))
    return count * SMALL_LEADING


def _rights_height(pen: Pen, words: Wording) -> float:
    _, paragraphs = _rights(words)
    return _lines(pen, paragraphs, COLUMN) * SMALL_LEADING + PARAGRAPH_GAP * (len(paragraphs) - 1)


def _lines(pen: Pen, texts: list[str], width: float) -> int:
    return sum(len(wrap(text, pen.fonts, SMALL_SIZE, pt(width))) for text in texts)
