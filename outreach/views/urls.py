"""Addresses of the casework."""

from django.urls import path

from . import home

urlpatterns = [
    path("", home.home, name="home"),
]
