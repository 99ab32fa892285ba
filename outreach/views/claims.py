"""Saying at which address one is busy: the next one along the route, or the one that is open."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from outreach.actions import claims
from outreach.forms.looplijst import only_filters
from outreach.models import Looplijst, LooplijstItem
from outreach.models.looplijst import ItemState
from outreach.permissions import Permission
from outreach.policies import NotNow, check_can_visit
from outreach.views.access import require
from outreach.views.household import get_household
from outreach.views.walk import Walk, get_list, goes_again, page_url, take_along, walk_to

_FREE = "Waar een collega bezig is of waar een afspraak is voor later, telt niet mee."
NONE_LEFT = f"Er is geen adres meer waar nog niemand is geweest. {_FREE}"
GOES_AGAIN = f"{NONE_LEFT} Hier ga je opnieuw langs."
NONE_AGAIN = f"Er is geen adres meer om nu opnieuw langs te gaan. {_FREE}"


@require_POST
@require(Permission.GESPREK_SAVE)
def take_next(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the next address along the route; the one that somebody has already, when he has one."""
    looplijst = get_list(request.user, pk)
    filters = only_filters(request.GET)
    busy_with = claims.mine_on(looplijst, request.user)
    item = busy_with or take_along(looplijst, filters, request.user, after=0)
    if item is None:
        messages.info(request, NONE_AGAIN if goes_again(filters) else NONE_LEFT)
        return redirect(_list_url(looplijst, filters))
    if busy_with is not None:
        messages.info(request, "Je bent nog bezig met dit adres.")
    elif _went_on(item, filters):
        messages.info(request, GOES_AGAIN)
    return redirect(page_url("gesprek", item.household_id, looplijst.pk, filters))


@require_POST
@require(Permission.GESPREK_SAVE)
def skip(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give the address back and take the next one along the route."""
    household = get_household(request.user, pk)
    walk = walk_to(request, household)
    claims.give_back(household=household, by=request.user)
    if not walk.from_list:
        return redirect(walk.back_url)
    return go_to_next(request, walk)


def go_to_next(request: HttpRequest, walk: Walk, said: str = "") -> HttpResponse:
    """To the page of the next address, which is taken; to the list when there is none."""
    item = walk.take_next(request.user)
    if item is None:
        messages.success(request, f"{said} Er is geen volgend adres meer op deze lijst.".strip())
        return redirect(walk.back_url)
    again = "Hier ga je opnieuw langs." if _went_on(item, walk.filters) else ""
    messages.success(request, " ".join(filter(None, (said, "Dit is het volgende adres.", again))))
    return redirect(walk.url("gesprek", item.household_id))


def _went_on(item: LooplijstItem, filters: QueryDict) -> bool:
    """Whether one goes past again because nothing was left to begin, and not because that was chosen."""
    return item.state == ItemState.VISITED and not goes_again(filters)


@require_POST
@require(Permission.GESPREK_SAVE)
def take(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Be busy with this household; who has it, when that is another."""
    household = get_household(request.user, pk)
    walk = walk_to(request, household)
    try:
        check_can_visit(household, walk.item)
        claims.take(household=household, by=request.user)
    except NotNow as refusal:
        messages.error(request, str(refusal))
    return redirect(walk.url("household", household.pk))


@require_POST
@require(Permission.GESPREK_SAVE)
def give_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Be busy with this household no longer."""
    household = get_household(request.user, pk)
    claims.give_back(household=household, by=request.user)
    messages.success(request, "Teruggegeven. Een collega kan dit adres nu pakken.")
    return redirect(walk_to(request, household).url("household", household.pk))


def _list_url(looplijst: Looplijst, filters: QueryDict) -> str:
    query = filters.urlencode()
    return reverse("looplijst", args=[looplijst.pk]) + (f"?{query}" if query else "")
