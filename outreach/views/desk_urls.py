"""Addresses of the desk: searching, handing over to an organisation, and what to look out for."""

from django.urls import path

from . import desk, referrals, safety

urlpatterns = [
    path("zoeken/", desk.search, name="search"),
    path("huishoudens/<uuid:pk>/overdragen/", referrals.referral_new, name="referral_new"),
    path("huishoudens/<uuid:pk>/overdracht/<int:referral>/", referrals.referral, name="referral"),
    path("huishoudens/<uuid:pk>/overdracht/<int:referral>/doorgeven/", referrals.give, name="referral_give"),
    path("huishoudens/<uuid:pk>/overdracht/<int:referral>/verzetten/", referrals.move, name="referral_move"),
    path("huishoudens/<uuid:pk>/veiligheid/", safety.safety_new, name="safety_new"),
    path("huishoudens/<uuid:pk>/veiligheid/<int:safety>/", safety.safety, name="safety"),
    path("veiligheid/", safety.safety_list, name="safety_list"),
]
