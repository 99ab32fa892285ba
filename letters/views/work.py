"""The werkvoorraad: the list of what waits for a person, one item with its scan, and settling it."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from letters.actions import addresses, left_out, scans, untold, work
from letters.actions import forms as returned
from letters.actions.scan_images import NoImage, picture
from letters.forms.work import ATTACHMENT, AskForm, CloseForm, LinkForm, OwnerForm, WorkFilter
from letters.models import Application, ApplicationState, WorkItem, WorkKind
from letters.views import work_shown as shown
from outreach.audit import Event, record
from outreach.kernel import clock
from outreach.models import User
from outreach.permissions import Permission
from outreach.policies import NotNow
from outreach.transitions import StateChanged
from outreach.views.access import require

PAGE_SIZE = 25
_ON_THE_LIST = ("owner", "letter", "part__round", "batch__round", "delivery__vendor")
#: Scans of which somebody can still read the printed code.
_TO_LINK = (WorkKind.SCAN_UNREADABLE, WorkKind.SCAN_UNKNOWN, WorkKind.SCAN_DIFFERS)


@require_safe
@require(Permission.WORK_SETTLE)
def work_list(request: HttpRequest) -> HttpResponse:
    """What is open, the most urgent first. No household is named here, so nobody is looked at."""
    items = WorkItem.objects.open()
    rows = items.order_by("kind").values_list("kind").annotate(count=Count("pk"))
    counts = dict(rows)
    form = WorkFilter(request.GET, counts)
    found = form.narrowed(items, request.user).order_by("due_on", "opened_at", "pk")
    page = Paginator(found.select_related(*_ON_THE_LIST), PAGE_SIZE).get_page(request.GET.get("page"))
    total = page.paginator.count
    context = {
        "kpis": _kpis(request, items),
        "filter_form": form,
        "chips": form.chips(request.path),
        "page": page,
        "count_text": "1 ding gevonden" if total == 1 else f"{total} dingen gevonden",
        "columns": shown.COLUMNS,
        "rows": shown.rows(page),
    }
    return render(request, "letters/work.html", context)


def _kpis(request: HttpRequest, items: Any) -> list[dict[str, Any]]:
    late = items.filter(due_on__lt=clock.today()).count()
    return [
        {"label": "Open", "value": items.count(), "url": request.path},
        {"label": "Te laat", "value": late, "url": f"{request.path}?te_laat=ja"},
        {
            "label": "Van mij",
            "value": items.filter(owner=request.user).count(),
            "url": f"{request.path}?eigenaar=ik",
        },
    ]


def _item(pk: int) -> WorkItem:
    """An item about a household that this user may see, or about none. Else it is not there."""
    items = WorkItem.objects.select_related(
        "owner",
        "closed_by",
        "scan__delivery",
        "delivery__vendor",
        "part__round",
        "batch__round",
        "letter__household",
        "letter__approach__regeling",
    )
    return get_object_or_404(items, pk=pk)


@require_safe
@require(Permission.WORK_SETTLE)
def work_item(request: HttpRequest, pk: int) -> HttpResponse:
    """One item: the scan beside what we know of the letter, and what can be done."""
    item = _item(pk)
    return _shown(request, item)


def _shown(request: HttpRequest, item: WorkItem, status: int = 200, **forms: Any) -> HttpResponse:
    record(Event.WORK_SEEN, "werk", [item.pk], details={"soort": item.kind})
    if item.household_id:
        record(Event.HOUSEHOLD_SEEN, "huishouden", [item.household_id])
    application = _application(item)
    context = {
        "item": item,
        "badge": shown.badge(item),
        "facts": shown.facts(item),
        "letter_facts": shown.letter_facts(item.letter, application) if item.letter else [],
        "reading_facts": shown.reading_facts(item.scan) if item.scan else [],
        "images": _images(item),
        "list_url": reverse("work"),
        "application": application,
        **(_actions(item, application) if item.closed_at is None else {}),
        **forms,
    }
    return render(request, "letters/work_item.html", context, status=status)


def _application(item: WorkItem) -> Application | None:
    if item.letter is None:
        return None
    return Application.objects.filter(approach=item.letter.approach_id).first()


def _images(item: WorkItem) -> list[dict[str, Any]]:
    pages = item.scan.reading.get("pages", 0) if item.scan else 0
    return [
        {"url": reverse("work_image", args=[item.pk, page]), "label": f"Scan, bladzijde {page}"}
        for page in range(1, pages + 1)
    ]


def _actions(item: WorkItem, application: Application | None) -> dict[str, Any]:
    """The forms that this item may be settled with."""
    undecided = application is not None and application.state == ApplicationState.RECEIVED
    form_waits = item.kind in work.FORMS and undecided
    closable = item.kind != WorkKind.ASSESS and not form_waits
    return {
        "owner_form": OwnerForm(item=item),
        "code_form": LinkForm() if item.kind in _TO_LINK else None,
        "decide": form_waits,
        "onzeker": form_waits and item.letter is not None and item.letter.klasse == "onzeker",
        "ask_form": AskForm() if form_waits else None,
        "anew": item.kind == WorkKind.REJECTED_LETTER,
        "close_form": CloseForm(item=item) if closable else None,
    }


def _settled_before(request: HttpRequest, item: WorkItem) -> HttpResponse:
    """What somebody is told whose colleague was first."""
    messages.info(request, str(work.AlreadySettled()))
    return redirect("work_item", item.pk)


@require_safe
@require(Permission.WORK_SETTLE)
def work_image(request: HttpRequest, pk: int, page: int) -> HttpResponse:
    """A page of the scan of an item, decrypted and drawn for this one look; no cache keeps it."""
    item = _item(pk)
    if item.scan is None:
        raise Http404
    try:
        content = picture(scan=item.scan, page=page)
    except NoImage:
        raise Http404 from None
    response = HttpResponse(content, content_type="image/jpeg")
    response["Cache-Control"] = "no-store"
    response["Content-Disposition"] = "inline"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


@require_POST
@require(Permission.WORK_SETTLE)
def work_owner(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an item, give it to a colleague, or give it back to the queue."""
    item = _item(pk)
    form = OwnerForm(request.POST, item=item)
    if not form.is_valid():
        return _shown(request, item, 422, owner_form=form)
    chosen = form.cleaned_data
    try:
        work.give(item=item, to=chosen["owner"], by=request.user, instead_of=chosen["instead_of"])
    except NotNow as no:
        messages.info(request, str(no))
    else:
        messages.success(request, "De eigenaar is gewijzigd.")
    return redirect("work_item", item.pk)


@require_POST
@require(Permission.WORK_SETTLE)
def work_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Link the scan to the form whose code somebody typed, or hang it on an application."""
    item = _item(pk)
    form = LinkForm(request.POST)
    if item.closed_at:
        return _settled_before(request, item)
    if item.kind not in _TO_LINK or not form.is_valid():
        return _shown(request, item, 422, code_form=form)
    try:
        return _linked(request, item, form.cleaned_data)
    except (scans.CodeUnknown, scans.NoApplication) as unknown:
        form.add_error("code", str(unknown))
        return _shown(request, item, 422, code_form=form)
    except NotNow as no:
        messages.info(request, str(no))
        return redirect("work_item", item.pk)


def _linked(request: HttpRequest, item: WorkItem, chosen: dict[str, Any]) -> HttpResponse:
    if chosen["what"] == ATTACHMENT:
        application = scans.attach_by_hand(item=item, typed=chosen["code"], by=request.user)
        messages.success(request, "De bijlage hoort nu bij deze aanvraag.")
        return redirect("application", application.pk)
    scans.link_by_hand(item=item, typed=chosen["code"], by=request.user)
    messages.success(request, "De scan hoort nu bij dit formulier. Iemand bekijkt de handtekening.")
    return redirect("work")


@require_POST
@require(Permission.WORK_SETTLE)
def work_accept(request: HttpRequest, pk: int) -> HttpResponse:
    """The form is in order: grant it, or have the income assessed when it is onzeker."""
    item = _item(pk)
    try:
        application = returned.accept(item=item, by=request.user)
    except (NotNow, StateChanged) as no:
        messages.info(request, str(no))
        return redirect("work_item", item.pk)
    granted = application.state == ApplicationState.GRANTED
    messages.success(
        request, "De aanvraag is toegekend." if granted else "De aanvraag staat klaar om te beoordelen."
    )
    return redirect("work")


@require_POST
@require(Permission.WORK_SETTLE)
def work_pass_on(request: HttpRequest, pk: int) -> HttpResponse:
    """Not granted like this: somebody assesses the application."""
    item = _item(pk)
    try:
        returned.pass_on(item=item, by=request.user)
    except (NotNow, StateChanged) as no:
        messages.info(request, str(no))
        return redirect("work_item", item.pk)
    messages.success(request, "De aanvraag staat klaar om te beoordelen.")
    return redirect("work")


@require_POST
@require(Permission.WORK_SETTLE)
def work_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the household by letter for what is missing."""
    item = _item(pk)
    form = AskForm(request.POST)
    if item.closed_at:
        return _settled_before(request, item)
    if not form.is_valid():
        return _shown(request, item, 422, ask_form=form)
    try:
        returned.ask_again(item=item, points=form.cleaned_data["points"], by=request.user)
    except (NotNow, StateChanged) as no:
        messages.info(request, str(no))
        return redirect("work_item", item.pk)
    messages.success(request, "Het huishouden krijgt een brief met de vraag. De termijn staat nu stil.")
    return redirect("work")


@require_POST
@require(Permission.WORK_SETTLE)
def work_plan_anew(request: HttpRequest, pk: int) -> HttpResponse:
    """The cause is mended: the letter goes into the next part of its round. A second click does nothing."""
    item = _item(pk)
    if item.closed_at:
        return _settled_before(request, item)
    try:
        left_out.plan_anew(item=item, by=request.user)
    except NotNow as no:
        messages.error(request, str(no))
        return redirect("work_item", item.pk)
    messages.success(request, "De brief wordt opnieuw gemaakt. Hij gaat mee in de volgende partij.")
    return redirect("work")


@require_POST
@require(Permission.WORK_SETTLE)
def work_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close an item with how it ended. A form that waits for a decision is decided on, and not closed."""
    item = _item(pk)
    form = CloseForm(request.POST, item=item)
    if item.closed_at:
        return _settled_before(request, item)
    if _actions(item, _application(item))["close_form"] is None:
        messages.info(request, "Dit kun je niet zomaar afsluiten: er moet eerst iets worden besloten.")
        return redirect("work_item", item.pk)
    if not form.is_valid():
        return _shown(request, item, 422, close_form=form)
    try:
        again = _settle(item, form.cleaned_data["reason"], request.user)
    except NotNow as no:
        messages.info(request, str(no))
        return redirect("work_item", item.pk)
    messages.success(
        request,
        "De brief wordt opnieuw gemaakt. Hij gaat mee in de volgende partij."
        if again
        else "Dit werk is afgehandeld.",
    )
    return redirect("work")


def _settle(item: WorkItem, reason: str, by: User) -> bool:
    """Close it; whether a letter goes again."""
    if item.kind == WorkKind.ADDRESS:
        return addresses.settle(item=item, resolution=reason, by=by)
    if item.kind == WorkKind.UNTOLD:
        untold.settle(item=item, resolution=reason, by=by)
    else:
        work.settle(item=item, resolution=reason, by=by)
    return False
