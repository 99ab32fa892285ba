"""Where somebody reports a weakness of the site. Source: RFC 9116; every municipality has to have it."""

import datetime

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from outreach.kernel import clock
from outreach.middleware import in_background, own_transaction

# The RFC wants less than a year. The contact is that of a site that is up, so the end moves on.
VALID_DAYS = 180


@in_background("GET")
@own_transaction
@login_not_required
@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """The contact, until when it holds, and the languages we read."""
    expires = clock.today() + datetime.timedelta(days=VALID_DAYS)
    lines = [
        f"Contact: {settings.GEMEENTE_BEVEILIGING}",
        f"Expires: {expires.isoformat()}T00:00:00Z",
        "Preferred-Languages: nl, en",
    ]
    if settings.SITE_URL:
        lines.append(f"Canonical: {settings.SITE_URL.rstrip('/')}{request.path}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
