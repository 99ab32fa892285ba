"""Terms, holds and lists of destruction in the admin: who proposes, who agrees, and the certificate."""

import datetime
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.formats import date_format
from django.views.decorators.http import require_POST

from eligibility.actions import expiring as expiring_deliveries
from eligibility.models import Delivery
from letters.actions import expiring as expiring_letters
from letters.models import Part, ShareFile
from outreach.actions import destruction
from outreach.actions.destruction import Due
from outreach.admin import Kept, ReferencePermissions
from outreach.audit import Event, record
from outreach.forms.free_text import refuse_bsn
from outreach.kernel import clock
from outreach.models import DestructionItem, DestructionList, LegalHold, RetentionRule, Round, User
from outreach.models.destruction import DestructionState, ListState, RetentionKind
from outreach.permissions import Permission, may
from outreach.policies import NotNow
from outreach.transitions import StateChanged
from outreach.views.access import signed_in
from outreach.views.certificate_pdf import certificate

#: Who knows what of a kind is older than its term.
SOURCES: Mapping[str, Callable[[datetime.date], Iterable[Due]]] = {
    RetentionKind.DELIVERY: expiring_deliveries.deliveries,
    RetentionKind.CYCLE: expiring_deliveries.cycles,
    RetentionKind.REASONS: expiring_deliveries.reasons,
    RetentionKind.LETTER_FILE: expiring_letters.letter_files,
    RetentionKind.SCAN: expiring_letters.scans,
    RetentionKind.SHARE_FILE: expiring_letters.share_files,
    RetentionKind.ROUND: expiring_letters.rounds,
    RetentionKind.PERSON: expiring_letters.people,
}
#: What a number is the number of, for the kinds of which that can be said without naming anybody.
NAMED: Mapping[str, tuple[type[Model], Callable[[Any], str]]] = {
    RetentionKind.DELIVERY: (Delivery, expiring_deliveries.named),
    RetentionKind.LETTER_FILE: (Part, expiring_letters.named_file),
    RetentionKind.SHARE_FILE: (ShareFile, expiring_letters.named_share),
    RetentionKind.ROUND: (Round, lambda one: f"Ronde {one.pk}: {one}"),
}
KINDS = RetentionKind.choices
#: So many things of a list are shown; the certificate names them all.
SHOWN = 200


class RegisterAdmin(Kept, ReferencePermissions, admin.ModelAdmin):
    """Rows that are added and signed by acts, and never changed. Each act is a POST to its own address."""

    #: Name of the act in its address, the permission, what is done, and what is said then.
    acts: tuple[tuple[str, Permission, Callable[[Any, User], None], str], ...] = ()
    adds: Permission

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may(request.user, self.adds)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> None:
        """The act itself is in the audit."""

    def get_urls(self) -> list[URLPattern]:
        return [*map(self._address, self.acts), *super().get_urls()]

    def _address(self, act: tuple[str, Permission, Callable[[Any, User], None], str]) -> URLPattern:
        name, permission, do, said = act

        def view(request: HttpRequest, pk: int) -> HttpResponse:
            if not may(request.user, permission):
                raise PermissionDenied
            try:
                do(get_object_or_404(self.model, pk=pk), signed_in(request))
                messages.success(request, said)
            except (NotNow, StateChanged) as refusal:
                messages.error(request, str(refusal))
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", pk)

        view = self.admin_site.admin_view(require_POST(view))
        return path(f"<int:pk>/{name}/", view, name=f"{self.opts.app_label}_{self.opts.model_name}_{name}")


class ReasonForm(ModelForm):
    """A form with a free text, in which no BSN is written."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in ("reason", "ground"):
            try:
                refuse_bsn(str(cleaned.get(name) or ""))
            except forms.ValidationError as refusal:
                self.add_error(name, refusal)
        return cleaned


class RetentionRuleAdmin(RegisterAdmin):
    """How long a kind is kept. The functioneel beheerder proposes, the privacy officer agrees."""

    adds = Permission.RETENTION_SET
    acts = (
        (
            "akkoord",
            Permission.DESTRUCTION_APPROVE,
            lambda rule, by: destruction.agree(rule=rule, by=by),
            "Deze bewaartermijn geldt nu.",
        ),
    )
    form = ReasonForm
    change_form_template = "admin/outreach/retention_rule.html"
    list_display = ("kind", "term_text", "ground", "made_by", "agreed_by", "agreed_at")
    list_filter = ("kind",)
    list_select_related = ("made_by", "agreed_by")

    @admin.display(description="termijn", ordering="term")
    def term_text(self, rule: RetentionRule) -> str:
        """`84 maanden`."""
        return rule.term_text()

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        signed = ("made_by", "made_at", "agreed_by", "agreed_at")
        return ("kind", "term", "unit", "ground", *(signed if obj else ()))

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "kind":
            kwargs["choices"] = KINDS
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Model, form: ModelForm, change: bool) -> None:
        obj.pk = destruction.set_rule(by=signed_in(request), **form.cleaned_data).pk

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        extra = {"may_agree": may(request.user, Permission.DESTRUCTION_APPROVE)}
        return super().change_view(request, object_id, form_url, extra)


class HoldForm(ReasonForm):
    """What is held and why. A number of nothing is refused here, with all that was typed still there."""

    def clean_subject(self) -> str:
        return str(self.cleaned_data["subject"]).strip().lower()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "kind" in cleaned and "subject" in cleaned:
            refusal = destruction.no_hold_on(cleaned["kind"], cleaned["subject"])
            if refusal:
                self.add_error("subject", refusal)
        return cleaned


def held_thing(hold: LegalHold) -> str:
    """What a hold is about, in words: never who."""
    kind = RetentionKind(hold.kind)
    if not hold.subject:
        return f"Alles van deze soort: {kind.label}"
    model, named = NAMED.get(kind, (None, None))
    found = model.objects.filter(pk=hold.subject).first() if model else None
    return named(found) if named and found else f"{kind.label} {hold.subject}"


class LegalHoldAdmin(RegisterAdmin):
    """What may not be destroyed. The privacy officer says so, and says when it may again."""

    adds = Permission.DESTRUCTION_APPROVE
    acts = (
        (
            "opheffen",
            Permission.DESTRUCTION_APPROVE,
            lambda hold, by: destruction.lift_hold(hold=hold, by=by),
            "Dit verbod is opgeheven.",
        ),
    )
    form = HoldForm
    change_form_template = "admin/outreach/legal_hold.html"
    list_display = ("kind", "subject", "reason", "placed_by", "placed_at", "lifted_at")
    list_filter = ("kind",)
    list_select_related = ("placed_by",)

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        signed = ("placed_by", "placed_at", "lifted_by", "lifted_at")
        return ("kind", "subject", "reason", *(signed if obj else ()))

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "kind":
            kwargs["choices"] = KINDS
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """A hold that came too late in the end, for what went since the form was read, says so above it."""
        try:
            return super().add_view(request, form_url, extra_context)
        except NotNow as refusal:
            messages.error(request, str(refusal))
            return redirect("admin:outreach_legalhold_add")

    def save_model(self, request: HttpRequest, obj: Model, form: ModelForm, change: bool) -> None:
        obj.pk = destruction.place_hold(by=signed_in(request), **form.cleaned_data).pk

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        found = LegalHold.objects.filter(pk=object_id).first() if object_id.isdigit() else None
        extra = self._shown(found) if found and self.has_view_permission(request) else {}
        extra["may_lift"] = may(request.user, Permission.DESTRUCTION_APPROVE)
        return super().change_view(request, object_id, form_url, extra)

    @staticmethod
    def _shown(hold: LegalHold) -> dict[str, object]:
        stopped = destruction.stopped_by(hold).select_related("listed_on")
        return {
            "held_thing": held_thing(hold),
            "stopped": stopped[:SHOWN] if hold.lifted_at is None else (),
            "stopped_total": stopped.count() if hold.lifted_at is None else 0,
        }


class NewListForm(forms.Form):
    """Of which kind a list is made. What is on it follows from the term."""

    kind = forms.ChoiceField(
        label="Soort", choices=KINDS, help_text="Bereik zoekt zelf op waarvan de bewaartermijn voorbij is."
    )


class DestructionListAdmin(RegisterAdmin):
    """Lists of what is destroyed: asked by one, approved by another, carried out a week later."""

    adds = Permission.DESTRUCTION_ASK
    acts = (
        (
            "goedkeuren",
            Permission.DESTRUCTION_APPROVE,
            lambda of, by: destruction.approve(of=of, by=by),
            "De lijst is goedgekeurd. Na de bedenktijd van zeven dagen wordt alles vernietigd.",
        ),
        (
            "intrekken",
            Permission.DESTRUCTION_ASK,
            lambda of, by: destruction.withdraw(of=of, by=by),
            "De lijst is ingetrokken. Er wordt niets vernietigd.",
        ),
    )
    readonly_fields = ("until",)
    change_form_template = "admin/outreach/destruction_list.html"
    list_display = ("__str__", "kind", "state", "asked_by", "asked_at", "execute_from", "executed_at")
    list_filter = ("state", "kind")
    list_select_related = ("asked_by",)
    fields = (
        "kind",
        "rule",
        "until",
        "state",
        "asked_by",
        "asked_at",
        "approved_by",
        "approved_at",
        "execute_from",
        "executed_at",
    )

    @admin.display(description="termijn begon uiterlijk op")
    def until(self, of: DestructionList) -> str:
        """The last day on which the term of what is on it began."""
        return date_format(of.cutoff, "j F Y")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.certificate_view)
        address = path("<int:pk>/verklaring/", view, name="outreach_destructionlist_verklaring")
        return [address, *super().get_urls()]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Ask for the list of one kind; what is on it is not for a person to choose."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = NewListForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                made = self._draft(form.cleaned_data["kind"], signed_in(request))
            except NotNow as refusal:
                form.add_error("kind", str(refusal))
            else:
                messages.success(request, "De lijst is gemaakt. Een ander keurt haar goed.")
                return redirect("admin:outreach_destructionlist_change", made.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": "Vernietigingslijst maken",
            "opts": self.opts,
            "form": form,
        }
        status = 422 if request.method == "POST" else 200
        return TemplateResponse(request, "admin/outreach/destruction_new.html", context, status=status)

    @staticmethod
    def _draft(kind: str, by: User) -> DestructionList:
        rule = destruction.current_rule(kind)
        cutoff = rule.cutoff(clock.today())
        return destruction.draft(rule=rule, cutoff=cutoff, found=SOURCES[kind](cutoff), by=by)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The list with what is on it, and what this user may do with it."""
        found = DestructionList.objects.filter(pk=object_id).first() if object_id.isdigit() else None
        extra = self._shown(request, found) if found and self.has_view_permission(request) else {}
        return super().change_view(request, object_id, form_url, extra)

    def _shown(self, request: HttpRequest, of: DestructionList) -> dict[str, object]:
        items: QuerySet[DestructionItem] = of.items.all()
        total = items.count()
        concept = of.state == ListState.CONCEPT
        begun = items.filter(begun_at__isnull=False).exists()
        return {
            "items": items[:SHOWN],
            "total": total,
            "not_shown": max(total - SHOWN, 0),
            "own": concept and of.asked_by_id == request.user.pk,
            "may_approve": concept
            and of.asked_by_id != request.user.pk
            and may(request.user, Permission.DESTRUCTION_APPROVE),
            "may_withdraw": (concept or (of.state == ListState.APPROVED and not begun))
            and may(request.user, Permission.DESTRUCTION_ASK),
            "has_certificate": of.state == ListState.EXECUTED,
            "held": items.filter(state=DestructionState.HELD).count(),
        }

    def certificate_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The certificate as PDF, of a list that was carried out. That it was fetched is in the audit."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        people = DestructionList.objects.select_related("rule", "asked_by", "approved_by")
        of = get_object_or_404(people, pk=pk, state=ListState.EXECUTED)
        pdf = certificate(of, list(of.items.all()))
        record(Event.CERTIFICATE_FETCHED, "vernietigingslijst", [of.pk])
        name = f"verklaring-vernietiging-{of.pk}.pdf"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(pdf, content_type="application/pdf", headers=headers)


ADMINS = {
    RetentionRule: RetentionRuleAdmin,
    LegalHold: LegalHoldAdmin,
    DestructionList: DestructionListAdmin,
}
