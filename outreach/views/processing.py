"""The register of processing (AVG article 30), to read and to take along, within the admin."""

import csv
import io
from collections.abc import Callable, Sequence

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from outreach.actions.processing import HEADINGS, MISSING, Processing, responsible
from outreach.audit import Event, record
from outreach.kernel import clock
from outreach.permissions import Permission
from outreach.views.access import require

Sources = Sequence[Callable[[], list[Processing]]]


def addresses(site: AdminSite, sources: Sources) -> list[URLPattern]:
    """The addresses of these pages. Each of `sources` tells the lines of one room."""
    return [
        path("verwerkingen/", register, {"site": site, "sources": sources}, name="processing"),
        path("verwerkingen/register.csv", download, {"sources": sources}, name="processing_csv"),
    ]


def _lines(sources: Sources) -> list[Processing]:
    return [line for source in sources for line in source()]


@require_safe
@require(Permission.AUDIT_SEE)
def register(request: HttpRequest, site: AdminSite, sources: Sources) -> HttpResponse:
    """All lines as they follow from what is set up now, and what nobody has written down yet."""
    lines = _lines(sources)
    context = {
        "title": "Register van verwerkingen",
        "lines": [(one, list(zip(HEADINGS, one.cells(), strict=True))[2:], one.gaps()) for one in lines],
        "missing": sum(bool(one.gaps()) for one in lines),
        "responsible": [(name, text, MISSING in text) for name, text in responsible().items()],
        "today": clock.today(),
    }
    return TemplateResponse(request, "admin/outreach/processing.html", site.each_context(request) | context)


@require_safe
@require(Permission.AUDIT_SEE)
def download(request: HttpRequest, sources: Sources) -> HttpResponse:
    """The same as a file for a spreadsheet. That it was taken along is written down.

    Who is responsible stands with each line: a row that is laid aside of the others says it too.
    """
    lines, ours = _lines(sources), responsible()
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    writer.writerows([[*HEADINGS, *ours], *([*one.cells(), *ours.values()] for one in lines)])
    record(Event.PROCESSING_EXPORTED, "verwerkingen", details={"regels": len(lines)})
    answer = HttpResponse("\ufeff" + written.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="verwerkingen-{clock.today()}.csv"'
    return answer
