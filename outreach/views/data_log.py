"""The Logboek Dataverwerkingen, to read within the admin."""

from urllib.parse import urlencode

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from outreach.actions import data_log
from outreach.actions.audit_reports import NEWEST
from outreach.forms.audit import PeriodForm, usual
from outreach.permissions import Permission
from outreach.views.access import require
from outreach.views.processing import Sources


def addresses(site: AdminSite, sources: Sources) -> list[URLPattern]:
    """The address of this page. `sources` tell the register that its lines point at."""
    return [path("dataverwerkingen/", shown, {"site": site, "sources": sources}, name="data_log")]


@require_safe
@require(Permission.AUDIT_SEE)
def shown(request: HttpRequest, site: AdminSite, sources: Sources) -> HttpResponse:
    """How often data was processed for which activity, and the newest lines. That it was read is audited."""
    asked = "van" in request.GET or "tot" in request.GET
    first = usual()
    form = PeriodForm(request.GET if asked else None, initial={"van": first.first, "tot": first.last})
    period = form.period()
    told = request.GET.get("voor", "")
    # Longer than any number of a line, and the database would refuse it.
    before = int(told) if told.isascii() and told.isdigit() and len(told) < 19 else NEWEST
    lines, older = data_log.newest(period, before=before)
    names = {one.number: one.name for source in sources for one in source()}
    further = {"van": period.first.isoformat(), "tot": period.last.isoformat(), "voor": older}
    context = {
        "title": "Logboek Dataverwerkingen",
        "form": form,
        "period": period,
        "counts": [(names.get(one.activity, one.activity), one) for one in data_log.counted(period)],
        "lines": [(names.get(one.activity, one.activity), one) for one in lines],
        "older": urlencode(further) if older else "",
    }
    return TemplateResponse(request, "admin/outreach/data_log.html", site.each_context(request) | context)
