"""Delivering a file: first what it is about, then the file itself."""

from functools import partial

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from eligibility import tasks
from eligibility.actions import deliveries
from eligibility.actions.keys import NoKeyReady
from eligibility.bronnen import LAYOUT_GBA_V
from eligibility.files import StorageFailed
from eligibility.forms.deliveries import TargetForm
from eligibility.intake.layouts import LAYOUTS
from eligibility.intake.refusals import FileRefused
from eligibility.locks import LOCK_UPLOAD, holding
from eligibility.uploads import FIELD, EncryptingUploadHandler, size_text, too_large
from eligibility.views.access import for_managers, soon
from outreach.kernel.clock import today
from outreach.kernel.db import acting_as
from outreach.middleware import own_transaction
from outreach.permissions import Permission, check
from outreach.views.access import signed_in

#: What a form adds to the bytes of its file, with room to spare.
_FORM_BYTES = 64 * 1024


@require_safe
@for_managers
def choose(request: HttpRequest) -> HttpResponse:
    """Ask what the file is about. The answer is in the address of the next page: nothing there is secret."""
    return _ask(request, TargetForm(initial={"peildatum": today()} | request.GET.dict()))


def _ask(request: HttpRequest, form: TargetForm, status: int = 200) -> HttpResponse:
    return render(request, "eligibility/upload_choose.html", {"form": form}, status=status)


@own_transaction
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def upload(request: HttpRequest) -> HttpResponse:
    """Ask for the file, and take it.

    Exempt from CSRF because its check reads the body: here our own handler has to be in place before that,
    and the check is made right after (`csrf_protect` in `_take`). Permission and agreement are looked at
    before a byte of the body is read.
    """
    target = TargetForm(request.GET)
    if not target.is_valid():
        return _answer(request, target, "Kies opnieuw waar het bestand over gaat.", 400)
    if request.method != "POST":
        return _ask_file(request, target)
    if int(request.META.get("CONTENT_LENGTH") or 0) > settings.UPLOAD_MAX_BYTES + _FORM_BYTES:
        return _answer(request, target, too_large(), 413)
    with holding(LOCK_UPLOAD, signed_in(request).pk) as mine:
        if mine is None:
            return _answer(
                request, target, "Je bent al een bestand aan het uploaden. Wacht tot dat klaar is.", 409
            )
        return _take(request, target)


def _ask_file(request: HttpRequest, target: TargetForm, problem: str = "", status: int = 200) -> HttpResponse:
    cleaned = target.cleaned_data
    bron, kept = cleaned["bron"], target.check_agreed()
    layout = LAYOUTS[bron.layout]
    context = {
        "target": cleaned,
        "needed": [name for name in layout.columns if name not in layout.optional],
        "free": [name for name in layout.columns if name in layout.optional],
        "delimiter": str(bron.get_delimiter_display()).lower(),
        "person_lists": bron.layout == LAYOUT_GBA_V,
        "dropped": [name for name in layout.columns if name not in kept],
        "field": FIELD,
        "largest": size_text(settings.UPLOAD_MAX_BYTES),
        "largest_bytes": settings.UPLOAD_MAX_BYTES,
        "problem": problem,
        "change_url": f"{reverse('delivery_choose')}?{request.GET.urlencode()}",
    }
    return render(request, "eligibility/upload.html", context, status=status)


def _take(request: HttpRequest, target: TargetForm) -> HttpResponse:
    def check_again() -> None:
        check(request.user, Permission.DELIVERY_MANAGE)
        target.check_agreed()

    handler = EncryptingUploadHandler(request, check_again)
    request.upload_handlers = [handler]
    try:
        return csrf_protect(partial(_finish, handler=handler, target=target))(request)
    except (NoKeyReady, StorageFailed) as failed:
        return _answer(request, target, str(failed), 503)
    except FileRefused as refused:
        # The agreement ended between the question and the first byte.
        target.add_error("bron", str(refused))
        return _answer(request, target, str(refused), 400)
    finally:
        handler.close()


def _finish(request: HttpRequest, handler: EncryptingUploadHandler, target: TargetForm) -> HttpResponse:
    """The token was right. Asking for the files reads the body, had the check of the token not done so."""
    _ = request.FILES
    if not (handler.complete and handler.writer and handler.key):
        return _answer(request, target, handler.problem or "Kies een bestand.", 400)
    cleaned = target.cleaned_data
    user = signed_in(request)
    with acting_as(user.actor()):
        delivery = deliveries.receive(
            bron=cleaned["bron"],
            year=cleaned["jaar"],
            peildatum=cleaned["peildatum"],
            file_name=handler.received_name,
            file=handler.writer,
            key=handler.key,
            by=user,
        )
    soon(tasks.processing_of(delivery), delivery.pk)
    messages.success(request, "Het bestand is ontvangen. De controle begint vanzelf.")
    where = reverse("delivery", args=[delivery.pk])
    return JsonResponse({"naar": where}) if _wants_json(request) else redirect(where)


def _wants_json(request: HttpRequest) -> bool:
    """The page's own script asks for an answer that it can read; without it the browser gets a page."""
    return request.headers.get("Accept") == "application/json"


def _answer(request: HttpRequest, target: TargetForm, problem: str, status: int) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"fout": problem}, status=status)
    if not target.is_valid():
        return _ask(request, target, status)
    return _ask_file(request, target, problem, status)
