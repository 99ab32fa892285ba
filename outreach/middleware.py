"""What every request passes: a transaction with an actor, and headers for private pages."""

from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from outreach.kernel.db import NOBODY, set_actor

Handler = Callable[[HttpRequest], HttpResponse]


def own_transaction(view: Handler) -> Handler:
    """Marks a view that opens its own transactions, because reading its body may take minutes."""
    view.own_transaction = True  # type: ignore[attr-defined]
    return view


def _opens_its_own(request: HttpRequest) -> bool:
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        return False
    return getattr(view, "own_transaction", False)


class ActorMiddleware:
    """Runs each request in one transaction in which the row policies know who acts.

    Reads of people are written to the audit in this same transaction: when that fails, the page
    fails. An answer of 500 or above rolls everything back.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _opens_its_own(request):
            return self.get_response(request)
        with transaction.atomic():
            set_actor(NOBODY)
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response

    def process_view(self, request: HttpRequest, view: Handler, args: tuple, kwargs: dict) -> None:
        """By now the session is read: say who this is before the view asks the first row."""
        if getattr(view, "own_transaction", False):
            return
        if request.user.is_authenticated:
            set_actor(request.user.actor())


class PrivatePageMiddleware:
    """Pages of a signed-in user are kept by no cache, in the browser or between."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["Vary"] = ", ".join(
            dict.fromkeys([*filter(None, response.headers.get("Vary", "").split(", ")), "HX-Request"])
        )
        return response
