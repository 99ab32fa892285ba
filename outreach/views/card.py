"""The card for who was not home: four on an A4. A neighbour may read it, so it names no regeling."""

import io

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from letters.composition.fonts import load_fonts
from letters.composition.layout import PAGE_HEIGHT, PAGE_WIDTH, pt
from letters.composition.pen import DROPOUT, INK, Pen
from letters.composition.wrap import wrap
from outreach.permissions import Permission
from outreach.views.access import require

TEMPLATE = "outreach/kaartje.txt"
#: Millimetres: an A6 is half an A4 both ways.
WIDTH, HEIGHT = PAGE_WIDTH / 2, PAGE_HEIGHT / 2
_MARGIN, _TOP = 11.0, 17.0
_HEAD, _SIZE, _LEADING, _BETWEEN = 15.0, 10.5, 4.8, 2.6
_LINE = "_" * 22


def paragraphs() -> list[str]:
    """What stands on the card; the first one is its heading."""
    text = render_to_string(
        TEMPLATE,
        {
            "gemeente": settings.GEMEENTE_NAAM,
            "telefoon": settings.GEMEENTE_TELEFOON,
            "bereikbaar": settings.GEMEENTE_BEREIKBAAR,
            "bezoekadres": settings.GEMEENTE_BEZOEKADRES,
            "lijn": _LINE,
        },
    )
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]


def pdf() -> bytes:
    """One A4 with four cards and the lines to cut along."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4, pageCompression=1)
    canvas.setTitle("Kaartje: wij waren bij u aan de deur")
    canvas.setCreator("Bereik")
    pen = Pen(canvas, load_fonts(), INK)
    for left in (0.0, WIDTH):
        for top in (0.0, HEIGHT):
            _card(pen, left, top)
    _cutting_lines(canvas)
    canvas.showPage()
    canvas.save()
    return file.getvalue()


def _card(pen: Pen, left: float, top: float) -> None:
    heading, *texts = paragraphs()
    width = pt(WIDTH - 2 * _MARGIN)
    x, y = left + _MARGIN, top + _TOP
    y = pen.lines(x, y, wrap(heading, pen.fonts, _HEAD, width, bold=True), _HEAD, 6.5) + _BETWEEN
    for text in texts:
        y = pen.lines(x, y, wrap(text, pen.fonts, _SIZE, width), _SIZE, _LEADING) + _BETWEEN


def _cutting_lines(canvas: Canvas) -> None:
    canvas.setStrokeColor(DROPOUT)
    canvas.setLineWidth(0.4)
    canvas.setDash(2, 3)
    canvas.line(pt(WIDTH), 0, pt(WIDTH), pt(PAGE_HEIGHT))
    canvas.line(0, pt(HEIGHT), pt(PAGE_WIDTH), pt(HEIGHT))


@require_safe
@require(Permission.GESPREK_SAVE)
def card(request: HttpRequest) -> HttpResponse:
    """The sheet to print. It is about nobody."""
    response = HttpResponse(pdf(), content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="kaartjes.pdf"'
    return response
