"""Addresses of the rapport."""

from django.urls import path

from . import report

urlpatterns = [
    path("", report.rapport, name="report"),
    path("stand/", report.make, name="report_make"),
    path("<str:table>.csv", report.download, name="report_csv"),
]
