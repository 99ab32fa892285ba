"""Reference data of deliveries in the admin. A functioneel beheerder changes it, a privacy officer looks.

Deliveries, keys and koppelingen are not here: those have pages of their own, where every change is an action.
"""

import datetime
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.db.models import Model, QuerySet
from django.forms import ChoiceField, Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from import_export.admin import ImportExportMixin
from import_export.fields import Field
from import_export.formats import base_formats
from import_export.resources import ModelResource
from tablib import Dataset

from eligibility.actions import agreements, columns
from eligibility.forms.reference import (
    POSTCODE_COLUMNS,
    RESTS_ON_IT,
    AgreementForm,
    BuurtImportForm,
    PostcodeImportForm,
)
from eligibility.models import Agreement, Bron, BronGround, PostcodeBuurt
from eligibility.policies import carries_delivery
from outreach.actions import outlines
from outreach.admin import ReferenceAdmin, ReferencePermissions
from outreach.audit import Event, record
from outreach.forms.outlines import MapForm
from outreach.kernel import clock
from outreach.models import Buurt
from outreach.views.access import signed_in

#: Said above how long the agreement lets be kept. Source: `actions.expiring.deliveries`.
KEPT_SHORTER = "Is de termijn hier korter dan de bewaartermijn van leveringen? Dan geldt die van de afspraak."


class AgreementInline(ReferencePermissions, admin.TabularInline):
    """The agreements of a bron. They are changed on a page of their own, which keeps their history."""

    model = Agreement
    fields = ("supplier", "role", "valid_from", "valid_to")
    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class GroundInline(ReferencePermissions, admin.TabularInline):
    model = BronGround
    extra = 0


class BronAdmin(ReferenceAdmin):
    """A bron with its agreements and grounds. Code and layout belong to the program that reads its files."""

    list_display = ("name", "code", "supplier", "layout", "expected_on_day", "expected_every_months")
    search_fields = ("name", "code", "supplier")
    readonly_fields = ("code", "layout", "per_year")
    inlines = (AgreementInline, GroundInline)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class AgreementAdmin(ReferenceAdmin):
    """All agreements in one list, to see which one ends. Its history says what stood there before."""

    form = AgreementForm
    change_form_template = "admin/eligibility/agreement.html"
    # What asks for attention stands where it is seen without scrolling.
    list_display = (
        *("bron", "is_whole", "ends", "unused_columns"),
        *("supplier", "valid_from", "valid_to", "role"),
    )
    list_filter = ("role", "bron")
    list_select_related = ("bron",)
    date_hierarchy = "valid_from"
    readonly_fields = ("purposes_shown", "uses_shown")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """Who only looks reads the columns as a list, each with what it is for."""
        changes = self.has_change_permission(request, obj)
        told = ("purposes", "columns", "uses") if changes else ("purposes_shown", "uses_shown")
        return (
            (None, {"fields": ("bron", "supplier", "role", "valid_from", "valid_to")}),
            ("Verwerkersovereenkomst", {"fields": ("processing_reference", "processing_dated")}),
            ("Besluit van de privacycommissie", {"fields": ("committee_reference", "committee_dated")}),
            (
                "Doelen en gegevens",
                {"fields": (told[0], "retention_months", *told[1:]), "description": KEPT_SHORTER},
            ),
        )

    def construct_change_message(self, request: HttpRequest, form: Form, *args: Any, **kwargs: Any) -> Any:
        """What stood there and what stands there now, of each field that was changed."""
        message = super().construct_change_message(request, form, *args, **kwargs)
        if not form.initial or not form.changed_data:
            return message
        was = [
            f"{form.fields[name].label}: was „{_as_text(form, name, form.initial.get(name))}”, is nu"
            f" „{_as_text(form, name, form.cleaned_data[name])}”"
            for name in form.changed_data
        ]
        return "Gewijzigd. " + "; ".join(was)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Above the form stands what misses, that the agreement ends soon, and which columns nobody needs."""
        found = Agreement.objects.filter(pk=object_id).first() if object_id.isdecimal() else None
        extra = self._said_of(found) if found else {}
        try:
            return super().change_view(request, object_id, form_url, extra)
        except IntegrityError as refused:
            if not carries_delivery(refused):
                raise
            # A delivery came in between the look of the form and the saving.
            self.message_user(request, RESTS_ON_IT, messages.ERROR)
            return redirect(request.path)

    def _said_of(self, found: Agreement) -> dict[str, Any]:
        unused = columns.unused(found, clock.today())
        return {"ends": self.ends(found), "missing": found.missing(), "unused": unused}

    @admin.display(description="loopt af")
    def ends(self, agreement: Agreement) -> str:
        """In how many days, when that is soon."""
        if agreement.valid_to is None:
            return ""
        left = agreement.valid_to - clock.today()
        if left.days < 0:
            return "Afgelopen"
        if left > agreements.WARNED:
            return ""
        return "Vandaag" if not left else f"Over {left.days} {'dag' if left.days == 1 else 'dagen'}"

    @admin.display(description="volledig", boolean=True)
    def is_whole(self, agreement: Agreement) -> bool:
        """Whether the role, the decision, the term and the use of each column were written down."""
        return agreement.is_whole()

    @admin.display(description="een jaar niet gebruikt")
    def unused_columns(self, agreement: Agreement) -> str:
        """The columns that no koppeling used for a year."""
        return ", ".join(columns.unused(agreement, clock.today()))

    @admin.display(description="doelen")
    def purposes_shown(self, agreement: Agreement) -> str:
        return ", ".join(agreement.purposes)

    @admin.display(description="kolommen en waarvoor")
    def uses_shown(self, agreement: Agreement) -> str:
        """Each column with what it is for and when a koppeling last used it, a line each."""
        last = columns.last_used(agreement.bron_id)
        rows = [
            (column, agreement.uses.get(column, "niet opgeschreven"), _used(last.get(column)))
            for column in agreement.columns
        ]
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}: {} ({})</li>", rows))


def _used(day: datetime.date | None) -> str:
    return f"laatst gebruikt op {date_format(day, 'j F Y')}" if day else "nog niet gebruikt"


def _as_text(form: Form, name: str, value: Any) -> str:
    """A value as it stands in the history."""
    if value in (None, "", [], {}):
        return "leeg"
    if isinstance(value, datetime.date):
        return date_format(value, "j F Y")
    field = form.fields[name]
    if isinstance(field, ChoiceField):
        return str(dict(field.choices).get(getattr(value, "pk", value), value))
    return ", ".join(str(field.prepare_value(value)).splitlines())


class BronGroundAdmin(ReferenceAdmin):
    """What being in a file says about income, per year."""

    list_display = ("bron", "year_offset", "klasse")
    list_filter = ("bron", "klasse")


class SemicolonCSV(base_formats.CSV):
    """CSV as Excel writes it here."""

    CONTENT_TYPE = "text/csv; charset=utf-8"

    def create_dataset(self, in_stream: str | bytes, **kwargs: Any) -> Dataset:
        return super().create_dataset(in_stream, delimiter=";", **kwargs)

    def export_data(self, dataset: Dataset, **kwargs: Any) -> str:
        return super().export_data(dataset, delimiter=";", **kwargs)


class ListAdmin(ImportExportMixin, ReferenceAdmin):
    """A list that may be read from a file and written to one. No BSN is in it, so it may come in here."""

    formats = [SemicolonCSV, base_formats.XLSX]

    def get_import_formats(self) -> list[type[base_formats.Format]]:
        return self.formats

    def get_export_formats(self) -> list[type[base_formats.Format]]:
        return self.formats

    def has_import_permission(self, request: HttpRequest) -> bool:
        return self.has_change_permission(request)

    def has_export_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def process_result(self, result: Any, request: HttpRequest) -> HttpResponse:
        """Beside Django's own log, one line in the audit with the counts."""
        details = {"wat": "ingelezen", "nieuw": result.totals["new"], "gewijzigd": result.totals["update"]}
        record(Event.REFERENCE_CHANGED, str(self.model._meta.verbose_name), details=details)
        return super().process_result(result, request)

    # The library says these in English.

    def add_success_message(self, result: Any, request: HttpRequest) -> None:
        new, changed = result.totals["new"], result.totals["update"]
        messages.success(request, f"Het bestand is ingelezen: {new} nieuw, {changed} gewijzigd.")

    def add_data_read_fail_error_to_form(self, form: Form, e: Exception) -> None:
        form.add_error("import_file", "Dit bestand is niet te lezen. Kies het formaat dat erbij hoort.")

    def _create_log_entry(self, user_pk: int, rows: list[Model], import_type: str, action_flag: int) -> None:
        LogEntry.objects.log_actions(
            user_pk, rows, action_flag, "Ingelezen uit een bestand.", single_object=len(rows) == 1
        )


class PostcodeResource(ModelResource):
    """One row per postcode; a postcode that is there already gets the new buurt."""

    class Meta:
        model = PostcodeBuurt
        import_id_fields = ["postcode"]
        fields = POSTCODE_COLUMNS
        skip_unchanged = True
        report_skipped = False


class PostcodeBuurtAdmin(ListAdmin):
    """The buurt of each postcode."""

    resource_classes = [PostcodeResource]
    import_form_class = PostcodeImportForm
    list_display = ("postcode", "buurt_code")
    search_fields = ("postcode", "buurt_code")


class BuurtResource(ModelResource):
    """One row per buurt; a code that is there already gets the new name."""

    code = Field(attribute="code", column_name="code")
    name = Field(attribute="name", column_name="naam")

    class Meta:
        model = Buurt
        import_id_fields = ["code"]
        fields = ["code", "name"]
        skip_unchanged = True
        report_skipped = False


class BuurtAdmin(ListAdmin):
    """Buurten with the code of Statistics Netherlands, by which households and teams find each other."""

    import_export_change_list_template = "admin/outreach/buurt/change_list.html"
    resource_classes = [BuurtResource]
    import_form_class = BuurtImportForm
    list_display = ("code", "name", "team_names", "is_drawn")
    search_fields = ("code", "name")
    exclude = ("outline",)

    def get_urls(self) -> list[URLPattern]:
        """One page more: the map of all buurten."""
        view = self.admin_site.admin_view(self.map_view)
        return [path("kaart/", view, name="outreach_buurt_map"), *super().get_urls()]

    def map_view(self, request: HttpRequest) -> HttpResponse:
        """Read in the outlines of all buurten from a file."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        form = MapForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            done = outlines.read_in(outlines=form.outlines(), by=signed_in(request))
            messages.success(request, self._read_in(done))
            return redirect("admin:outreach_buurt_changelist")
        context = {**self.admin_site.each_context(request), "title": "Kaart inlezen", "form": form}
        status = 422 if request.method == "POST" else 200
        return render(request, "admin/outreach/buurt/map.html", context, status=status)

    @staticmethod
    def _read_in(done: outlines.Drawn) -> str:
        said = f"De kaart is ingelezen. Buurten met een omtrek: {done.drawn}, zonder: {done.without}."
        return f"{said} Niet bekend in Bereik: {done.unknown}." if done.unknown else said

    @admin.display(description="op de kaart", boolean=True)
    def is_drawn(self, buurt: Buurt) -> bool:
        """Whether the map of the rapport shows it."""
        return bool(buurt.outline)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Buurt]:
        return super().get_queryset(request).prefetch_related("teams")

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """A code is never changed: households carry it."""
        return ("code",) if obj else ()

    @admin.display(description="teams")
    def team_names(self, buurt: Buurt) -> str:
        """The teams that work there, in one line."""
        return ", ".join(team.name for team in buurt.teams.all()) or "–"


ADMINS = {
    Bron: BronAdmin,
    Agreement: AgreementAdmin,
    BronGround: BronGroundAdmin,
    PostcodeBuurt: PostcodeBuurtAdmin,
    Buurt: BuurtAdmin,
}
