"""Looplijsten: which there are, the addresses on one, and the sheet to take along."""

from collections.abc import Iterable

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.decorators.http import require_http_methods, require_safe

from outreach.audit import Event, record
from outreach.forms.looplijst import LooplijstFilter, only_filters
from outreach.kernel import clock
from outreach.models import Looplijst, LooplijstItem
from outreach.models.looplijst import ItemState
from outreach.models.round import RoundState
from outreach.permissions import Permission
from outreach.templatetags.kit import amount
from outreach.views import looplijst_shown as shown
from outreach.views.access import require
from outreach.views.walk import get_list, own_lists, page_url

PER_PAGE = 25
# More addresses than this are not counted: nobody walks them in one go, and counting costs time.
COUNTED_UP_TO = 1000
# What somebody searches is in no address, so a search has no second page to go to.
FOUND_AT_MOST = 100


class CappedPaginator(Paginator):
    """Counts no further than `COUNTED_UP_TO`, or one page past the page that is asked for."""

    def __init__(self, rows: QuerySet, per_page: int, asked: str | None) -> None:
        super().__init__(rows, per_page)
        page = int(asked) if asked and asked.isdecimal() and len(asked) < 6 else 1
        self._limit = max(COUNTED_UP_TO, (page + 1) * per_page) + 1

    @cached_property
    def count(self) -> int:
        return self.object_list.order_by()[: self._limit].count()

    @property
    def total_text(self) -> str:
        """`118`, or `meer dan 1.000`."""
        if self.count > COUNTED_UP_TO:
            return f"meer dan {amount(COUNTED_UP_TO)}"
        return amount(self.count)

    @property
    def noun(self) -> str:
        """What is counted, in the singular when there is one."""
        return "huishouden" if self.count == 1 else "huishoudens"


@require_safe
@require(Permission.LOOPLIJST_SEE)
def looplijsten(request: HttpRequest) -> HttpResponse:
    """The user's own lists, the newest round first. Counts only: nobody is looked at here."""
    lists = own_lists(request.user).with_counts()
    context = {"columns": shown.overview_columns(), "rows": [shown.overview_row(row) for row in lists]}
    return render(request, "outreach/looplijsten.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.LOOPLIJST_SEE)
def looplijst(request: HttpRequest, pk: int) -> HttpResponse:
    """The addresses of one list. Filters stand in the address; a search comes as POST and is kept nowhere."""
    looplijst = get_list(request.user, pk)
    sent = request.POST if request.method == "POST" else only_filters(request.GET)
    form = LooplijstFilter(sent, looplijst=looplijst)
    if request.method == "POST" and form.is_valid() and not form.words:
        return redirect(request.path + form.query())
    page = _page(looplijst, form, request.GET.get("page") if request.method == "GET" else None)
    items = list(page)
    _seen(Event.LOOPLIJST_SEEN, looplijst, items)
    context = {
        **_heading(looplijst),
        "actions": _actions(looplijst, form),
        "kpis": shown.kpis(looplijst, request.path),
        "filter_form": form,
        "chips": form.chips(request.path),
        "page": page,
        "too_many": bool(form.words) and page.has_next(),
        "count_text": f"{page.paginator.total_text} {page.paginator.noun} gevonden",
        "columns": shown.item_columns(form, request.path),
        "rows": shown.item_rows(items, looplijst, _walk_query(form, page), request.user),
    }
    response = render(request, "outreach/looplijst.html", context)
    if request.method == "POST":
        response["HX-Push-Url"] = request.path + form.query()
    return response


@require_safe
@require(Permission.LOOPLIJST_PRINT)
def looplijst_print(request: HttpRequest, pk: int) -> HttpResponse:
    """All addresses that are left to do, on paper, in walking order."""
    looplijst = get_list(request.user, pk)
    items = list(looplijst.items.approachable().to_do().with_list_data().order_by("position"))
    _seen(Event.LOOPLIJST_PRINTED, looplijst, items)
    context = {
        **_heading(looplijst),
        "columns": shown.sheet_columns(),
        "rows": shown.item_rows(items, looplijst, QueryDict(), request.user),
        "count_text": shown.households(len(items)),
        "printed_at": clock.now(),
        "printed_by": request.user.display_name(),
    }
    return render(request, "outreach/looplijst_print.html", context)


def _page(looplijst: Looplijst, form: LooplijstFilter, asked: str | None) -> Page:
    items = form.narrowed(looplijst.items.approachable())
    rows = form.ordered(items.with_list_data())
    paginator = CappedPaginator(rows, FOUND_AT_MOST if form.words else PER_PAGE, asked)
    return paginator.get_page(asked)


def _walk_query(form: LooplijstFilter, page: Page) -> QueryDict:
    """The filters and the page, for links that lead back to this place in the list."""
    query = QueryDict(form.query().lstrip("?"), mutable=True)
    if page.number > 1:
        query["page"] = str(page.number)
    return query


def _actions(looplijst: Looplijst, form: LooplijstFilter) -> list[dict[str, str]]:
    """Print, and go to the first address that nobody went to yet."""
    sheet = {"label": "Afdrukken", "url": reverse("looplijst_print", args=[looplijst.pk]), "icon": "print"}
    first = looplijst.items.approachable().filter(state=ItemState.OPEN).order_by("position").first()
    if first is None or looplijst.round.state == RoundState.CLOSED:
        return [sheet]
    url = page_url("gesprek", first.household_id, looplijst.pk, QueryDict(form.query().lstrip("?")))
    return [sheet, {"label": "Volgend adres", "url": url, "variant": "primary-action", "icon": "door"}]


def _heading(looplijst: Looplijst) -> dict[str, object]:
    return {"looplijst": looplijst, "title": f"Looplijst {looplijst.team}", "sub": shown.subtitle(looplijst)}


def _seen(event: Event, looplijst: Looplijst, items: Iterable[LooplijstItem]) -> None:
    """Write down whose address is about to be shown, in the transaction that read it."""
    households = [item.household_id for item in items]
    record(event, "huishouden", households, details={"looplijst": looplijst.pk, "aantal": len(households)})
