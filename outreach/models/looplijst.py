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


# More addresses than this are not counted: nobody walks them in one go, and counting costs time.
COUNTED_UP_TO = 1000


class CappedCount(models.Subquery):
    """How many rows a query has for the row around it; `COUNTED_UP_TO` + 1 says that there are more."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS counted)"
    output_field = models.IntegerField()

    def __init__(self, rows: models.QuerySet) -> None:
        super().__init__(rows.order_by().values("pk")[: COUNTED_UP_TO + 1])


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

    def own_first(self, user: User) -> "LooplijstQuerySet":
        """What was given to this user, then what is of his team, then the rest and what is closed."""
        goes_on = ~models.Q(round__state=RoundState.CLOSED)
        rank = models.Case(
            models.When(goes_on & models.Q(assigned_to=user), then=0),
            models.When(goes_on & models.Q(team=user.team_id, team__isnull=False), then=1),
            default=2,
        )
        return self.order_by(rank, *self.model._meta.ordering)

    def with_visible_addresses(self) -> "LooplijstQuerySet":
        """Leaves out lists on which the row policies show this transaction not one address."""
        return self.filter(models.Exists(LooplijstItem.objects.filter(looplijst=models.OuterRef("pk"))))

    def with_counts(self) -> "LooplijstQuerySet":
        """Annotates how many addresses may still be approached, per state: `n_open`, `n_bezocht`, `n_klaar`.

        Each up to one more than `COUNTED_UP_TO`, so that a long list costs no more than a short one.
        """
        items = LooplijstItem.objects.approachable().filter(looplijst=models.OuterRef("pk"))
        counts = {f"n_{state.value}": CappedCount(items.filter(state=state)) for state in ItemState}
        return self.annotate(**counts)


class Looplijst(models.Model):
    """A walk for one team in one round, for one of its people when `assigned_to` says so.

    `pile` is what a team got when the round was fixed: all its addresses, from which shorter lists are cut.
    Of a list that was cut `criteria` says how, with the lot (`seed`) in it, and `cut_as` is the fingerprint
    of that, so that the same question gives the same list.
    """

    round = models.ForeignKey(
        Round, verbose_name="ronde", on_delete=models.PROTECT, related_name="looplijsten"
    )
    team = models.ForeignKey(Team, verbose_name="team", on_delete=models.PROTECT, related_name="looplijsten")
    made_at = models.DateTimeField("gemaakt op", db_default=Now())
    made_by = models.ForeignKey(
        User,
        verbose_name="gemaakt door",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="looplijsten_made",
    )
    assigned_to = models.ForeignKey(
        User,
        verbose_name="voor wie",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="looplijsten",
    )
    pile = models.BooleanField("alle adressen van het team", default=True, db_default=True)
    criteria = models.JSONField("gemaakt met", null=True, blank=True)
    cut_as = models.CharField("vingerafdruk", max_length=64, null=True, blank=True, unique=True)

    objects = LooplijstQuerySet.as_manager()

    class Meta:
        verbose_name = "looplijst"
        verbose_name_plural = "looplijsten"
        ordering = ["-round_id", "team__name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "team"], condition=models.Q(pile=True), name="looplijst_one_pile_per_team"
            ),
            models.CheckConstraint(
                condition=models.Q(cut_as__isnull=True, criteria__isnull=True)
                | models.Q(cut_as__isnull=False, criteria__isnull=False, pile=False),
                name="looplijst_cut_wholly",
            ),
        ]

    def __str__(self) -> str:
        return f"looplijst {self.pk}"


class LooplijstItemQuerySet(models.QuerySet["LooplijstItem"]):
    def for_user(self, user: User) -> "LooplijstItemQuerySet":
        """Addresses of households that the user may see; the row policy says the same and decides."""
        return self.filter(household__in=Household.objects.for_user(user))

    def approachable(self) -> "LooplijstItemQuerySet":
        """Leaves out where nobody goes past (any more).

        That is: who does not want contact, for all or for everything the round brings; a household of which
        an adult died or moved away; an institution; for a team outside the municipality a protected address.
        Asked again whenever a list is opened, since all of this may change after it was made.
        """
        shown = models.Q(household__confidential=False) | models.Q(looplijst__team__municipal=True)
        return self.filter(shown, models.Exists(_brought()), household__institution=False)

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

        Annotates `adults` and `children`; the regelingen stand in `household.brought`, of every round. The
        last contact comes from `Gesprek.objects.last_of`.
        """
        members = HouseholdMember.objects.filter(household=models.OuterRef("household"))
        brought = Approach.objects.visitable().select_related("regeling").order_by("regeling__name")
        return (
            self.select_related("household")
            .annotate(
                adults=_count(members.filter(adult=True), "household"),
                children=_count(members.filter(adult=False), "household"),
            )
            .prefetch_related(
                models.Prefetch("household__approaches", queryset=brought, to_attr="brought"),
                "gesprekken",
            )
        )

    def with_last_contact(self) -> "LooplijstItemQuerySet":
        """Annotates `last_contact_on`, of every round. For ordering: it asks every address of the list."""
        last = Gesprek.objects.of_adults_of(models.OuterRef("household")).order_by("-happened_on")
        return self.annotate(last_contact_on=models.Subquery(last.values("happened_on")[:1]))

    def along(self, position: int, *, around: bool) -> "LooplijstItemQuerySet":
        """These as one passes them from here; with `around`, the first ones after the last."""
        if not around:
            return self.filter(position__gt=position).order_by("position")
        behind = models.Case(models.When(position__gt=position, then=0), default=1)
        return self.exclude(position=position).order_by(behind, "position")


def _brought() -> models.QuerySet[Approach]:
    """What the round brings to the household of the item around it, as far as that is still welcome.

    To an address that is done also what ended there, so that it can be found.
    """
    here = models.ExpressionWrapper(models.OuterRef("state"), output_field=models.CharField())
    brought = Approach.objects.welcome().filter(
        round=models.OuterRef("round"), household=models.OuterRef("household")
    )
    return brought.alias(here=here).to_bring_up(unless=models.Q(here=ItemState.DONE))


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
    unreached = models.BooleanField(
        "niet bereikt",
        default=False,
        db_default=False,
        help_text="Klaar omdat na alle pogingen niemand werd bereikt.",
    )

    objects = LooplijstItemQuerySet.as_manager()

    class Meta:
        verbose_name = "adres op een looplijst"
        verbose_name_plural = "adressen op looplijsten"
        ordering = ["looplijst_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["round", "household"], name="item_household_once_per_round"),
            models.UniqueConstraint(fields=["looplijst", "position"], name="item_position_once"),
            models.CheckConstraint(condition=models.Q(state__in=ItemState.values), name="item_state_known"),
            models.CheckConstraint(
                condition=models.Q(unreached=False) | models.Q(state=ItemState.DONE),
                name="item_unreached_is_done",
            ),
        ]
        indexes = [models.Index(fields=["looplijst", "state", "position"], name="item_list_state")]

    def __str__(self) -> str:
        return f"adres {self.pk}"

    def brought(self) -> list[Approach]:
        """What this round brings to the address. After `with_list_data` this costs no query."""
        return [approach for approach in self.household.brought if approach.round_id == self.round_id]
