"""Addresses that show what surrounds a view: who acts, in what transaction, and what is left of it."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import path

from outreach import urls
from outreach.kernel.db import current_actor
from outreach.middleware import own_transaction
from outreach.models import Buurt

REFUSALS = {"403": PermissionDenied, "404": Http404}


def who(request: HttpRequest) -> JsonResponse:
    """Who acts here, as the row policies see it."""
    actor = current_actor()
    return JsonResponse({"id": actor.id, "kind": actor.kind, "team": actor.team, "areas": list(actor.areas)})


@login_not_required
def anybody(request: HttpRequest) -> JsonResponse:
    return who(request)


@own_transaction
@login_not_required
def alone(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"inside": connection.in_atomic_block})


@login_not_required
def write(request: HttpRequest, how: str) -> HttpResponse:
    """Writes a row, and then ends in some way."""
    Buurt.objects.get_or_create(code=f"BU{how}", defaults={"name": "Proef"})
    if how in REFUSALS:
        raise REFUSALS[how]
    if how == "raise":
        raise RuntimeError("proef")
    return HttpResponse(status=int(how))


urlpatterns = [
    path("wie/", who),
    path("iedereen/", anybody),
    path("alleen/", alone),
    path("schrijf/<str:how>/", write),
    *urls.urlpatterns,
]
handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500
