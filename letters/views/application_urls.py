"""Addresses of the applications. They hold a number and nothing of a person."""

from django.urls import path

from . import applications as views

urlpatterns = [
    path("", views.applications, name="applications"),
    path("<int:pk>/", views.application, name="application"),
    path("<int:pk>/beeld/<int:page>/", views.application_image, name="application_image"),
    path("<int:pk>/scan/<uuid:scan>/<int:page>/", views.application_scan, name="application_scan"),
    path("<int:pk>/compleet/", views.application_go_on, name="application_go_on"),
    path("<int:pk>/langer/", views.application_extend, name="application_extend"),
    path("<int:pk>/invullen/", views.application_save, name="application_save"),
    path("<int:pk>/toekennen/", views.application_grant, name="application_grant"),
    path("<int:pk>/afwijzen/", views.application_refuse, name="application_refuse"),
    path("<int:pk>/akkoord/", views.application_confirm, name="application_confirm"),
    path("<int:pk>/terug/", views.application_send_back, name="application_send_back"),
    path("<int:pk>/aanvulling/", views.application_missing, name="application_missing"),
]
