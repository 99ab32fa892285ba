"""Addresses of deliveries and koppelingen. Nothing about people is in them."""

from django.urls import path

from . import calendar, deliveries, runs, uploading

urlpatterns = [
    path("", runs.index, name="runs"),
    path("start/", runs.start, name="run_start"),
    path("<int:pk>/", runs.detail, name="run"),
    path("<int:pk>/voortgang/", runs.progress, name="run_progress"),
    path("<int:pk>/tellingen/", runs.account, name="run_account"),
    path("<int:pk>/annuleren/", runs.cancel, name="run_cancel"),
    path("<int:pk>/opnieuw/", runs.retry, name="run_retry"),
    path("kalender/", calendar.calendar, name="delivery_calendar"),
    path("leveringen/", deliveries.index, name="deliveries"),
    path("leveringen/nieuw/", uploading.choose, name="delivery_choose"),
    path("leveringen/nieuw/bestand/", uploading.upload, name="delivery_upload"),
    path("leveringen/<int:pk>/", deliveries.detail, name="delivery"),
    path("leveringen/<int:pk>/voortgang/", deliveries.progress, name="delivery_progress"),
    path("leveringen/<int:pk>/fouten.csv", deliveries.error_report, name="delivery_errors"),
    path("leveringen/<int:pk>/accepteren/", deliveries.accept, name="delivery_accept"),
    path("leveringen/<int:pk>/opnieuw/", deliveries.offer_again, name="delivery_retry"),
    path("leveringen/<int:pk>/intrekken/", deliveries.withdraw, name="delivery_withdraw"),
]
