"""Addresses of the casework."""

from django.urls import path

from . import gesprek, home, household, looplijst

urlpatterns = [
    path("", home.home, name="home"),
    path("looplijsten/", looplijst.looplijsten, name="looplijsten"),
    path("looplijsten/<int:pk>/", looplijst.looplijst, name="looplijst"),
    path("looplijsten/<int:pk>/afdrukken/", looplijst.looplijst_print, name="looplijst_print"),
    path("huishoudens/<uuid:pk>/", household.household, name="household"),
    path("huishoudens/<uuid:pk>/gesprek/", gesprek.gesprek, name="gesprek"),
]
