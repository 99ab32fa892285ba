"""The filters of a looplijst. They stand in the address, except for what somebody searches."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db import models
from django.http import QueryDict

from outreach.models import Buurt, Looplijst, Regeling
from outreach.models.looplijst import TO_DO, ItemState, LooplijstItemQuerySet

TO_DO_CHOICE = "te_doen"
STATES: Mapping[str, tuple[str, ...]] = {
    TO_DO_CHOICE: TO_DO,
    **{state.value: (state,) for state in ItemState},
}
STATE_CHOICES = [
    ("", "Alle adressen"),
    (TO_DO_CHOICE, "Nog te doen"),
    *((state.value, str(state.label)) for state in ItemState),
]
BY_ROUTE, BY_CONTACT = "", "contact"
SORT_CHOICES = [(BY_ROUTE, "Looproute"), (BY_CONTACT, "Laatste contact")]
# These may stand in an address. A street or postcode may not: addresses end up in logs and histories.
IN_THE_ADDRESS = ("status", "regeling", "buurt", "sort")
WORDS_LENGTH = 80


def only_filters(query: QueryDict) -> QueryDict:
    """What is left of a query when all but the filters and the page number is thrown away."""
    kept = QueryDict(mutable=True)
    for name in (*IN_THE_ADDRESS, "page"):
        if query.get(name):
            kept[name] = query[name]
    return kept


class LooplijstFilter(forms.Form):
    """Which addresses of one looplijst, and in which order. A value that is not there filters nothing."""

    zoek = forms.CharField(
        label="Zoek op straat of postcode",
        required=False,
        max_length=WORDS_LENGTH,
        widget=forms.TextInput({"data-search": "", "autocomplete": "off", "enterkeyhint": "search"}),
    )
    status = forms.ChoiceField(label="Status", required=False, choices=STATE_CHOICES)
    regeling = forms.ChoiceField(label="Regeling", required=False)
    buurt = forms.ChoiceField(label="Buurt", required=False)
    sort = forms.ChoiceField(label="Sorteren op", required=False, choices=SORT_CHOICES)

    def __init__(self, data: QueryDict, *, looplijst: Looplijst) -> None:
        super().__init__(data)
        regelingen = Regeling.objects.filter(pk__in=looplijst.round.regelingen)
        # Those of the team, and not those of the addresses: of a long list that takes a second to find out.
        buurten = Buurt.objects.filter(teams=looplijst.team)
        _choices(self.fields["regeling"], "Alle regelingen", regelingen)
        _choices(self.fields["buurt"], "Alle buurten", buurten)
        self.is_valid()

    @property
    def words(self) -> str:
        """What somebody searches; empty when nothing, or not a usable text."""
        return self.cleaned_data.get("zoek", "")

    def narrowed(self, items: LooplijstItemQuerySet, *, any_state: bool = False) -> LooplijstItemQuerySet:
        """The addresses that are left; `any_state` leaves the status out of it."""
        chosen = self.cleaned_data
        if chosen.get("status") and not any_state:
            items = items.filter(state__in=STATES[chosen["status"]])
        if chosen.get("regeling"):
            items = items.about(chosen["regeling"])
        if chosen.get("buurt"):
            items = items.in_buurt(chosen["buurt"])
        if self.words:
            items = items.matching(self.words)
        return items

    def ordered(self, items: LooplijstItemQuerySet, *, done_last: bool) -> LooplijstItemQuerySet:
        """In walking order, or whoever was contacted longest ago first.

        `done_last` brings what is done to the end, which asks every address of the list.
        """
        if self.cleaned_data.get("sort") == BY_CONTACT:
            oldest = models.F("last_contact_on").asc(nulls_last=True)
            return items.with_last_contact().order_by(oldest, "position")
        if not done_last:
            return items.order_by("position")
        done = models.Case(models.When(state=ItemState.DONE, then=1), default=0)
        return items.order_by(done, "position")

    def query(self, *, without: str = "", **changed: str) -> str:
        """The chosen filters for in an address, with one left out or changed; empty, or begins with `?`."""
        chosen = {name: self.cleaned_data.get(name, "") for name in IN_THE_ADDRESS} | changed
        made = QueryDict(mutable=True)
        made.update({name: value for name, value in chosen.items() if value and name != without})
        return f"?{made.urlencode()}" if made else ""

    def chips(self, path: str) -> list[dict[str, str]]:
        """What is filtered on, each with the address of the list without it."""
        chips = []
        for name in ("status", "regeling", "buurt"):
            if chosen := self.cleaned_data.get(name):
                label = f"{self.fields[name].label}: {dict(self.fields[name].choices)[chosen]}"
                chips.append({"label": label, "url": path + self.query(without=name)})
        if self.words:
            chips.append({"label": f"Zoeken: {self.words}", "url": path + self.query()})
        return chips


def _choices(field: forms.Field, everything: str, rows: models.QuerySet[Any]) -> None:
    """Offer rows, or nothing to choose when there is but one."""
    found = [(row.pk, str(row)) for row in rows]
    field.choices = [("", everything), *found]
    if len(found) < 2:
        field.widget = forms.HiddenInput()
