"""Looplijsten: which there are, the addresses on one, and the sheet to take along."""

from collections.abc import Iterable
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.decorators.http import require_http_methods, require_safe

from outreach.actions import claims, sheets
from outreach.audit import Event, record
from outreach.forms.looplijst import LooplijstFilter, only_filters
from outreach.kernel import clock
from outreach.models import Looplijst, LooplijstItem, Sheet, User
from outreach.models.looplijst import COUNTED_UP_TO, ItemState
from outreach.models.round import RoundState
from outreach.permissions import Permission, may
from outreach.views import acting_shown, safety_shown
from outreach.views import looplijst_shown as shown
from outreach.views.access import require
from outreach.views.walk import get_list, own_lists

PER_PAGE = 25
# What somebody searches is in no address, so a search has no second page to go to.
FOUND_AT_MOST = 100
TAKE = "Pak volgende adres"
IN_WHICH_ORDER = (
    f"‘{TAKE}’ volgt de nummers van de lijst, ook als je anders sorteert. Eerst waar nog niemand was,"
    " daarna waar je opnieuw langsgaat. Is er een collega bezig, of is er een afspraak voor later? Dan slaat"
    " de knop dat adres over."
)


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
        return shown.counted_text(self.count)

    @property
    def noun(self) -> str:
        """What is counted, in the singular when there is one."""
        return "huishouden" if self.count == 1 else "huishoudens"


@require_safe
@require(Permission.LOOPLIJST_SEE)
def looplijsten(request: HttpRequest) -> HttpResponse:
    """The user's lists, his own before those of the team. Counts only: nobody is looked at here."""
    lists = own_lists(request.user).with_counts().own_first(request.user)
    page = Paginator(lists, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "columns": shown.overview_columns(),
        "rows": [shown.overview_row(row) for row in page],
        "page": page,
        "late": Sheet.objects.watched_by(request.user).late(clock.today()).exists(),
        "actions": [
            *_give_action(request.user, reverse("looplijsten_give")),
            {"label": "Afdrukken", "url": reverse("sheets"), "icon": "print"},
        ],
    }
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
    counted = Looplijst.objects.with_counts().get(pk=looplijst.pk)
    asked = request.GET.get("page") if request.method == "GET" else None
    page = _page(looplijst, form, asked, done_last=shown.is_counted(counted))
    items = list(page)
    _seen(Event.LOOPLIJST_SEEN, looplijst, items)
    actions = _actions(looplijst, counted, form, request.user)
    context = {
        **_heading(looplijst),
        "actions": actions,
        "in_which_order": IN_WHICH_ORDER if actions and actions[0]["label"] == TAKE else "",
        "kpis": shown.kpis(counted, request.path),
        "filter_form": form,
        "chips": form.chips(request.path),
        "page": page,
        "too_many": bool(form.words) and page.has_next(),
        "count_text": f"{page.paginator.total_text} {page.paginator.noun} gevonden",
        "columns": shown.item_columns(form, request.path),
        "rows": shown.item_rows(
            items,
            looplijst,
            _walk_query(form, page),
            request.user,
            _busy(items, request.user),
            safety_shown.in_lists(item.household for item in items),
            acting_shown.in_lists(request.user, [item.household_id for item in items]),
        ),
    }
    response = render(request, "outreach/looplijst.html", context)
    if request.method == "POST":
        response["HX-Push-Url"] = request.path + form.query()
    return response


def _busy(items: Iterable[LooplijstItem], user: User) -> dict[UUID, str]:
    """Who is busy with which household of a page, in words."""
    found = claims.holders(item.household_id for item in items)
    return {
        key: "Jij bent bezig" if holder.by.pk == user.pk else holder.text() for key, holder in found.items()
    }


def _page(looplijst: Looplijst, form: LooplijstFilter, asked: str | None, *, done_last: bool) -> Page:
    items = form.narrowed(looplijst.items.approachable())
    rows = form.ordered(items.with_list_data(), done_last=done_last)
    paginator = CappedPaginator(rows, FOUND_AT_MOST if form.words else PER_PAGE, asked)
    return paginator.get_page(asked)


def _walk_query(form: LooplijstFilter, page: Page) -> QueryDict:
    """The filters and the page, for links that lead back to this place in the list."""
    query = QueryDict(form.query().lstrip("?"), mutable=True)
    if page.number > 1:
        query["page"] = str(page.number)
    return query


def _actions(
    looplijst: Looplijst, counted: Looplijst, form: LooplijstFilter, user: User
) -> list[dict[str, str]]:
    """Take the next address, print, and give on.

    Taken is the first one that nobody went to yet; with all of those done, or with that filter, the first one
    to go past again.
    """
    sheet = _print_action(looplijst)
    left = shown.left(counted)
    if looplijst.round.state == RoundState.CLOSED or not any(left.values()):
        return sheet
    give = _give_action(user, reverse("looplijst_give", args=[looplijst.pk]))
    query = form.query() if left[ItemState.OPEN] else form.query(status=ItemState.VISITED.value)
    url = reverse("claim_next", args=[looplijst.pk]) + query
    take = {"label": TAKE, "form_url": url, "variant": "primary-action", "icon": "door"}
    return [take, *sheet, *give]


def _print_action(looplijst: Looplijst) -> list[dict[str, str]]:
    """The way to paper, of a list that is short enough for it."""
    if looplijst.items.approachable().to_do()[: sheets.AT_MOST + 1].count() > sheets.AT_MOST:
        return []
    return [{"label": "Afdrukken", "url": reverse("looplijst_print", args=[looplijst.pk]), "icon": "print"}]


def _give_action(user: User, url: str) -> list[dict[str, str]]:
    """The way to who gives lists on."""
    return [{"label": "Overdragen", "url": url}] if may(user, Permission.LOOPLIJST_MAKE) else []


def _heading(looplijst: Looplijst) -> dict[str, object]:
    return {"looplijst": looplijst, "title": shown.title(looplijst), "sub": shown.below(looplijst)}


def _seen(event: Event, looplijst: Looplijst, items: Iterable[LooplijstItem]) -> None:
    """Write down whose address is about to be shown, in the transaction that read it."""
    households = [item.household_id for item in items]
    record(event, "huishouden", households, details={"looplijst": looplijst.pk, "aantal": len(households)})
