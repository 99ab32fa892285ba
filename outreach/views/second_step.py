"""Nobody gets anywhere on a password alone: the second step of signing in, whichever way somebody came in.

A session knows that its user took the step (`sessions.SECOND_STEP`). Who has no app yet reaches the page to
set it up, and nothing else. Who has one, and came in without it, signs in again.
"""

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_used
from django.conf import settings
from django.contrib.auth import logout
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from outreach.models import User
from outreach.sessions import SECOND_STEP, took_second_step

View = Callable[..., HttpResponse]
#: Setting up the app, saying the password again for that, and going away.
_BEFORE_IT = {
    *("mfa_activate_totp", "account_reauthenticate", "mfa_reauthenticate"),
    *("account_logout", "admin:logout"),
}


@receiver([authenticator_used, authenticator_added])
def step_taken(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """A code was right: at signing in, when it was asked again, or when the app was set up.

    It counts for this user alone, and is gone when another signs in or this one signs out.
    """
    request.session[SECOND_STEP] = str(user.pk)


@receiver(authenticator_removed)
def step_undone(request: HttpRequest, **kwargs: Any) -> None:
    """Who takes another phone sets that up before anything else."""
    request.session.pop(SECOND_STEP, None)


def has_app(user: User) -> bool:
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


class SecondStepMiddleware:
    """Before each page that is not for everybody."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: tuple[object, ...], kwargs: dict[str, object]
    ) -> HttpResponse | None:
        """An answer for who is half signed in."""
        if not getattr(view, "login_required", True) or not request.user.is_authenticated:
            return None
        if took_second_step(request):
            return None
        match = request.resolver_match
        if match is not None and match.view_name in _BEFORE_IT:
            return None
        return _refuse(request)


def _refuse(request: HttpRequest) -> HttpResponse:
    known = has_app(request.user)
    if known:
        logout(request)
    if "HX-Request" in request.headers:
        return HttpResponse(status=401)
    return redirect(settings.LOGIN_URL if known else "mfa_activate_totp")
