"""Printing vendors and their programs in the admin. A functioneel beheerder changes, a privacy officer looks.

Programs are made, renewed and shut out by actions; the tables of the token library itself have no page.
"""

from typing import Any, ClassVar, cast

from django.contrib import messages
from django.db.models import ManyToManyField, Model, QuerySet
from django.forms import CheckboxSelectMultiple, ModelForm
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from letters.actions import vendor_clients
from letters.actions.vendor_clients import Issued
from letters.forms.paying import PayingAdministrationForm
from letters.forms.vendors import NewVendorClientForm
from letters.models import (
    AssetLimit,
    IncomeNorm,
    IncomePercentage,
    LegalBasis,
    PayingAdministration,
    Vendor,
    VendorClient,
)
from outreach.admin import Kept, ReferenceAdmin
from outreach.models import User
from outreach.policies import NotNow


class VendorAdmin(Kept, ReferenceAdmin):
    """Companies that print. One that is no longer used is out at once, and stays for what it printed."""

    list_display = ("name", "window", "return_window", "duplex", "code_zone", "active")
    list_filter = ("active",)
    search_fields = ("name",)


class VendorClientAdmin(Kept, ReferenceAdmin):
    """Programs that may call. A secret is on the page that follows on making it, and never again."""

    add_form = NewVendorClientForm
    change_form_template = "admin/letters/vendor_client.html"
    list_display = ("label", "vendor", "client_id", "sandbox", "made_at", "rotated_at", "revoked_at")
    list_filter = ("vendor", "sandbox")
    list_select_related = ("vendor", "application")
    search_fields = ("label",)
    fields = ("vendor", "label", "sandbox")
    readonly_fields = ("client_id", "made_by", "made_at", "rotated_at", "revoked_at")

    def client_id(self, client: VendorClient) -> str:
        """What the program calls itself; it is no secret."""
        return client.application.client_id

    client_id.short_description = "client_id"  # type: ignore[attr-defined]

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Who was shut out is not let in again: a new program is made."""
        out = isinstance(obj, VendorClient) and obj.revoked_at is not None
        return super().has_change_permission(request, obj) and not out

    def get_form(
        self, request: HttpRequest, obj: Model | None = None, change: bool = False, **options: Any
    ) -> type[ModelForm]:
        if obj is None:
            options["form"] = self.add_form
        return super().get_form(request, obj, change, **options)

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        return self.fields if obj is None else (*self.fields, *self.readonly_fields)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        return () if obj is None else ("vendor", "sandbox", *self.readonly_fields)

    def save_model(self, request: HttpRequest, obj: Model, form: ModelForm, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        issued = vendor_clients.make(by=cast(User, request.user), **form.cleaned_data)
        obj.pk = issued.client.pk
        request.issued = issued  # type: ignore[attr-defined]

    def response_add(
        self, request: HttpRequest, obj: Model, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self._secret(request, request.issued)  # type: ignore[attr-defined]

    def response_change(self, request: HttpRequest, obj: Model) -> HttpResponse:
        """Beside saving the name there are two buttons: a new secret, and shutting out."""
        client, by = cast(VendorClient, obj), cast(User, request.user)
        try:
            if "_rotate" in request.POST:
                return self._secret(request, vendor_clients.rotate(client=client, by=by))
            if "_revoke" in request.POST:
                vendor_clients.revoke(client=client, by=by)
                messages.success(request, "Deze toegang is ingetrokken. Het programma kan er niet meer in.")
                return self.response_post_save_change(request, obj)
        except NotNow as refusal:
            messages.error(request, str(refusal))
            return self.response_post_save_change(request, obj)
        return super().response_change(request, obj)

    def _secret(self, request: HttpRequest, issued: Issued) -> HttpResponse:
        """The one page with the secret. It goes to no message and no session: those are kept."""
        context = self.admin_site.each_context(request) | {
            "title": "Het geheim van deze toegang",
            "opts": self.opts,
            "client": issued.client,
            "secret": issued.secret,
        }
        return TemplateResponse(request, "admin/letters/secret.html", context)

    def get_queryset(self, request: HttpRequest) -> QuerySet[VendorClient]:
        return super().get_queryset(request).select_related("vendor", "application", "made_by")


class LimitAdmin(ReferenceAdmin):
    """A norm or a limit: dated, with its source. What an application was held to is kept with it."""

    list_display = ("household_type", "valid_from", "amount", "provisional", "source")
    list_filter = ("household_type", "provisional")
    date_hierarchy = "valid_from"


class PercentageAdmin(ReferenceAdmin):
    """Up to how much of the norm a regeling is for, with the decision of the municipality."""

    list_display = ("regeling", "valid_from", "percentage", "source")
    list_filter = ("regeling",)
    list_select_related = ("regeling",)


class LegalBasisAdmin(Kept, ReferenceAdmin):
    """What the juridisch adviseur signed. He does so on a page of his own; here it can be read."""

    list_display = ("regeling", "dated", "valid_until", "signed_by", "signed_at", "withdrawn_at")
    list_filter = ("regeling",)
    list_select_related = ("regeling", "signed_by")

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class PayingAdministrationAdmin(Kept, ReferenceAdmin):
    """Who pays, with the public key that files are encrypted to."""

    form = PayingAdministrationForm
    list_display = ("name", "public_key")
    # Boxes to tick: the two lists of the admin name a symbol in a way that a screen reader cannot tell.
    formfield_overrides: ClassVar = {ManyToManyField: {"widget": CheckboxSelectMultiple}}


ADMINS = {
    Vendor: VendorAdmin,
    VendorClient: VendorClientAdmin,
    IncomeNorm: LimitAdmin,
    AssetLimit: LimitAdmin,
    IncomePercentage: PercentageAdmin,
    LegalBasis: LegalBasisAdmin,
    PayingAdministration: PayingAdministrationAdmin,
}
