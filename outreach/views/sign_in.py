"""How long a sign-in lasts, for the page that warns before it ends."""

from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.http import require_http_methods

from outreach.kernel import clock
from outreach.middleware import in_background
from outreach.sessions import acted
from outreach.views.access import signed_in


@in_background("GET")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The seconds that are left, for which user. Asking changes nothing; a POST puts off the end.

    With them a fresh token for the forms of the page: signing in again makes the old one useless.
    """
    if request.method == "POST":
        acted(request)
    left = request.session.get_expiry_age() if request.method == "POST" else _seconds_left(request)
    return JsonResponse({"seconden": left, "wie": signed_in(request).pk, "csrf": get_token(request)})


def _seconds_left(request: HttpRequest) -> int:
    """A session is removed when its user signs out: then nothing is left of it."""
    ends = (
        Session.objects.filter(pk=request.session.session_key).values_list("expire_date", flat=True).first()
    )
    return max(0, int((ends - clock.now()).total_seconds())) if ends else 0
