"""A looplijst: the addresses of a visit round in walking order, for one team."""

import re

from django.db import models
from django.db.models.functions import Coalesce, Now

from .approach import Approach
from .gesprek import Gesprek
from .household import Household, HouseholdMember
from .round import Round, RoundState
from .team import Team
from .user import Role, User

_POSTCODE = re.compile(r"\d{4} ?([A-Za-z]{1,2})?")
_STREET_AND_NUMBER = re.compile(r"(.*\D) (\d{1,6})")


class ItemState(models.TextChoices):
    """How far a team is with an address. Source: docs/states.md."""

    OPEN = "open", "Nog te bezoeken"
    VISITED = "bezocht", "Opnieuw langs"
    DONE = "klaar", "Klaar"


TO_DO = (ItemState.OPEN, ItemState.VISITED)


def _count(rows: models.QuerySet, key: str) -> Coalesce:
    """How many of these rows there are for the row around it; no rows counts 0."""
    counted = rows.order_by().values(key).annotate(number=models.Count("pk")).values("number")
    return Coalesce(models.Subquery(counted, output_field=models.IntegerField()), 0)


class LooplijstQuerySet(models.QuerySet["Looplijst"]):
    def for_user(self, user: User) -> "LooplijstQuerySet":
        """The lists of a buurtteam's own team; for others those in their area. The row policy decides."""
        actor = user.actor()
        if actor.all_areas:
            return self
        if user.role == Role.BUURTTEAM:
            return self.filter(team=user.team)
        return self.filter(team__in=Team.objects.filter(buurten__in=actor.areas))

    def open(self) -> "LooplijstQuerySet":
        """Lists of rounds that still go on."""
        return self.exclude(round__state=RoundState.CLOSED)

    def with_visible_addresses(self) -> "LooplijstQuerySet":
        """Leaves out lists on which the row policies show this transaction not one address."""
        return self.filter(models.Exists(LooplijstItem.objects.filter(looplijst=models.OuterRef("pk"))))

    def with_counts(self) -> "LooplijstQuerySet":
        """Annotates how many addresses may still be approached, and how many are done or were visited."""
        items = LooplijstItem.objects.approachable().filter(looplijst=models.OuterRef("pk"))
        return self.annotate(
            total=_count(items, "looplijst"),
            done=_count(items.filter(state=ItemState.DONE), "looplijst"),
            visited=_count(items.filter(state=ItemState.VISITED), "looplijst"),
        )


class Looplijst(models.Model):
    """One list for one team in one round."""

    round = models.ForeignKey(
        Round, verbose_name="ronde", on_delete=models.PROTECT, related_name="looplijsten"
    )
    team = models.ForeignKey(Team, verbose_name="team", on_delete=models.PROTECT, related_name="looplijsten")
    made_at = models.DateTimeField("gemaakt op", db_default=Now())

    objects = LooplijstQuerySet.as_manager()

    class Meta:
        verbose_name = "looplijst"
        verbose_name_plural = "looplijsten"
        ordering = ["-round_id", "team__name"]
        constraints = [models.UniqueConstraint(fields=["round", "team"], name="looplijst_once_per_team")]

    def __str__(self) -> str:
        return f"looplijst {self.pk}"


class LooplijstItemQuerySet(models.QuerySet["LooplijstItem"]):
    def for_user(self, user: User) -> "LooplijstItemQuerySet":
        """Addresses of households that the user may see; the row policy says the same and decides."""
        return self.filter(household__in=Household.objects.for_user(user))

    def approachable(self) -> "LooplijstItemQuerySet":
        """Leaves out who does not want contact any more, for all or for everything the round brings.

        Asked again whenever a list is opened, since somebody may opt out after it was made.
        """
        return self.filter(models.Exists(_brought()))

    def to_do(self) -> "LooplijstItemQuerySet":
        """Addresses that somebody still has to go past."""
        return self.filter(state__in=TO_DO)

    def about(self, regeling: str) -> "LooplijstItemQuerySet":
        """Addresses to which the round brings this regeling."""
        return self.filter(models.Exists(_brought().filter(regeling=regeling)))

    def in_buurt(self, code: str) -> "LooplijstItemQuerySet":
        return self.filter(household__buurt_code=code)

    def matching(self, words: str) -> "LooplijstItemQuerySet":
        """Addresses by postcode (`1099`, `1099 AB`), street, or street and number (`Gerststraat 12`)."""
        words = " ".join(words.split())
        if _POSTCODE.fullmatch(words):
            return self.filter(household__postcode__startswith=words.replace(" ", "").upper())
        if found := _STREET_AND_NUMBER.fullmatch(words):
            return self.filter(household__street__icontains=found[1], household__house_number=int(found[2]))
        return self.filter(household__street__icontains=words)

    def with_list_data(self) -> "LooplijstItemQuerySet":
        """All that a row of the list shows, in a fixed number of queries.

        Annotates `adults`, `children` and `last_contact_on`; the regelingen stand in `household.brought`, of
        every round.
        """
        members = HouseholdMember.objects.filter(household=models.OuterRef("household"))
        last = Gesprek.objects.filter(item=models.OuterRef("pk")).order_by("-happened_on")
        brought = Approach.objects.contactable().select_related("regeling").order_by("regeling__name")
        return (
            self.select_related("household")
            .annotate(
                adults=_count(members.filter(adult=True), "household"),
                children=_count(members.filter(adult=False), "household"),
                last_contact_on=models.Subquery(last.values("happened_on")[:1]),
            )
            .prefetch_related(
                models.Prefetch("household__approaches", queryset=brought, to_attr="brought"),
                "gesprekken__by",
            )
        )

    def next_after(self, position: int, *, around: bool) -> "LooplijstItem | None":
        """The next of these along the route; with `around`, the first one again after the last."""
        ahead = self.filter(position__gt=position).order_by("position").first()
        if ahead or not around:
            return ahead
        return self.filter(position__lt=position).order_by("position").first()


def _brought() -> models.QuerySet[Approach]:
    """What the round brings to the household of the item around it, as far as that is still welcome."""
    return Approach.objects.contactable().filter(
        round=models.OuterRef("round"), household=models.OuterRef("household")
    )


class LooplijstItem(models.Model):
    """One household on a looplijst. A household stands on one list of a round at most."""

    looplijst = models.ForeignKey(
        Looplijst, verbose_name="looplijst", on_delete=models.PROTECT, related_name="items"
    )
    round = models.ForeignKey(Round, verbose_name="ronde", on_delete=models.PROTECT, related_name="items")
    household = models.ForeignKey(
        Household, verbose_name="huishouden", on_delete=models.PROTECT, related_name="items"
    )
    position = models.PositiveIntegerField("volgnummer")
    state = models.CharField("status", max_length=10, choices=ItemState, default=ItemState.OPEN)
    attempts = models.PositiveSmallIntegerField("pogingen", default=0)
    last_contact_at = models.DateTimeField("laatste contact", null=True, blank=True)

    objects = LooplijstItemQuerySet.as_manager()

    class Meta:
        verbose_name = "adres op een looplijst"
        verbose_name_plural = "adressen op looplijsten"
        ordering = ["looplijst_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["round", "household"], name="item_household_once_per_round"),
            models.UniqueConstraint(fields=["looplijst", "position"], name="item_position_once"),
            models.CheckConstraint(condition=models.Q(state__in=ItemState.values), name="item_state_known"),
        ]
        indexes = [models.Index(fields=["looplijst", "state", "position"], name="item_list_state")]

    def __str__(self) -> str:
        return f"adres {self.pk}"

    def brought(self) -> list[Approach]:
        """What this round brings to the address. After `with_list_data` this costs no query."""
        return [approach for approach in self.household.brought if approach.round_id == self.round_id]
