"""Pages for when something is wrong. They never say what was asked for."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from outreach.views.signed_out import keep_what_was_sent


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    return render(request, "500.html", status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form of before somebody signed in again. What was written in it is kept where that can be done."""
    kept_url = request.get_full_path() if keep_what_was_sent(request) else ""
    return render(request, "403_csrf.html", {"kept_url": kept_url}, status=403)
