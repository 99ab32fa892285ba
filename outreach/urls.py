"""Every address of the site. Signing in is the default; see LoginRequiredMiddleware."""

from allauth.account import urls as account_urls
from django.urls import include, path

from letters.api.oauth import ClientTokenView
from outreach.admin_site import site as admin_site
from outreach.views import municipal_sign_in
from outreach.views.security_txt import security_txt

# Accounts are made and mended by a functioneel beheerder: no signing up, no mail, no reset by mail.
ACCOUNT_PAGES = {
    "account_login",
    "account_logout",
    "account_reauthenticate",
    "account_change_password",
    "account_signup",
}

urlpatterns = [
    path("", include("outreach.views.urls")),
    path("", include("outreach.views.desk_urls")),
    path("", include("optout.views.urls")),
    path(".well-known/security.txt", security_txt, name="security_txt"),
    path("koppelen/", include("eligibility.views.urls")),
    path("brieven/", include("letters.views.urls")),
    path("account/gemeente/", municipal_sign_in.start, name="municipal_start"),
    path("account/gemeente/terug/", municipal_sign_in.back, name="municipal_back"),
    path("account/", include([page for page in account_urls.urlpatterns if page.name in ACCOUNT_PAGES])),
    path("account/2fa/", include("allauth.mfa.urls")),
    path("beheer/", admin_site.urls),
    path("oauth/token", ClientTokenView.as_view(), name="api_token"),
    path("api/drukwerk/v1/", include("letters.api.urls")),
]

handler400 = "outreach.views.errors.bad_request"
handler403 = "outreach.views.errors.forbidden"
handler404 = "outreach.views.errors.not_found"
handler500 = "outreach.views.errors.server_error"
