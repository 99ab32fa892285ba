"""Help: one page of plain text for each page of the site, and all of them in a list."""

from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from outreach.actions.help_texts import TOPICS, groups_for, topic_of
from outreach.views.access import signed_in

#: Addresses of the help itself: nobody goes back from help to help.
PAGES = ("help", "help_topic")


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """All help for who works as this user does."""
    context = {"groups": groups_for(signed_in(request)), "back": _back(request)}
    return render(request, "outreach/help.html", context)


@require_safe
def topic(request: HttpRequest, name: str) -> HttpResponse:
    """The help of one page, with the way back to it. Raises Http404 for a text that is not there."""
    found = TOPICS.get(name)
    if found is None:
        raise Http404
    return render(request, "outreach/help_topic.html", {"topic": found, "back": _back(request)})


def help_url(request: HttpRequest) -> str:
    """Where the help of this page is; of a page without its own, where all help is.

    Empty on a page of help itself.
    """
    match = request.resolver_match
    if match and match.url_name in PAGES:
        return ""
    name = topic_of(match.url_name or "") if match and not match.namespaces else ""
    return reverse("help_topic", args=[name]) if name else reverse("help")


def _back(request: HttpRequest) -> str:
    """The page of ours where he came from, as his browser says: so nothing of it stands in an address."""
    came_from = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(
        came_from, {request.get_host()}, require_https=request.is_secure()
    ):
        return reverse("home")
    parts = urlsplit(came_from)
    try:
        page = resolve(parts.path)
    except Resolver404:
        return reverse("home")
    if page.url_name in PAGES:
        return reverse("home")
    return parts.path + (f"?{parts.query}" if parts.query else "")
