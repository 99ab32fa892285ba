"""The admin site, for reference data and registers. It signs in and out through the same door as the rest."""

from django.contrib.admin import AdminSite
from django.contrib.auth.views import LogoutView, redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, path, reverse

from eligibility import admin as eligibility_admin
from eligibility.actions.processing import of_the_koppeling
from eligibility.views import transparency, unsealing
from letters import admin as letters_admin
from letters.actions.household_keys import keys_of
from letters.actions.processing import of_the_letters
from optout import admin as optout_admin
from optout.actions.processing import of_opt_outs
from outreach import admin as outreach_admin
from outreach.actions.processing import of_accounting, of_the_casework
from outreach.permissions import Permission, may
from outreach.views import audit, data_log, destruction, processing, sign_in, subject_requests

#: Who tells of what is done with data of people, in the order of the register.
PROCESSING = (of_the_koppeling, of_the_letters, of_opt_outs, of_the_casework, of_accounting)


class BereikAdminSite(AdminSite):
    """Open to who may see the registers, and to the juridisch adviseur for what he decides on.

    Being staff or a superuser opens nothing by itself.
    """

    site_header = "Bereik beheer"
    site_title = "Bereik beheer"
    index_title = "Registers en stamgegevens"
    # Its script keeps what was opened in localStorage.
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """False sends a visitor to sign in. Another role gets 403: signing in again would not help."""
        if not request.user.is_authenticated:
            return False
        registers = may(request.user, Permission.REGISTER_SEE)
        if not registers and not may(request.user, Permission.UNSEAL_ALLOW):
            raise PermissionDenied
        return True

    def get_urls(self) -> list[URLResolver | URLPattern]:
        """The pages of the models, after those that are about no model. Their locks are their own."""
        about_none = [*audit.addresses(self, keys_of), *processing.addresses(self, PROCESSING)]
        about_none += data_log.addresses(self, PROCESSING)
        # Staying signed in is asked here: at the address of the other pages it would count as work there.
        about_none.append(path("aanmelding/", sign_in.sign_in, name="sign_in"))
        return [*about_none, *super().get_urls()]

    def each_context(self, request: HttpRequest) -> dict[str, object]:
        """What the pages of the admin show beside their own."""
        return super().each_context(request) | {"may_audit": may(request.user, Permission.AUDIT_SEE)}

    def login(self, request: HttpRequest, extra_context: object = None) -> HttpResponse:
        """There is one page to sign in, with its limits and its second factor."""
        if self.has_permission(request):
            return redirect("admin:index")
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))

    def logout(self, request: HttpRequest, extra_context: object = None) -> HttpResponse:
        return LogoutView.as_view(next_page="account_login")(request)


site = BereikAdminSite(name="admin")
ADMINS = outreach_admin.ADMINS | destruction.ADMINS | eligibility_admin.ADMINS | letters_admin.ADMINS
ADMINS |= transparency.ADMINS
ADMINS |= unsealing.ADMINS
ADMINS |= subject_requests.ADMINS
for model, model_admin in ADMINS.items():
    site.register(model, model_admin)
for model, model_admin in optout_admin.ADMINS.items():
    site.register(model, model_admin)
