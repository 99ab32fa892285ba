"""The site as an app on a phone: what a browser may keep, which is never anything about a resident.

Both addresses are asked by the browser itself, at any moment, and name nobody.
"""

import hashlib

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

from outreach.middleware import in_background, own_transaction
from outreach.views.context import VERSION

# What the page without a connection is made of: the names in templates/kit/head.html and kale_base.html.
_FIRST = (
    "img/logo.svg",
    "vendor/fonts.css",
    "vendor/fonts/noto-sans-latin-wght-normal.woff2",
    "vendor/theme-voorbeeld.css",
    "vendor/components.css",
    *(f"css/{name}.css" for name in ("theme-gemeente", "frame", "header", "figures", "parts", "lists")),
    *(f"css/{name}.css" for name in ("forms", "flow", "print")),
    "js/submit.js",
)


@in_background("GET")
@own_transaction
@login_not_required
@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The script that keeps style, script and the page below. It stands at the top: it sees all pages."""
    urls = [static(name) for name in _FIRST]
    # A new style has a new name, and so a new cache.
    version = hashlib.sha256("\n".join([VERSION, *urls]).encode()).hexdigest()[:12]
    context = {
        "urls": urls,
        "version": version,
        "static_url": settings.STATIC_URL,
        "offline_url": reverse("offline"),
    }
    return render(request, "outreach/sw.js", context, content_type="text/javascript")


@in_background("GET")
@own_transaction
@login_not_required
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What is shown without a connection. The same for everybody, so it may be kept."""
    return render(request, "outreach/offline.html")
