"""Where somebody walks: which looplijsten are his, from which one he came, and what the next address is."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse

from outreach.forms.looplijst import LooplijstFilter, only_filters
from outreach.models import Household, Looplijst, LooplijstItem, User
from outreach.models.looplijst import ItemState

#: In the address of a household: the looplijst from which somebody opened it.
FROM_LIST = "lijst"


def own_lists(user: User) -> QuerySet[Looplijst]:
    """The lists that this user walks. The row policies have the last word: no address seen, no list."""
    lists = Looplijst.objects.for_user(user).with_visible_addresses()
    return lists.select_related("team", "round__handover")


def get_list(user: User, pk: int) -> Looplijst:
    """One of the user's own lists. Raises Http404 for another's, as for one that does not exist."""
    return get_object_or_404(own_lists(user), pk=pk)


@dataclass(frozen=True, slots=True)
class Walk:
    """The address on a looplijst that belongs to a household, and the filters of that list."""

    item: LooplijstItem | None
    filters: QueryDict

    @property
    def back_url(self) -> str:
        """The list as it was left: same filters, same page."""
        if self.item is None:
            return reverse("looplijsten")
        query = self.filters.urlencode()
        return reverse("looplijst", args=[self.item.looplijst_id]) + (f"?{query}" if query else "")

    def url(self, name: str, household_id: object, *more: object) -> str:
        """The page `name` (`household`, `gesprek`) of a household, on the same walk."""
        return page_url(
            name, household_id, self.item.looplijst_id if self.item else None, self.filters, *more
        )

    def next_item(self) -> LooplijstItem | None:
        """The next address along the route within the same filters.

        Whoever walks past the addresses where nobody was home (status `bezocht`) gets the next one of those,
        everybody else the next one that nobody went to yet, the skipped ones before it last.
        """
        if self.item is None:
            return None
        looplijst = self.item.looplijst
        form = LooplijstFilter(self.filters, looplijst=looplijst)
        again = form.cleaned_data.get("status") == ItemState.VISITED
        state = ItemState.VISITED if again else ItemState.OPEN
        left = form.narrowed(looplijst.items.approachable().filter(state=state), any_state=True)
        return left.next_after(self.item.position, around=not again)


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
    """The walk that led to a household: the list named in the address, else the newest one it stands on.

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
    return Walk(item=item, filters=only_filters(request.GET))
