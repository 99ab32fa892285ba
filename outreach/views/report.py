"""The rapport: one page, and each of its tables as a file. Nothing can be asked of it but what it tells.

A filter leaves rows out, and counts nothing anew: of a part that is counted apart small counts follow."""

import csv
import io
from collections.abc import Iterable, Sequence

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from letters.actions import report as counting
from outreach.actions.report import TABLES, Rapport, newest
from outreach.disclosure import FOUND
from outreach.forms.report import ReportFilter
from outreach.kernel import clock
from outreach.models import Buurt
from outreach.permissions import Permission
from outreach.views import report_ggm, report_map
from outreach.views import report_shown as shown
from outreach.views.access import require, signed_in

#: The file of the median days of each step.
DAYS = "dagen"
#: The file of words, without counts.
GGM = "ggm"
#: A program for sheets counts a text that begins so as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Row = Sequence[str | int | None]


@require_safe
@require(Permission.REPORT_SEE)
def rapport(request: HttpRequest) -> HttpResponse:
    """All tables of the newest stand, or the rows of them that are chosen. The map shows the stage that is
    chosen."""
    found = newest()
    context = {"due": counting.due(), "today": clock.today()}
    if found is None:
        return render(request, "outreach/report.html", context)
    return render(request, "outreach/report.html", context | _shown(found, _stage(request), request.GET))


def _stage(request: HttpRequest) -> int:
    """The stage on the map; who was reached when nothing or nonsense is asked: of that most buurten tell."""
    names = [name.lower() for name in shown.STAGE_NAMES]
    asked = request.GET.get("kaart", "")
    return names.index(asked) if asked in names[FOUND + 1 :] else shown.REACHED


def _shown(found: Rapport, stage: int, asked: QueryDict) -> dict[str, object]:
    names = {table: shown.names(table, found) for table in TABLES}
    chosen = ReportFilter(asked, names=names)
    by_table = chosen.narrowed(names)
    return {
        "filter": chosen,
        "filter_query": _without_stage(asked),
        "counted_on": found.counted_on,
        "kpis": shown.kpis(found),
        "funnel": shown.funnel(found),
        "step_columns": shown.step_columns(),
        "step_rows": shown.step_rows(found, by_table["regeling"]),
        "sections": {table: _section(table, by_table[table], found) for table in TABLES},
        "map": report_map.areas(list(Buurt.objects.order_by("name", "code")), found.tables["buurt"], stage),
        "map_stage": shown.STAGE_NAMES[stage],
        "map_stages": shown.STAGE_NAMES[FOUND + 1 :],
    }


def _without_stage(asked: QueryDict) -> str:
    """The filters for a link of the map: only those there are, so that an address holds nothing else."""
    kept = QueryDict(mutable=True)
    for name in ReportFilter.base_fields:
        if asked.get(name):
            kept[name] = asked[name]
    return kept.urlencode()


def _section(table: str, names: list[tuple[str, str]], found: Rapport) -> dict[str, object]:
    lines = found.tables[table]
    return {
        "columns": shown.columns(table),
        "rows": shown.rows(names, lines, found.counted_on),
        "chart": shown.chart(names, lines),
    }


@require_POST
@require(Permission.REPORT_SEE)
def make(request: HttpRequest) -> HttpResponse:
    """Make the stand of this month, when there is none yet."""
    if counting.make(by=signed_in(request)):
        messages.success(request, "De stand van deze maand is gemaakt.")
    elif counting.due():
        messages.warning(
            request, "Er is nog te weinig te tellen voor een nieuwe stand. Probeer het later weer."
        )
    return redirect("report")


@require_safe
@require(Permission.REPORT_SEE)
def download(request: HttpRequest, table: str) -> HttpResponse:
    """One table as a file, for a program for sheets: what the page says and no more."""
    if table == GGM:
        return _file(GGM, report_ggm.sheet())
    found = newest()
    if table not in (*TABLES, DAYS) or found is None:
        raise Http404
    return _file(f"{table}-{found.counted_on}", _sheet(table, found))


def _sheet(table: str, found: Rapport) -> Iterable[Row]:
    if table == DAYS:
        return shown.step_sheet(found, shown.names("regeling", found))
    return shown.sheet(table, shown.names(table, found), found.tables[table])


def _file(name: str, rows: Iterable[Row]) -> HttpResponse:
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    for row in rows:
        writer.writerow([_no_formula(cell) for cell in row])
    # The mark at the start tells Excel that it is UTF-8.
    answer = HttpResponse("\ufeff" + written.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="rapport-{name}.csv"'
    return answer


def _no_formula(cell: str | int | None) -> str | int | None:
    if isinstance(cell, str) and cell.startswith(_FORMULA):
        return f"'{cell}"
    return cell
