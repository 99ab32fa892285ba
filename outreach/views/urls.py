"""Addresses of the casework."""

from django.urls import path

from . import gesprek, home, household, looplijst, representatives, rounds

urlpatterns = [
    path("", home.home, name="home"),
    path("rondes/", rounds.index, name="rounds"),
    path("rondes/nieuw/", rounds.new, name="round_new"),
    path("rondes/<int:pk>/", rounds.detail, name="round"),
    path("rondes/<int:pk>/vaststellen/", rounds.fix, name="round_fix"),
    path("rondes/<int:pk>/afsluiten/", rounds.close, name="round_close"),
    path("rondes/<int:pk>/intrekken/", rounds.withdraw, name="round_withdraw"),
    path("looplijsten/", looplijst.looplijsten, name="looplijsten"),
    path("looplijsten/<int:pk>/", looplijst.looplijst, name="looplijst"),
    path("looplijsten/<int:pk>/afdrukken/", looplijst.looplijst_print, name="looplijst_print"),
    path("huishoudens/<uuid:pk>/", household.household, name="household"),
    path("huishoudens/<uuid:pk>/gesprek/", gesprek.gesprek, name="gesprek"),
    path(
        "huishoudens/<uuid:pk>/vertegenwoordiger/",
        representatives.representative_new,
        name="representative_new",
    ),
    path(
        "huishoudens/<uuid:pk>/vertegenwoordiger/<int:representative>/einde/",
        representatives.representative_end,
        name="representative_end",
    ),
]
