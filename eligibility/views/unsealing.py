"""Requests to open why somebody came out, in the admin: the officer asks, the adviser decides, both read."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from eligibility import transitions
from eligibility.actions import seals
from eligibility.actions.seals import Listed
from eligibility.forms.unsealing import WhoForm
from eligibility.models import UnsealRequest
from outreach.actions import audit_reports
from outreach.forms.audit import HouseholdForm
from outreach.kernel import clock
from outreach.permissions import Permission, may
from outreach.policies import NotNow
from outreach.transitions import leaves
from outreach.views.access import signed_in
from outreach.views.destruction import RegisterAdmin


class UnsealRequestAdmin(RegisterAdmin):
    """Who asked to know why somebody was found, who agreed, and for a short time the answer."""

    adds = Permission.UNSEAL_ASK
    acts = (
        (
            "toestaan",
            Permission.UNSEAL_ALLOW,
            lambda request, by: seals.consent(request=request, by=by),
            "Je gaf akkoord. De werker opent het zegel; het antwoord staat hier binnen een minuut.",
        ),
        (
            "weigeren",
            Permission.UNSEAL_ALLOW,
            lambda request, by: seals.refuse(request=request, by=by),
            "Je weigerde dit verzoek. Het zegel blijft dicht.",
        ),
        (
            "intrekken",
            Permission.UNSEAL_ASK,
            lambda request, by: seals.withdraw(request=request, by=by),
            "Het verzoek is ingetrokken. Het zegel blijft dicht.",
        ),
    )
    change_form_template = "admin/eligibility/unseal_request.html"
    list_display = ("__str__", "run", "state", "asked_by", "asked_at", "adviser", "readable_until")
    list_filter = ("state",)
    list_select_related = ("run", "asked_by", "adviser")
    fields = (
        "run",
        "reason",
        "state",
        "asked_by",
        "asked_at",
        "adviser",
        "decided_at",
        "opened_at",
        "readable_until",
        "problem",
    )

    def has_module_permission(self, request: HttpRequest) -> bool:
        return seals.may_see(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return seals.may_see(request.user)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.answer_view)
        address = path("<int:pk>/antwoord/", view, name="eligibility_unsealrequest_antwoord")
        return [address, *super().get_urls()]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """First the household, then who of it and why. It is sent in the body: no address has a key."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        by_household = HouseholdForm(request.POST or None)
        who = None
        if request.method == "POST" and by_household.is_valid():
            who = WhoForm(
                _people(by_household.cleaned_data), request.POST if "reason" in request.POST else None
            )
            made = self._ask(request, who) if who.is_valid() else None
            if made:
                messages.success(request, "Het verzoek is gedaan. De juridisch adviseur beslist erover.")
                return redirect("admin:eligibility_unsealrequest_change", made.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": "Vragen waarom iemand gevonden is",
            "opts": self.opts,
            "by_household": by_household,
            "who": who,
        }
        status = 422 if by_household.errors or (who and who.errors) else 200
        return TemplateResponse(request, "admin/eligibility/unseal_new.html", context, status=status)

    @staticmethod
    def _ask(request: HttpRequest, who: WhoForm) -> UnsealRequest | None:
        person, run = who.chosen()
        reason = who.cleaned_data["reason"]
        try:
            return seals.ask(person=person, run=run, reason=reason, by=signed_in(request))
        except NotNow as refusal:
            who.add_error("who", str(refusal))
            return None

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The request, and what this user may do with it."""
        found = UnsealRequest.objects.filter(pk=object_id).first() if object_id.isdigit() else None
        extra = self._shown(request, found) if found and self.has_view_permission(request) else {}
        return super().change_view(request, object_id, form_url, extra)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Asks first who it is: to whom the rows are hidden, Django would say that there is none."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return super().history_view(request, object_id, extra_context)

    @staticmethod
    def _shown(request: HttpRequest, asked: UnsealRequest) -> dict[str, object]:
        own = asked.asked_by_id == request.user.pk
        decides = may(request.user, Permission.UNSEAL_ALLOW) and not own
        return {
            "may_decide": decides and leaves(asked, transitions.UNSEAL_ALLOW),
            "may_withdraw": may(request.user, Permission.UNSEAL_ASK)
            and leaves(asked, transitions.UNSEAL_WITHDRAW),
            "may_read": request.user.pk in (asked.asked_by_id, asked.adviser_id)
            and asked.is_readable(clock.today()),
        }

    def answer_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Why somebody came out. Each reading is in the audit, about that person."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked = get_object_or_404(UnsealRequest.objects.select_related("run"), pk=pk)
        try:
            lines = seals.read(request=asked, by=signed_in(request))
        except NotNow as refusal:
            messages.error(request, str(refusal))
            return redirect("admin:eligibility_unsealrequest_change", pk)
        context = {
            **self.admin_site.each_context(request),
            "title": "Waarom deze persoon gevonden is",
            "opts": self.opts,
            "asked": asked,
            "lines": lines,
        }
        return TemplateResponse(request, "admin/eligibility/unseal_answer.html", context)


def _people(told: Mapping[str, Any]) -> list[Listed]:
    """Everybody of the household that was meant, in every koppeling it came out of."""
    households = [told["number"]]
    if not told["number"]:
        households = [
            one.household for one in audit_reports.households_at(told["postcode"], told["house_number"])
        ]
    return [person for household in households for person in seals.people_of(household)]


ADMINS = {UnsealRequest: UnsealRequestAdmin}
