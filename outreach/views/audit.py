"""The privacy officer's reports, within the admin: who looked, what somebody did, and who may what."""

import datetime
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods, require_safe

from outreach.actions import audit_reports, role_reviews
from outreach.actions.audit_reports import NEWEST, Page, Period
from outreach.forms.audit import HouseholdForm, PeriodForm, SignForm, UserForm, usual
from outreach.kernel import clock
from outreach.models import RoleReview, User
from outreach.permissions import Permission
from outreach.policies import NotNow
from outreach.views.access import require, signed_in

KeysOf = Callable[[uuid.UUID], Mapping[str, Iterable[object]]]


def addresses(site: AdminSite, keys_of: KeysOf) -> list[URLPattern]:
    """The addresses of these pages. `keys_of` gives the keys under which the audit knows a household."""
    frame = {"site": site}
    return [
        path("audit/", start, frame, name="audit"),
        path("audit/huishouden/<uuid:pk>/", household, frame | {"keys_of": keys_of}, name="audit_household"),
        path("audit/medewerker/<int:pk>/", user, frame, name="audit_user"),
        path("audit/rollen/", roles, frame, name="audit_roles"),
        path("audit/rollen/<int:pk>/", role_review, frame, name="audit_role_review"),
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.AUDIT_SEE)
def start(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Where a report begins. An address is sent in the body: none stands in an address of the site."""
    by_household = HouseholdForm(request.POST if "household" in request.POST else None, auto_id="h_%s")
    by_user = UserForm(request.POST if "user" in request.POST else None, auto_id="m_%s")
    found = None
    if by_household.is_bound and by_household.is_valid():
        told = by_household.cleaned_data
        if told["number"]:
            return redirect("admin:audit_household", told["number"])
        found = audit_reports.households_at(told["postcode"], told["house_number"])
    if by_user.is_bound and by_user.is_valid():
        return redirect("admin:audit_user", by_user.cleaned_data["user"].pk)
    quarter = role_reviews.quarter_of(clock.today())
    context = {
        "by_household": by_household,
        "by_user": by_user,
        "found": found,
        "sealing": audit_reports.sealing(),
        "quarter": quarter,
        "signed": RoleReview.objects.filter(quarter=quarter).select_related("signed_by").first(),
    }
    status = 422 if by_household.errors or by_user.errors else 200
    return _page(request, site, "audit", "Audit", context, status)


@require_safe
@require(Permission.AUDIT_SEE)
def household(request: HttpRequest, site: AdminSite, keys_of: KeysOf, pk: uuid.UUID) -> HttpResponse:
    """Who looked at a household. One that is not there any more keeps its history."""
    form, period, before = _asked(request)
    found = audit_reports.about_household(pk, keys_of(pk), period, before=before)
    context = {"form": form, "household": pk, **_shown(found, period)}
    return _page(request, site, "audit_lines", "Wie keek bij dit huishouden", context)


@require_safe
@require(Permission.AUDIT_SEE)
def user(request: HttpRequest, site: AdminSite, pk: int) -> HttpResponse:
    """What somebody saw and did."""
    whose = get_object_or_404(User, pk=pk)
    form, period, before = _asked(request)
    found = audit_reports.of_user(whose, period, before=before)
    context = {"form": form, "whose": whose, **_shown(found, period)}
    return _page(request, site, "audit_lines", f"Wat {whose.display_name()} deed", context)


def _asked(request: HttpRequest) -> tuple[PeriodForm, Period, int]:
    """The days, and the line to go on from."""
    chosen = "van" in request.GET or "tot" in request.GET
    today = usual()
    form = PeriodForm(request.GET if chosen else None, initial={"van": today.first, "tot": today.last})
    period = form.period() if chosen else today
    before = request.GET.get("voor", "")
    return form, period, int(before) if before.isdigit() and len(before) < 19 else NEWEST


def _shown(found: Page, period: Period) -> dict[str, Any]:
    older = {"van": _iso(period.first), "tot": _iso(period.last), "voor": found.older}
    return {
        "lines": found.lines,
        "period": period,
        "older": urlencode(older) if found.older else "",
        "looks": sum(line.looks for line in found.lines),
    }


def _iso(day: datetime.date) -> str:
    return day.isoformat()


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.AUDIT_SEE)
def roles(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Who has which role, to be signed once a quarter."""
    listed = role_reviews.current()
    form = SignForm(request.POST or None, initial={"sha256": listed.sha256})
    if request.method == "POST" and form.is_valid():
        try:
            made = role_reviews.sign(**form.cleaned_data, by=signed_in(request))
        except NotNow as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"Je hebt de rollen van {made.quarter} ondertekend.")
        return redirect("admin:audit_roles")
    context = {
        "form": form,
        "listed": listed,
        "quarter": role_reviews.quarter_of(clock.today()),
        "reviews": RoleReview.objects.select_related("signed_by").defer("listed")[:20],
    }
    status = 422 if form.errors else 200
    return _page(request, site, "audit_roles", "Wie welke rol heeft", context, status)


@require_safe
@require(Permission.AUDIT_SEE)
def role_review(request: HttpRequest, site: AdminSite, pk: int) -> HttpResponse:
    """One list as it was signed."""
    review = get_object_or_404(RoleReview.objects.select_related("signed_by"), pk=pk)
    context = {"review": review, "holders": role_reviews.holders(review.listed)}
    return _page(request, site, "audit_role_review", f"Rollen in {review.quarter}", context)


def _page(
    request: HttpRequest, site: AdminSite, name: str, title: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    frame = site.each_context(request)
    return TemplateResponse(
        request, f"admin/outreach/{name}.html", frame | {"title": title} | context, status=status
    )
