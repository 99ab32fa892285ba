"""Requests of residents in the admin, for the privacy officer alone: from the first day to the answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from eligibility.actions import subject_numbers
from eligibility.actions.keys import NoKeyReady
from outreach.actions import destruction, subject_requests
from outreach.actions.subject_requests import Asked
from outreach.admin import Kept
from outreach.audit import Event, record
from outreach.forms.subject_request import HoldReasonForm, IdentityForm, ReasonForm, RequestForm, ToldForm
from outreach.kernel import clock
from outreach.models import LegalHold, SubjectNumber, SubjectPack, SubjectRequest, User
from outreach.models.destruction import RetentionKind
from outreach.models.subject_request import (
    OPEN_REQUESTS,
    RESTRICTS,
    RequestChannel,
    RequestKind,
    RequestState,
)
from outreach.permissions import Permission, may
from outreach.policies import NotNow
from outreach.tasks import sweep_requests
from outreach.transitions import StateChanged
from outreach.views import packs
from outreach.views.access import signed_in

_NO_KEY = "Er ligt nog geen sleutel klaar om het BSN te versleutelen. Probeer het over een minuut opnieuw."
_PAGE = "admin:outreach_subjectrequest_change"


@dataclass(frozen=True, slots=True)
class Act:
    """What may be done with a request: its address, its form if it asks something, and what is said then."""

    name: str
    label: str
    said: str
    do: Callable[[SubjectRequest, Mapping[str, str], User], None]
    form: type[forms.Form] = forms.Form
    why: str = ""


ACTS = (
    Act(
        "identiteit",
        "Identiteit vastleggen",
        "De identiteit is gecontroleerd. Het verzoek is in behandeling.",
        lambda one, told, by: subject_requests.check_identity(request=one, how=told["identity"], by=by),
        IdentityForm,
    ),
    Act(
        "doorgeven",
        "Doorgegeven aan de bronhouder",
        "Vastgelegd dat de fout is doorgegeven.",
        lambda one, told, by: subject_requests.tell(request=one, whom=told["whom"], by=by),
        ToldForm,
    ),
    Act(
        "beantwoorden",
        "Beantwoord",
        "Het verzoek is beantwoord.",
        lambda one, told, by: subject_requests.answer(request=one, by=by),
        why="Kies dit als de inwoner het antwoord heeft.",
    ),
    Act(
        "opheffen",
        "Benaderen mag weer",
        "Opgeheven. Deze inwoner mag weer worden benaderd.",
        lambda one, told, by: subject_requests.lift(request=one, by=by),
        why="Zolang je dit niet kiest, krijgt de inwoner geen brief en geen bezoek.",
    ),
    Act(
        "verlengen",
        "Termijn verlengen",
        "De termijn is met twee maanden verlengd. Laat het de inwoner weten.",
        lambda one, told, by: subject_requests.extend(request=one, reason=told["reason"], by=by),
        ReasonForm,
    ),
    Act(
        "afwijzen",
        "Afwijzen",
        "Het verzoek is afgewezen.",
        lambda one, told, by: subject_requests.refuse(request=one, reason=told["reason"], by=by),
        ReasonForm,
    ),
    Act(
        "vasthouden",
        "Gegevens bewaren",
        "Vastgelegd. De gegevens van deze inwoner worden niet vernietigd, tot je dit verbod opheft.",
        lambda one, told, by: hold(one, reason=told["because"], by=by),
        HoldReasonForm,
        why="Kies dit als er een zaak loopt. Het verbod staat daarna bij „Vernietigingsverboden”.",
    ),
)


def hold(one: SubjectRequest, *, reason: str, by: User) -> None:
    """Forbid that the data of who asked are destroyed. Raises NotNow."""
    if one.person is None:
        raise NotNow("Van deze inwoner staat niets in de uitvoering. Er valt niets te bewaren.")
    if held(one) is not None:
        raise NotNow("Er is al een verbod. Bekijk het hieronder.")
    destruction.place_hold(kind=RetentionKind.PERSON, subject=str(one.person), reason=reason, by=by)


def held(one: SubjectRequest) -> LegalHold | None:
    """The hold on the data of who asked."""
    if one.person is None:
        return None
    return LegalHold.objects.in_force().filter(kind=RetentionKind.PERSON, subject=str(one.person)).first()


def possible(one: SubjectRequest, holds: LegalHold | None) -> set[str]:
    """The names of the acts that can be done now. `holds`: what forbids already that his data go."""
    found = set()
    if one.state == RequestState.RECEIVED:
        found.add("identiteit")
    if one.state in OPEN_REQUESTS:
        found |= {"afwijzen"} if one.extended_because else {"afwijzen", "verlengen"}
        if one.kind == RequestKind.CORRECTION and one.told_on is None:
            found.add("doorgeven")
    untold = one.kind == RequestKind.CORRECTION and one.told_on is None
    if one.state == RequestState.HANDLING and not untold:
        found.add("beantwoorden")
    if one.person is not None and holds is None:
        found.add("vasthouden")
    return found | ({"opheffen"} if one.restricts() else set())


def _tell_the_worker() -> None:
    """Without a broker the sweep finds it; the error is in the log."""
    transaction.on_commit(lambda: sweep_requests.apply_async(retry=False), robust=True)


class SubjectRequestAdmin(Kept, admin.ModelAdmin):
    """The register with its terms. Whose request it is stands on its own page, where looking is audited."""

    list_display = ("__str__", "kind", "received_on", "due_on", "term", "state", "channel", "reference")
    list_filter = ("state", "kind", "channel")
    date_hierarchy = "received_on"

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may(request.user, Permission.SUBJECT_REQUEST_HANDLE)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may(request.user, Permission.SUBJECT_REQUEST_HANDLE)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may(request.user, Permission.SUBJECT_REQUEST_HANDLE)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[SubjectRequest]:
        return super().get_queryset(request).defer("pack_key", "recipient")

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        """Refuses before it looks for the row, which the row policy hides from others."""
        self._lock(request)
        return super().history_view(request, object_id, extra_context)

    @admin.display(description="termijn")
    def term(self, one: SubjectRequest) -> str:
        """Whether the answer is late, and how many days are left."""
        if one.state not in OPEN_REQUESTS:
            return "–"
        left = (one.due_on - clock.today()).days
        return "te laat" if left < 0 else f"nog {left} {'dag' if left == 1 else 'dagen'}"

    def get_urls(self) -> list[URLPattern]:
        acts = [
            path(
                f"<int:pk>/{act.name}/",
                self.admin_site.admin_view(require_POST(self._act(act))),
                name=f"outreach_subjectrequest_{act.name}",
            )
            for act in ACTS
        ]
        pack = self.admin_site.admin_view(self.pack_view)
        return [
            *acts,
            path("<int:pk>/pakket/", pack, name="outreach_subjectrequest_pakket"),
            *super().get_urls(),
        ]

    @staticmethod
    def _lock(request: HttpRequest) -> None:
        if not may(request.user, Permission.SUBJECT_REQUEST_HANDLE):
            raise PermissionDenied

    @method_decorator(sensitive_post_parameters("bsn", "name", "born"))
    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Write a request down. A name is searched first, and then one of those found is chosen."""
        self._lock(request)
        form = RequestForm(request.POST or None)
        asked = request.method == "POST" and form.is_valid()
        if asked and (made := self._registered(form, signed_in(request))):
            messages.success(request, "Het verzoek is vastgelegd.")
            _tell_the_worker()
            return redirect(_PAGE, made.pk)
        context = {"form": form, "searched": bool(asked and not form.errors)}
        status = 422 if form.errors else 200
        return self._page(request, "subject_request_new", "Verzoek vastleggen", context, status)

    def _registered(self, form: RequestForm, by: User) -> SubjectRequest | None:
        told = form.cleaned_data
        recipient, pack_key = packs.new_key() if told["kind"] == RequestKind.ACCESS else ("", None)
        asked = Asked(
            kind=RequestKind(told["kind"]),
            channel=RequestChannel(told["channel"]),
            received_on=told["received_on"],
            reference=told["reference"],
            about=told["about"],
            recipient=recipient,
            pack_key=pack_key,
        )
        try:
            if told["bsn"]:
                made = subject_numbers.register(asked=asked, number=told["bsn"], by=by)
            else:
                form.offer(subject_requests.search(name=told["name"], born=told["born"], by=by))
                chosen = form.chosen()
                if chosen is None:
                    return None
                made = subject_requests.register(asked=asked, person=chosen, by=by)
        except NoKeyReady:
            form.add_error(None, _NO_KEY)
            return None
        if told["identity"]:
            subject_requests.check_identity(request=made, how=told["identity"], by=by)
        return made

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """One request, with what may be done with it now."""
        self._lock(request)
        if request.method == "POST":
            raise PermissionDenied
        key = int(object_id) if object_id.isdigit() and len(object_id) < 19 else 0
        return self._shown(request, get_object_or_404(self._rows(), pk=key), {})

    @staticmethod
    def _rows() -> QuerySet[SubjectRequest]:
        return SubjectRequest.objects.select_related("registered_by", "answered_by", "lifted_by")

    def _act(self, act: Act) -> Callable[..., HttpResponse]:
        def view(request: HttpRequest, pk: int) -> HttpResponse:
            self._lock(request)
            one = get_object_or_404(self._rows(), pk=pk)
            form = act.form(request.POST)
            if not form.is_valid():
                return self._shown(request, one, {act.name: form})
            try:
                act.do(one, form.cleaned_data, signed_in(request))
                messages.success(request, act.said)
                _tell_the_worker()
            except (NotNow, StateChanged) as refusal:
                messages.error(request, str(refusal))
            return redirect(_PAGE, pk)

        return view

    def _shown(
        self, request: HttpRequest, one: SubjectRequest, sent: Mapping[str, forms.Form]
    ) -> HttpResponse:
        holds = held(one)
        can = possible(one, holds)
        context = {
            "one": one,
            "who": subject_requests.who_asked(one),
            "late": one.overdue(clock.today()),
            "number_waits": SubjectNumber.objects.filter(pk=one.pk).exists(),
            "pack": SubjectPack.objects.filter(pk=one.pk).first(),
            "asks_pack": one.kind == RequestKind.ACCESS,
            "restricts": one.restricts(),
            "about_contact": one.kind in RESTRICTS,
            "hold": holds,
            "acts": [
                {"act": act, "form": sent.get(act.name) or act.form(auto_id=f"{act.name}_%s")}
                for act in ACTS
                if act.name in can
            ],
        }
        status = 422 if sent else 200
        return self._page(request, "subject_request", f"Verzoek {one.pk}", context, status)

    def pack_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The answer as PDF, opened in memory. That it was fetched is in the audit."""
        self._lock(request)
        pack = get_object_or_404(SubjectPack, pk=pk, destroyed_at__isnull=True)
        try:
            pdf = packs.read(get_object_or_404(SubjectRequest, pk=pk), pack)
        except packs.PackDamaged as failure:
            messages.error(request, str(failure))
            return redirect(_PAGE, pk)
        record(Event.SUBJECT_PACK_FETCHED, "verzoek van een inwoner", [pk])
        headers = {
            "Content-Disposition": f'attachment; filename="overzicht-verzoek-{pk}.pdf"',
            "Cache-Control": "no-store",
        }
        return HttpResponse(pdf, content_type="application/pdf", headers=headers)

    def _page(
        self, request: HttpRequest, name: str, title: str, context: dict[str, Any], status: int
    ) -> HttpResponse:
        frame = self.admin_site.each_context(request) | {"opts": self.opts, "title": title}
        return TemplateResponse(request, f"admin/outreach/{name}.html", frame | context, status=status)


ADMINS = {SubjectRequest: SubjectRequestAdmin}
