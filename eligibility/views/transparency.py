"""The versions of the transparantiedocument in the admin: written by one, approved by another, as PDF."""

import textwrap
from collections.abc import Iterator
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.html import format_html, format_html_join

from eligibility.actions import transparency
from eligibility.forms.transparency import TransparencyForm
from eligibility.models import Bron, Transparency
from outreach.models import Regeling
from outreach.permissions import Permission, may
from outreach.policies import NotNow
from outreach.views.access import signed_in
from outreach.views.certificate_pdf import BlockDocument, Pair, moment, who
from outreach.views.destruction import RegisterAdmin

TITLE = "Transparantiedocument"
#: A paragraph is cut here, so that each piece fits on a page.
_PIECE = 1500


class TransparencyAdmin(RegisterAdmin):
    """What the municipality tells everybody. A version never changes; a new one begins as the newest."""

    adds = Permission.TRANSPARENCY_WRITE
    acts = (
        (
            "goedkeuren",
            Permission.TRANSPARENCY_APPROVE,
            lambda version, by: transparency.approve(version=version, by=by),
            "Deze versie geldt nu. Elke nieuwe koppeling rust erop.",
        ),
    )
    form = TransparencyForm
    change_form_template = "admin/eligibility/transparency.html"
    list_display = ("__str__", "status", "made_by", "made_at", "approved_by", "approved_at")
    list_select_related = ("made_by", "approved_by")
    readonly_fields = ("status", "bronnen_shown", "regelingen_shown", "purposes_shown", "text_shown")

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        if obj is None:
            return ("bronnen", "regelingen", "purposes", "text")
        told = ("purposes_shown", "bronnen_shown", "regelingen_shown", "text_shown")
        return ("number", "status", "made_by", "made_at", "approved_by", "approved_at", *told)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A new version begins as the newest one."""
        last = Transparency.objects.first()
        if last is None:
            return {}
        fields = ("bronnen", "regelingen", "purposes", "text")
        return {name: getattr(last, name) for name in fields}

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.pdf_view)
        return [path("<int:pk>/pdf/", view, name="eligibility_transparency_pdf"), *super().get_urls()]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Of two who write a version at once, the second is told so."""
        try:
            return super().add_view(request, form_url, extra_context)
        except NotNow as refusal:
            messages.error(request, str(refusal))
            return redirect("admin:eligibility_transparency_changelist")

    def save_model(self, request: HttpRequest, obj: Model, form: ModelForm, change: bool) -> None:
        obj.pk = transparency.draft(by=signed_in(request), **form.cleaned_data).pk

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """What this user may do with it."""
        found = Transparency.objects.filter(pk=object_id).first() if object_id.isdecimal() else None
        own = found is not None and found.made_by_id == request.user.pk
        waits = found is not None and found.approved_at is None
        approves = may(request.user, Permission.TRANSPARENCY_APPROVE)
        extra = {"may_approve": waits and approves and not own, "own": waits and own}
        return super().change_view(request, object_id, form_url, extra)

    def pdf_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The version as PDF. Nobody is in it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        version = get_object_or_404(Transparency.objects.select_related("made_by", "approved_by"), pk=pk)
        headers = {
            "Content-Disposition": f'attachment; filename="transparantiedocument-{version.number}.pdf"'
        }
        return HttpResponse(as_pdf(version), content_type="application/pdf", headers=headers)

    @admin.display(description="status")
    def status(self, version: Transparency) -> str:
        """Whether koppelingen rest on it."""
        return status(version)

    @admin.display(description="doelen")
    def purposes_shown(self, version: Transparency) -> str:
        return ", ".join(version.purposes)

    @admin.display(description="bronnen")
    def bronnen_shown(self, version: Transparency) -> str:
        """Who delivers each, in a list."""
        return format_html(
            "<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((one,) for one in sources(version)))
        )

    @admin.display(description="regelingen")
    def regelingen_shown(self, version: Transparency) -> str:
        return format_html(
            "<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((one,) for one in schemes(version)))
        )

    @admin.display(description="tekst")
    def text_shown(self, version: Transparency) -> str:
        """The text in its paragraphs."""
        paragraphs = ((one,) for one in version.text.splitlines() if one.strip())
        return format_html("<div>{}</div>", format_html_join("", "<p>{}</p>", paragraphs))


def status(version: Transparency) -> str:
    """Concept, the version that holds, or one that held before."""
    if version.approved_at is None:
        return "Wacht op goedkeuring"
    return "Geldt nu" if version == Transparency.objects.current() else "Vervangen"


def sources(version: Transparency) -> list[str]:
    """Its bronnen by name, each with who delivers it."""
    return [f"{bron.name} ({bron.supplier})" for bron in Bron.objects.filter(pk__in=version.bronnen)]


def schemes(version: Transparency) -> list[str]:
    """Its regelingen by name."""
    return [regeling.name for regeling in Regeling.objects.filter(pk__in=version.regelingen)]


def as_pdf(version: Transparency) -> bytes:
    """The whole document; the same version gives the same bytes, but for its status."""
    blocks = [
        list(_head(version)),
        *([("Tekst" if not at else "", piece)] for at, piece in enumerate(_pieces(version))),
    ]
    return BlockDocument(f"{TITLE}, {version}").pdf(blocks)


def _head(version: Transparency) -> Iterator[Pair]:
    yield "Versie", f"{version.number}. {status(version)}"
    yield "Geschreven", f"{moment(version.made_at)}. {who(version.made_by)}"
    yield "Goedgekeurd", f"{moment(version.approved_at)}. {who(version.approved_by)}"
    yield "Doelen", ", ".join(version.purposes)
    yield "Bronnen", "; ".join(sources(version))
    yield "Regelingen", "; ".join(schemes(version))


def _pieces(version: Transparency) -> Iterator[str]:
    for paragraph in version.text.splitlines():
        yield from textwrap.wrap(paragraph, _PIECE)


ADMINS = {Transparency: TransparencyAdmin}
