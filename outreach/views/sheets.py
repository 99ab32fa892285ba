"""Looplijsten on paper: making a print, ticking it off when it is shredded, and reporting that it is lost."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.views.decorators.http import require_http_methods, require_safe

from outreach.actions import sheets
from outreach.audit import Event, record
from outreach.forms.sheets import LostForm, PrintForm, ShreddedForm
from outreach.kernel import clock
from outreach.models import Looplijst, LooplijstItem, Sheet, User
from outreach.models.sheet import SheetState
from outreach.permissions import Permission
from outreach.policies import NotNow
from outreach.transitions import StateChanged
from outreach.views import acting_shown, looplijst_shown, safety_shown, sheets_shown
from outreach.views.access import require, signed_in
from outreach.views.looplijst_pdf import Head, Paper, Row
from outreach.views.walk import get_list


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.LOOPLIJST_PRINT)
def looplijst_print(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what printing brings with it, and make the file. The page itself shows no address."""
    user = signed_in(request)
    looplijst = get_list(user, pk)
    left = looplijst.items.approachable().to_do()
    count = left[: sheets.AT_MOST + 1].count()
    form = PrintForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        items = list(left.with_list_data().order_by("position")[: sheets.AT_MOST + 1])
        try:
            if items:
                return _printed(looplijst, items, form, user)
        except StateChanged:
            # Another print is another piece of paper: it gets a form, and so a number, of its own.
            messages.info(request, "Deze afdruk is al afgemeld. Maak een nieuwe als je die nodig hebt.")
            form = PrintForm()
        except NotNow as refusal:
            messages.error(request, str(refusal))
        else:
            messages.info(request, "Er is niets meer te doen op deze lijst.")
    around = Sheet.objects.around().filter(looplijst=looplijst).with_list()
    context = {
        "looplijst": looplijst,
        "title": looplijst_shown.title(looplijst),
        "sub": looplijst_shown.subtitle(looplijst),
        "count_text": looplijst_shown.households(count),
        "form": form if count <= sheets.AT_MOST else None,
        "too_long": sheets.TOO_LONG.format(sheets.AT_MOST),
        "columns": sheets_shown.COLUMNS,
        "rows": sheets_shown.rows(around, clock.today()),
    }
    return render(request, "outreach/looplijst_print.html", context)


def _printed(looplijst: Looplijst, items: list[LooplijstItem], form: PrintForm, user: User) -> HttpResponse:
    """The file, and a record of it in the same transaction. The same form again gives the same print."""
    paper = Paper(_rows(items, looplijst, user))
    households = [item.household_id for item in items]
    sheet, _ = sheets.make(
        looplijst=looplijst,
        households=households,
        pages=paper.pages,
        submission=form.cleaned_data["submission"],
        by=user,
    )
    if households != sheet.households:
        # Sent again after somebody changed the list: what was not counted is not printed.
        items = [item for item in items if item.household_id in sheet.households]
        paper = Paper(_rows(items, looplijst, user))
        households = [item.household_id for item in items]
    details = {"looplijst": looplijst.pk, "afdruk": sheet.number, "aantal": len(households)}
    record(Event.LOOPLIJST_PRINTED, "huishouden", households, details=details)
    response = HttpResponse(paper.pdf(_head(looplijst, sheet)), content_type="application/pdf")
    name = f"looplijst-{looplijst.pk}-afdruk-{sheet.number}.pdf"
    # Shown, and not put among the downloads: a file of addresses would stay there after the paper is gone.
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def _rows(items: list[LooplijstItem], looplijst: Looplijst, user: User) -> list[Row]:
    """What stands on paper, of items of `with_list_data`. Of a danger and of
    a representative only that one has to call first."""
    beware = {*safety_shown.in_lists(item.household for item in items)}
    beware |= set(acting_shown.in_lists(user, [item.household_id for item in items]))
    return [
        Row(
            number=row["number"],
            address=row["address"],
            below=" · ".join(filter(None, (row["postcode"], row["people"], row["appointment"]))),
            regelingen=" ".join(filter(None, (", ".join(row["regelingen"]), row["others"]))),
            last=_last(row),
            beware=row["household"] in beware,
        )
        for row in looplijst_shown.item_rows(items, looplijst, QueryDict(), user)
    ]


def _last(row: dict[str, Any]) -> str:
    """`ma 2 mrt (1×)`; without the number where nobody went for this round yet."""
    times = f" ({row['attempts']}×)" if row["attempts"] else ""
    return f"{row['last']}{times}" if row["last"] else "–"


def _head(looplijst: Looplijst, sheet: Sheet) -> Head:
    moment = date_format(localtime(sheet.made_at), "j F Y, H.i")
    whose = looplijst_shown.whose(looplijst)
    return Head(
        title=f"Looplijst {looplijst.pk} · {looplijst.team} · {looplijst.round.name}",
        sub=looplijst_shown.subtitle(looplijst),
        made=f"Afdruk {sheet.number} van {moment} uur, door {sheet.made_by.display_name()}. {whose}".rstrip(),
    )


@require_safe
@require(Permission.LOOPLIJST_PRINT)
def index(request: HttpRequest) -> HttpResponse:
    """Prints that are not shredded: one's own, and for a teamleider those of the lists he sees."""
    found = Sheet.objects.around().watched_by(signed_in(request)).order_by("made_at")
    shown = found.with_list()
    today = clock.today()
    context = {
        "columns": sheets_shown.COLUMNS,
        "rows": sheets_shown.rows(shown, today),
        "late": found.late(today).count(),
    }
    return render(request, "outreach/sheets.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.LOOPLIJST_PRINT)
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """One print, and ticking it off. Whoever does so twice is told the same twice."""
    user = signed_in(request)
    found = _get(pk)
    form = ShreddedForm(request.POST or None, sheet=found)
    if request.method == "POST" and form.is_valid():
        try:
            sheets.shred(sheet=found, on=form.cleaned_data["on"], by=user)
        except (NotNow, StateChanged) as refusal:
            found.refresh_from_db()
            if found.state != SheetState.SHREDDED:
                form.add_error("on", str(refusal))
                return _sheet_page(request, found, form)
        messages.success(request, f"Afgemeld: {sheets_shown.name(found)} is vernietigd.")
        return redirect("sheets")
    return _sheet_page(request, found, form)


def _sheet_page(request: HttpRequest, found: Sheet, form: ShreddedForm) -> HttpResponse:
    context = {
        "wrong": found.is_wrong(),
        "title": sheets_shown.name(found),
        "badge": sheets_shown.badge(found, clock.today()),
        "facts": sheets_shown.facts(found),
        "breach": sheets_shown.breach(found),
        "form": None if found.state == SheetState.SHREDDED else form,
        "lose_url": reverse("sheet_lose", args=[found.pk]) if found.state == SheetState.OUT else "",
    }
    return render(request, "outreach/sheet.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.LOOPLIJST_PRINT)
def sheet_lose(request: HttpRequest, pk: int) -> HttpResponse:
    """Report that a print is lost: a data breach, with its 72 hours."""
    user = signed_in(request)
    found = _get(pk)
    form = LostForm(request.POST or None, sheet=found)
    if found.state != SheetState.OUT:
        return redirect("sheet", pk)
    if request.method == "POST" and form.is_valid():
        try:
            sheets.lose(sheet=found, loss=form.loss(), by=user)
        except NotNow as refusal:
            form.add_error(None, str(refusal))
        except StateChanged:
            # A second tap: the first one reported it.
            return redirect("sheet", pk)
        else:
            messages.success(request, "Gemeld als datalek. Lees hieronder wat je nu doet.")
            return redirect("sheet", pk)
    context: dict[str, Any] = {"title": sheets_shown.name(found), "form": form, "sheet": found}
    return render(request, "outreach/sheet_lose.html", context, status=422 if form.errors else 200)


def _get(pk: int) -> Sheet:
    """A print of a list that this user sees, or of his own: a colleague may shred it too. Raises Http404."""
    return get_object_or_404(Sheet.objects.with_list().select_related("breach__reported_by"), pk=pk)
