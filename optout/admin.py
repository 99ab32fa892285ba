"""The register of opt-outs in the admin, for the privacy officer alone to read; and the public notices."""

from typing import Any

import pyrage
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.views.decorators.csrf import csrf_exempt

from letters.actions import storage
from optout.actions import notices
from optout.forms import LARGEST_SCAN, NoticeForm, kind_of_scan
from optout.models import OptOut, PublicNotice
from outreach.audit import Event, record
from outreach.permissions import Permission, may
from outreach.views.access import signed_in

#: What a form adds to the bytes of its file, with room to spare.
_FORM_BYTES = 64 * 1024


class OptOutAdmin(admin.ModelAdmin):
    """What was refused, how it was told and when it was taken back. Whose wish it is, is not shown."""

    list_display = (
        "__str__",
        "scope",
        "regeling",
        "channel",
        "registered_at",
        "registered_by",
        "withdrawn_at",
        "withdrawn_by",
    )
    fields = list_display[1:]
    list_filter = ("scope", "channel", ("withdrawn_at", admin.EmptyFieldListFilter))
    list_select_related = ("regeling", "registered_by", "withdrawn_by")
    date_hierarchy = "registered_at"

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may(request.user, Permission.OPT_OUT_REGISTER_SEE)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may(request.user, Permission.OPT_OUT_REGISTER_SEE)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[OptOut]:
        record(Event.OPT_OUTS_SEEN, "afmelding")
        return super().get_queryset(request)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        """Refuses before it looks for the row, which the row policy hides from others."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return super().history_view(request, object_id, extra_context)


class ScanUploadHandler(MemoryFileUploadHandler):
    """Keeps a scan in memory, up to what the form takes, so that it is on no disk in clear. A larger one
    passes by: then there is no file, and the form says how large it may be.
    """

    def handle_raw_input(self, input_data: Any, meta: Any, content_length: int, *args: Any) -> None:
        self.activated = content_length <= LARGEST_SCAN + _FORM_BYTES


class PublicNoticeAdmin(admin.ModelAdmin):
    """The yearly notices. Added, and never changed: a koppeling may rest on one."""

    form = NoticeForm
    list_display = ("__str__", "medium", "published_on", "registered_by", "registered_at", "scan_link")
    list_select_related = ("registered_by",)
    readonly_fields = ("registered_by", "registered_at", "scan_link")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may(request.user, Permission.REGISTER_SEE)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may(request.user, Permission.REGISTER_SEE)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may(request.user, Permission.PUBLIC_NOTICE_REGISTER)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        if obj is None:
            return ("medium", "published_on", "bestand")
        return ("medium", "published_on", "registered_by", "registered_at", "scan_link")

    def get_queryset(self, request: HttpRequest) -> QuerySet[PublicNotice]:
        return super().get_queryset(request).defer("scan")

    def save_model(self, request: HttpRequest, obj: PublicNotice, form: Any, change: bool) -> None:
        """Encrypt the scan in memory and write the notice down."""
        content = form.cleaned_data["bestand"]
        obj.scan = pyrage.encrypt(content, [storage.identity().to_public()])
        obj.scan_name = f"mededeling-{obj.published_on:%Y-%m-%d}"
        notices.register(obj, by=signed_in(request))

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.scan)
        name = "optout_publicnotice_scan"
        add = path("add/", self.admin_site.admin_view(self.add_with_scan), name="optout_publicnotice_add")
        return [path("<int:pk>/scan/", page, name=name), add, *super().get_urls()]

    @method_decorator(csrf_exempt)
    def add_with_scan(self, request: HttpRequest) -> HttpResponse:
        """The page to add a notice. Exempt from the check of CSRF that comes before every page: that reads
        the body, and our own handler has to be in place before. `add_view` makes the same check.
        """
        if not self.has_add_permission(request):
            raise PermissionDenied
        request.upload_handlers = [ScanUploadHandler(request)]
        return self.add_view(request)

    def scan(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The scan itself, decrypted in memory."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        notice = get_object_or_404(PublicNotice, pk=pk)
        content = pyrage.decrypt(bytes(notice.scan), [storage.identity()])
        kind = kind_of_scan(content)
        ending = kind.split("/")[1]
        answer = HttpResponse(content, content_type=kind)
        answer["Content-Disposition"] = f'attachment; filename="{notice.scan_name}.{ending}"'
        return answer

    @admin.display(description="scan")
    def scan_link(self, notice: PublicNotice) -> str:
        """Where the scan is downloaded."""
        return format_html(
            '<a href="{}">Openen</a>', reverse("admin:optout_publicnotice_scan", args=[notice.pk])
        )


ADMINS = {OptOut: OptOutAdmin, PublicNotice: PublicNoticeAdmin}
