"""What every request passes: a sign-in that ends, a transaction with an actor, and private headers."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from outreach.kernel import trace
from outreach.kernel.db import NOBODY, set_actor
from outreach.sessions import acted, end_when_idle

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


def in_background(*methods: str) -> Callable[[Handler], Handler]:
    """Marks a view that a page asks by itself: these methods of it do not put off the end of a sign-in.

    A page that was left open would otherwise keep its user signed in for ever.
    """

    def mark(view: Handler) -> Handler:
        view.in_background = frozenset(methods)  # type: ignore[attr-defined]
        return view

    return mark


class SignInMiddleware(SessionMiddleware):
    """A sign-in ends so long after the last thing that somebody did himself."""

    def process_request(self, request: HttpRequest) -> None:
        """Read the session, and end it when it is too old for where somebody goes."""
        super().process_request(request)
        end_when_idle(request)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Save the session anew, which puts off its end, unless the page came to ask by itself."""
        match = request.resolver_match
        methods = getattr(match.func, "in_background", ()) if match else ()
        if request.method in methods and not request.session.modified:
            return response
        acted(request)
        return super().process_response(request, response)


class TraceMiddleware:
    """Every request is part of a trace: that of a caller who says so well, or one of its own.

    The answer says which, so that a caller can write it down beside what he asked.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        at_hand = trace.from_caller(request.headers.get(trace.HEADER))
        with trace.following(at_hand):
            response = self.get_response(request)
        response.headers[trace.HEADER] = at_hand.header()
        return response


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


class BrowserRightsMiddleware:
    """No page may use the camera, the place or the like, and no other site may take in what we answer."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers["Permissions-Policy"] = settings.PERMISSIONS_POLICY
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return response


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
