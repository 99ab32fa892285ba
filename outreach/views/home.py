"""The first page after signing in: what there is to do for this role."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def home(request: HttpRequest) -> HttpResponse:
    return render(request, "outreach/home.html")
