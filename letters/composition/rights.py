"""Which kinds of sources are used, how to object or opt out: the same words in every letter."""

from __future__ import annotations

from letters.composition.flow import Flow, bullet_indent
from letters.composition.layout import LEFT, RIGHT, pt
from letters.composition.letterhead import FOOT
from letters.composition.pen import DROPOUT, Pen
from letters.composition.wrap import wrap
from letters.texts.catalog import Fill, TextSet, fill

SMALL_SIZE = 8.8
SMALL_LEADING = 4.05
COLUMN_GAP = 9.0
COLUMN = (RIGHT - LEFT - COLUMN_GAP) / 2
BOTTOM = FOOT - 6.0
PARAGRAPH_GAP = 1.2


def draw_rights_columns(pen: Pen, values: Fill, texts: TextSet) -> float:
    """In two columns of small type that end above the foot of page 1; returns where they begin."""
    left = Flow(pen, LEFT, 0, COLUMN, SMALL_SIZE, SMALL_LEADING)
    right = Flow(pen, LEFT + COLUMN + COLUMN_GAP, 0, COLUMN, SMALL_SIZE, SMALL_LEADING)
    height = max(_sources_height(pen, values, texts), _rights_height(pen, values, texts))
    left.y = right.y = BOTTOM - height
    pen.rule(LEFT, left.y - 5.5, RIGHT, left.y - 5.5, 0.6, DROPOUT)
    top = left.y - 7.0
    _flow_sources(left, values, texts, 0)
    _flow_rights(right, values, texts, PARAGRAPH_GAP)
    return top


def draw_rights_page(flow: Flow, values: Fill, texts: TextSet) -> float:
    """In the type of the letter, on the back of a letter that grants, after how to object to the decision."""
    grant = texts.shared["ambtshalve"]
    flow.heading(grant["bezwaar_kop"])
    for text in grant["bezwaar"]:
        flow.paragraph(fill(text, values), 2.4)
    flow.skip(4.0)
    _flow_sources(flow, values, texts, 2.4)
    flow.skip(4.0)
    _flow_rights(flow, values, texts, 2.4)
    return flow.y


def _flow_sources(flow: Flow, values: Fill, texts: TextSet, gap: float) -> None:
    sources = texts.shared["bronnen"]
    flow.heading(sources["kop"])
    flow.paragraph(fill(sources["inleiding"], values), gap / 2)
    flow.bullets([fill(text, values) for text in sources["lijst"]])
    flow.skip(gap / 2)
    flow.paragraph(fill(sources["slot"], values), gap)


def _flow_rights(flow: Flow, values: Fill, texts: TextSet, gap: float) -> None:
    rights = texts.shared["rechten"]
    flow.heading(rights["kop"])
    for text in rights["alineas"]:
        flow.paragraph(fill(text, values), gap)


def _sources_height(pen: Pen, values: Fill, texts: TextSet) -> float:
    sources = texts.shared["bronnen"]
    count = _lines(pen, [sources["inleiding"], sources["slot"]], values, COLUMN)
    count += _lines(pen, sources["lijst"], values, COLUMN - bullet_indent(SMALL_SIZE))
    return count * SMALL_LEADING


def _rights_height(pen: Pen, values: Fill, texts: TextSet) -> float:
    paragraphs = texts.shared["rechten"]["alineas"]
    return _lines(pen, paragraphs, values, COLUMN) * SMALL_LEADING + PARAGRAPH_GAP * (len(paragraphs) - 1)


def _lines(pen: Pen, texts: list[str], values: Fill, width: float) -> int:
    return sum(len(wrap(fill(text, values), pen.fonts, SMALL_SIZE, pt(width))) for text in texts)
