"""Reference data of deliveries in the admin. A functioneel beheerder changes it, a privacy officer looks.

Deliveries, keys and koppelingen are not here: those have pages of their own, where every change is an action.
"""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.db.models import Model, QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from import_export.admin import ImportExportMixin
from import_export.fields import Field
from import_export.formats import base_formats
from import_export.resources import ModelResource
from tablib import Dataset

from eligibility.forms.reference import POSTCODE_COLUMNS, AgreementForm, BuurtImportForm, PostcodeImportForm
from eligibility.models import Agreement, Bron, BronGround, PostcodeBuurt
from outreach.admin import ReferenceAdmin, ReferencePermissions
from outreach.audit import Event, record
from outreach.models import Buurt


class AgreementInline(ReferencePermissions, admin.StackedInline):
    """An agreement is ended, not removed: it says what was allowed at the time."""

    model = Agreement
    form = AgreementForm
    extra = 0
    can_delete = False


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
    """All agreements in one list, to see which one ends."""

    form = AgreementForm
    list_display = ("bron", "valid_from", "valid_to", "purposes")
    list_filter = ("bron",)
    date_hierarchy = "valid_from"

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


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

    resource_classes = [BuurtResource]
    import_form_class = BuurtImportForm
    list_display = ("code", "name", "team_names")
    search_fields = ("code", "name")

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
