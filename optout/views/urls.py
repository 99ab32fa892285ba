"""Addresses of the wishes about contact."""

from django.urls import path

from . import household, number

urlpatterns = [
    path("huishoudens/<uuid:pk>/afmelden/", household.wishes, name="opt_out"),
    path("afmelden/", number.wish, name="opt_out_number"),
    path("afmelden/nieuw-bsn/", number.successor, name="opt_out_successor"),
]
