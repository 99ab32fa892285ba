"""Reference data of deliveries in the admin. A functioneel beheerder changes it, a privacy officer looks.

Deliveries, keys and koppelingen are not here: those have pages of their own, where every change is an action.
"""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from import_export.admin import ImportExportMixin
from import_export.formats import base_formats
from import_export.resources import ModelResource
from tablib import Dataset

from eligibility.forms.reference import POSTCODE_COLUMNS, AgreementForm, PostcodeImportForm
from eligibility.models import Agreement, Bron, BronGround, PostcodeBuurt
from outreach.audit import Event, record
from outreach.permissions import Permission, may


class ReferencePermissions:
    """Who may, by role. Django's own permissions of users and groups play no part."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may(request.user, Permission.REGISTER_SEE)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may(request.user, Permission.REGISTER_SEE)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may(request.user, Permission.REFERENCE_CHANGE)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may(request.user, Permission.REFERENCE_CHANGE)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may(request.user, Permission.REFERENCE_CHANGE)


class ReferenceAdmin(ReferencePermissions, admin.ModelAdmin):
    """Every change also stands in the audit, in its own transaction."""

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        self._audit("toegevoegd", [obj])
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        self._audit("gewijzigd", [obj])
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet) -> Any:
        self._audit("verwijderd", queryset)
        return super().log_deletions(request, queryset)

    def _audit(self, act: str, rows: QuerySet | Sequence[Model]) -> None:
        subject = str(self.model._meta.verbose_name)
        record(Event.REFERENCE_CHANGED, subject, [row.pk for row in rows], details={"wat": act})


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


class PostcodeResource(ModelResource):
    """One row per postcode; a postcode that is there already gets the new buurt."""

    class Meta:
        model = PostcodeBuurt
        import_id_fields = ["postcode"]
        fields = POSTCODE_COLUMNS
        skip_unchanged = True
        report_skipped = False


class PostcodeBuurtAdmin(ImportExportMixin, ReferenceAdmin):
    """The buurt of each postcode. No BSN is in it, so it may be imported here."""

    resource_classes = [PostcodeResource]
    import_form_class = PostcodeImportForm
    formats = [SemicolonCSV, base_formats.XLSX]
    list_display = ("postcode", "buurt_code")
    search_fields = ("postcode", "buurt_code")

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


ADMINS = {
    Bron: BronAdmin,
    Agreement: AgreementAdmin,
    BronGround: BronGroundAdmin,
    PostcodeBuurt: PostcodeBuurtAdmin,
}
