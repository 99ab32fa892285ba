"""Where somebody walks: which looplijsten are his, from which one he came, and what the next address is."""

import datetime
from dataclasses import dataclass

from django.db import models
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse

from outreach.actions import claims
from outreach.forms.looplijst import TO_DO_CHOICE, LooplijstFilter, only_filters
from outreach.kernel import clock
from outreach.models import Household, Looplijst, LooplijstItem, Task, User
from outreach.models.looplijst import ItemState
from outreach.models.round import RoundState

#: In the address of a household: the looplijst from which somebody opened it.
FROM_LIST = "lijst"
#: The same: the task from which somebody opened it.
FROM_TASK = "taak"
#: So many addresses are tried; when colleagues were first at all of them, there is nothing to walk for.
_MOST = 200


def own_lists(user: User) -> QuerySet[Looplijst]:
    """The lists that this user walks. The row policies have the last word: no address seen, no list."""
    lists = Looplijst.objects.for_user(user).with_visible_addresses()
    return lists.select_related("team", "round__handover", "assigned_to")


def get_list(user: User, pk: int) -> Looplijst:
    """One of the user's own lists. Raises Http404 for another's, as for one that does not exist."""
    return get_object_or_404(own_lists(user), pk=pk)


@dataclass(frozen=True, slots=True)
class Walk:
    """The address on a looplijst that belongs to a household, the filters of that list, and whether one came
    from it: who came from the search, a task or a melding has nobody to go on to."""

    item: LooplijstItem | None
    filters: QueryDict
    from_list: bool

    @property
    def back_url(self) -> str:
        """The list as it was left: same filters, same page; the search for who did not come from one."""
        if self.item is None or not self.from_list:
            return reverse("search")
        query = self.filters.urlencode()
        return reverse("looplijst", args=[self.item.looplijst_id]) + (f"?{query}" if query else "")

    def url(self, name: str, household_id: object, *more: object) -> str:
        """The page `name` (`household`, `gesprek`) of a household, on the same walk."""
        came_from = self.item.looplijst_id if self.item and self.from_list else None
        return page_url(name, household_id, came_from, self.filters, *more)

    def take_next(self, user: User) -> LooplijstItem | None:
        """Take the next address along the route within the same filters that nobody else is busy with.

        Whoever walks past the addresses where nobody was home (status `bezocht`) gets the next one of those,
        everybody else the next one that nobody went to yet, the skipped ones before it last.
        """
        if self.item is None or not self.from_list:
            return None
        return take_along(self.item.looplijst, self.filters, user, after=self.item.position)


def goes_again(filters: QueryDict) -> bool:
    """Whether somebody walks past the addresses where nobody was home."""
    return filters.get("status") == ItemState.VISITED


def take_along(looplijst: Looplijst, filters: QueryDict, user: User, *, after: int) -> LooplijstItem | None:
    """Take the first address behind this position that is left to do and that nobody else is busy with.

    Who has an appointment on a later day is waited for until then. Of those to go past again the ones where
    somebody was today come last. Where nobody went yet and now is nothing to do (a colleague is there, an
    appointment is for later), the next one to go past again where nobody was today, unless one of both was
    chosen.
    """
    if looplijst.round.state == RoundState.CLOSED:
        return None
    form = LooplijstFilter(filters, looplijst=looplijst)
    later = Task.objects.appointments(clock.today() + datetime.timedelta(days=1))
    free = looplijst.items.approachable().filter(
        ~models.Exists(later.of_adults_of(models.OuterRef("household")))
    )
    left = form.narrowed(free, any_state=True).select_related("household")
    again = left.filter(state=ItemState.VISITED)
    today = models.Q(last_contact_at__date=clock.today())
    if goes_again(filters):
        last = models.Case(models.When(today, then=1), default=0)
        found = again.along(after, around=False).order_by(last, "position")
        return claims.take_next(items=found[:_MOST], by=user)
    ways = [left.filter(state=ItemState.OPEN)]
    if filters.get("status", TO_DO_CHOICE) == TO_DO_CHOICE:
        ways.append(again.exclude(today))
    taken = (claims.take_next(items=way.along(after, around=True)[:_MOST], by=user) for way in ways)
    return next(filter(None, taken), None)


def page_url(name: str, household_id: object, list_id: int | None, filters: QueryDict, *more: object) -> str:
    """The page `name` of a household, with the list that it was opened from and that list's filters.

    `more` are the further keys in its address.
    """
    query = filters.copy()
    if list_id is not None:
        query[FROM_LIST] = str(list_id)
    encoded = query.urlencode()
    return reverse(name, args=[household_id, *more]) + (f"?{encoded}" if encoded else "")


def walk_to(request: HttpRequest, household: Household) -> Walk:
    """The walk that led to a household: the list named in the address, else the newest one it stands on,
    from which one did not come.

    Raises Http404 when the household does not stand on the list that is named, or that list is another's.
    """
    items = (
        LooplijstItem.objects.filter(household=household, looplijst__in=own_lists(request.user))
        .select_related("looplijst__round", "looplijst__team")
        .order_by("-round_id")
    )
    named = request.GET.get(FROM_LIST, "")
    if named:
        items = items.filter(looplijst=named) if named.isdecimal() and len(named) < 19 else items.none()
    item = items.first()
    if named and item is None:
        raise Http404
    return Walk(item=item, filters=only_filters(request.GET), from_list=bool(named))
