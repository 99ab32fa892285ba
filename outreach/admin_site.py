"""The admin site, for reference data and registers. It signs in and out through the same door as the rest."""

from django.contrib.admin import AdminSite
from django.contrib.auth.views import LogoutView, redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from eligibility import admin as eligibility_admin
from letters import admin as letters_admin
from outreach import admin as outreach_admin
from outreach.permissions import Permission, may


class BereikAdminSite(AdminSite):
    """Open to who may see the registers. Being staff or a superuser opens nothing by itself."""

    site_header = "Bereik beheer"
    site_title = "Bereik beheer"
    index_title = "Registers en stamgegevens"
    # Its script keeps what was opened in localStorage.
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """False sends a visitor to sign in. Another role gets 403: signing in again would not help."""
        if not request.user.is_authenticated:
            return False
        if not may(request.user, Permission.REGISTER_SEE):
            raise PermissionDenied
        return True

    def login(self, request: HttpRequest, extra_context: object = None) -> HttpResponse:
        """There is one page to sign in, with its limits and its second factor."""
        if self.has_permission(request):
            return redirect("admin:index")
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))

    def logout(self, request: HttpRequest, extra_context: object = None) -> HttpResponse:
        return LogoutView.as_view(next_page="account_login")(request)


site = BereikAdminSite(name="admin")
for model, model_admin in (outreach_admin.ADMINS | eligibility_admin.ADMINS | letters_admin.ADMINS).items():
    site.register(model, model_admin)
