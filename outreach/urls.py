"""Every address of the site. Signing in is the default; see LoginRequiredMiddleware."""

from django.urls import include, path

from outreach.admin_site import site as admin_site

urlpatterns = [
    path("", include("outreach.views.urls")),
    path("koppelen/", include("eligibility.views.urls")),
    path("brieven/", include("letters.views.urls")),
    path("account/", include("allauth.urls")),
    path("beheer/", admin_site.urls),
]

handler400 = "outreach.views.errors.bad_request"
handler403 = "outreach.views.errors.forbidden"
handler404 = "outreach.views.errors.not_found"
handler500 = "outreach.views.errors.server_error"
