"""Signing in at the municipality. Whoever comes back must be a user here already (decision 0016)."""

from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from outreach.actions import sign_ins
from outreach.audit import Event, record
from outreach.kernel import openid
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import User
from outreach.sessions import SECOND_STEP

#: In a session: what the answer of the provider is held against.
_PENDING = "bij_gemeente"


@login_not_required
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """To the page to sign in of the municipality."""
    _is_used_here()
    if not _has_tries(request):
        return _page(request, status=429)
    try:
        address, kept = openid.begin(_provider(), _return_url(request))
    except openid.Refused as refused:
        return _refused(request, refused)
    request.session[_PENDING] = kept
    return HttpResponseRedirect(address)


@login_not_required
@require_GET
def back(request: HttpRequest) -> HttpResponse:
    """Back from it: signed in, with the second step, or told that it did not work."""
    _is_used_here()
    if not _has_tries(request):
        return _page(request, status=429)
    kept = request.session.pop(_PENDING, None)
    try:
        user = _user(openid.finish(_provider(), kept, request.GET.dict(), _return_url(request)))
    except openid.Refused as refused:
        return _refused(request, refused)
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    request.session[SECOND_STEP] = str(user.pk)
    sign_ins.tell(Event.SIGNED_IN, user, manier=sign_ins.MUNICIPALITY)
    return redirect(settings.LOGIN_REDIRECT_URL)


def _is_used_here() -> None:
    if not settings.OIDC_ISSUER:
        raise Http404


def _has_tries(request: HttpRequest) -> bool:
    """Each refusal is a line of the audit, and anybody can ask for one. The public way in counts no GET."""
    used = ratelimit.consume(request, app="allauth.account", action="municipal_sign_in", limit_get=True)
    return used is not None


def _provider() -> openid.Provider:
    return openid.Provider(
        issuer=settings.OIDC_ISSUER,
        client_id=settings.OIDC_CLIENT_ID,
        secret=settings.OIDC_CLIENT_SECRET,
        levels=tuple(settings.OIDC_ACR),
        user_claim=settings.OIDC_USER_CLAIM,
    )


def _return_url(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("municipal_back"))


def _user(name: str) -> User:
    """Made before by a functioneel beheerder, under exactly this name, and at work. Raises Refused."""
    user = User.objects.filter(username=name, is_active=True).first()
    if user is None:
        raise openid.Refused("gebruiker")
    return user


def _refused(request: HttpRequest, refused: openid.Refused) -> HttpResponse:
    """The same page for whatever was wrong; which it was, stands in the audit alone."""
    with acting_as(SYSTEM_ACTOR):
        record(Event.MUNICIPAL_SIGN_IN_REFUSED, "inloggen", details={"reden": str(refused)})
    return _page(request, status=403)


def _page(request: HttpRequest, *, status: int) -> HttpResponse:
    return render(request, "account/municipal_refused.html", status=status)
