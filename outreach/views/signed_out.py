"""What comes in after a sign-in ended: the text is kept as a draft, and the page is told to sign in again."""

from collections.abc import Callable
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url

from outreach.actions import drafts
from outreach.audit import Event, record
from outreach.forms import draft as sent
from outreach.kernel.db import acting_as
from outreach.models import Household, User
from outreach.permissions import Permission, may

View = Callable[..., HttpResponse]
_LOGOUTS = {"account_logout", "admin:logout"}
#: In the address of the page to sign in: what was sent is kept.
KEPT = "bewaard"


def keeps_draft(view: View) -> View:
    """Marks a view about a household (`pk`) to which a form is sent that is worth keeping."""
    view.keeps_draft = True  # type: ignore[attr-defined]
    return view


class SignedOutMiddleware:
    """Before the page to sign in is shown: keep what was written, and answer a script with 401.

    A script that got the page to sign in would put it in the place of the form, with the text in it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Whoever signs out leaves nothing behind in the browser."""
        response = self.get_response(request)
        match = request.resolver_match
        if request.method == "POST" and match is not None and match.view_name in _LOGOUTS:
            response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response

    def process_view(
        self, request: HttpRequest, view: View, args: tuple[object, ...], kwargs: dict[str, object]
    ) -> HttpResponse | None:
        """An answer when nobody is signed in and the page is not for everybody."""
        if not getattr(view, "login_required", True) or request.user.is_authenticated:
            return None
        kept = keep_what_was_sent(request)
        if "HX-Request" in request.headers:
            return HttpResponse(status=401)
        return redirect(_sign_in(request)) if kept else None


def keep_what_was_sent(request: HttpRequest) -> bool:
    """Keep the form that was sent as a draft of who opened it; whether that could be done.

    Who sends it cannot read it: it is offered to the user named in the token of the form, once he is signed
    in and as long as he may see the household.
    """
    match = request.resolver_match
    if request.method != "POST" or match is None or not getattr(match.func, "keeps_draft", False):
        return False
    user = sent.whose(request.POST.get(sent.TOKEN, ""), match.kwargs["pk"])
    submission = sent.as_key(request.POST.get(sent.SUBMISSION))
    if user is None or submission is None or not may(user, Permission.GESPREK_SAVE):
        return False
    return _keep(request, user, match.kwargs["pk"], submission)


def _keep(request: HttpRequest, user: User, household_id: UUID, submission: UUID) -> bool:
    with acting_as(user.actor()):
        household = Household.objects.for_user(user).with_page_data().filter(pk=household_id).first()
        if household is None:
            return False
        try:
            fields = sent.fields_without_bsn(request.POST)
        except ValidationError:
            return False
        turn = sent.turn_of(request.POST)
        drafts.keep(submission=submission, household=household, fields=fields, by=user, turn=turn)
        record(Event.DRAFT_KEPT_SIGNED_OUT, "huishouden", [household.pk])
    return True


def _sign_in(request: HttpRequest) -> str:
    query = urlencode({"next": request.get_full_path(), KEPT: "1"})
    return f"{resolve_url(settings.LOGIN_URL)}?{query}"
