"""The admin site, for reference data and registers. It signs in through the same door as the rest."""

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.http import HttpRequest

from eligibility import admin as eligibility_admin
from outreach.models import Role

ADMIN_ROLES = frozenset({Role.FUNCTIONEEL_BEHEERDER, Role.PRIVACY_OFFICER})


class BereikAdminSite(AdminSite):
    """Open to two roles. Being staff or a superuser opens nothing by itself."""

    site_header = "Bereik beheer"
    site_title = "Bereik beheer"
    index_title = "Registers en stamgegevens"
    # Its script keeps what was opened in localStorage.
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return bool(user.is_active and getattr(user, "role", "") in ADMIN_ROLES)


site = BereikAdminSite(name="admin")
site.login = secure_admin_login(site.login)
for model, model_admin in eligibility_admin.ADMINS.items():
    site.register(model, model_admin)
