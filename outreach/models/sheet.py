"""A looplijst on paper: who printed it, which addresses stand on it, and what became of it."""

import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.timezone import localdate

from .approach import Approach
from .gesprek import Gesprek, ToldGone
from .household import Household, HouseholdMember
from .looplijst import Looplijst
from .result import Result
from .user import Role, User


class SheetState(models.TextChoices):
    """Where the paper is. Source: docs/states.md."""

    OUT = "in_gebruik", "In gebruik"
    SHREDDED = "vernietigd", "Vernietigd"
    LOST = "kwijt", "Kwijt"


class SheetQuerySet(models.QuerySet["Sheet"]):
    def around(self) -> "SheetQuerySet":
        """Paper that is not shredded: in use, or lost."""
        return self.exclude(state=SheetState.SHREDDED)

    def watched_by(self, user: User) -> "SheetQuerySet":
        """A user's own prints; for a teamleider those of all lists that the row policy shows him."""
        if user.role == Role.TEAMLEIDER:
            return self
        return self.filter(made_by=user)

    def with_list(self) -> "SheetQuerySet":
        """Brings the list of each, as far as it is (still) seen: see `seen_list`."""
        return self.select_related("made_by", "shredded_by").prefetch_related(
            "looplijst__team", "looplijst__round"
        )

    def late(self, day: datetime.date) -> "SheetQuerySet":
        """Prints that should have been shredded by this day (settings.SHEET_SHRED_DAYS)."""
        latest = day - datetime.timedelta(days=settings.SHEET_SHRED_DAYS)
        return self.around().filter(made_at__date__lt=latest)


class Sheet(models.Model):
    """One print of one looplijst. `number` counts the prints of that list, `pages` the pieces of paper.

    `households` are keys: the paper itself is not kept. What was printed does not change afterwards (grants
    on the columns). `submission` is made with the form, so that a second tap makes no second print.
    """

    submission = models.UUIDField("kenmerk van het formulier", unique=True, editable=False)
    looplijst = models.ForeignKey(
        Looplijst, verbose_name="looplijst", on_delete=models.PROTECT, related_name="sheets"
    )
    number = models.PositiveIntegerField("nummer van de afdruk")
    pages = models.PositiveIntegerField("bladen")
    households = ArrayField(models.UUIDField(), verbose_name="huishoudens")
    made_by = models.ForeignKey(
        User, verbose_name="afgedrukt door", on_delete=models.PROTECT, related_name="sheets"
    )
    made_at = models.DateTimeField("afgedrukt op", db_default=Now())
    state = models.CharField("status", max_length=10, choices=SheetState, default=SheetState.OUT)
    shredded_on = models.DateField("vernietigd op", null=True, blank=True)
    shredded_by = models.ForeignKey(
        User,
        verbose_name="vernietigd door",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="sheets_shredded",
    )

    objects = SheetQuerySet.as_manager()

    class Meta:
        verbose_name = "afdruk"
        verbose_name_plural = "afdrukken"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["looplijst", "number"], name="sheet_number_once"),
            models.CheckConstraint(condition=models.Q(state__in=SheetState.values), name="sheet_state_known"),
            models.CheckConstraint(condition=models.Q(pages__gt=0), name="sheet_has_pages"),
            models.CheckConstraint(
                condition=models.Q(
                    state=SheetState.SHREDDED, shredded_on__isnull=False, shredded_by__isnull=False
                )
                | ~models.Q(state=SheetState.SHREDDED)
                & models.Q(shredded_on__isnull=True, shredded_by__isnull=True),
                name="sheet_shredded_wholly",
            ),
        ]
        indexes = [
            models.Index(
                fields=["made_by", "made_at"], condition=~models.Q(state="vernietigd"), name="sheet_around"
            )
        ]

    def __str__(self) -> str:
        return f"afdruk {self.looplijst_id}.{self.number}"

    def seen_list(self) -> Looplijst | None:
        """The list, or None when it went to another team since: who printed it still has the paper."""
        try:
            return self.looplijst
        except Looplijst.DoesNotExist:
            return None

    def is_wrong(self) -> bool:
        """Whether it is in use while an address on it may not be visited any more. Five queries at most.

        Since somebody does not want that, or nothing that his visit was for; died or is gone; or (outside the
        municipality) since the address is protected: then who printed it does not see it any more. The
        triggers `meld_papier` tell of the same.
        """
        if self.state != SheetState.OUT:
            return False
        seen = Household.objects.filter(pk__in=self.households)
        if seen.count() < len(set(self.households)):
            return True
        gone = models.Q(ToldGone("id"))
        if self._is_outside():
            gone |= models.Q(confidential=True)
        said = (
            models.Q(person__no_contact=True)
            | models.Q(person__no_visit=True)
            | ~models.Q(person__departed="")
        )
        adults = HouseholdMember.objects.filter(household__in=self.households, adult=True)
        return seen.filter(gone).exists() or adults.filter(said).exists() or self._refused()

    def _refused(self) -> bool:
        """Whether somebody on it refused, and nothing is left that the round of its list brings him.

        What the walker of this paper heard there himself makes it no more wrong than any address he did.
        """
        looplijst = self.seen_list()
        if looplijst is None:
            return False
        walkers = [key for key in (self.made_by_id, looplijst.assigned_to_id) if key]
        heard = Gesprek.objects.filter(
            household=models.OuterRef("household"), by__in=walkers, saved_at__gte=self.made_at
        )
        brought = Approach.objects.filter(
            ~models.Exists(heard), round=looplijst.round_id, household__in=self.households
        )
        left = brought.filter(household=models.OuterRef("household")).visitable()
        opted_out = HouseholdMember.objects.filter(
            adult=True,
            household=models.OuterRef("household"),
            person__no_contact_for__contains=[models.OuterRef("regeling")],
        )
        waived = models.Q(models.Exists(opted_out), result=Result.OPEN, lapsed=False)
        refused = models.Q(result=Result.DECLINED) | waived
        return brought.filter(refused, ~models.Exists(left)).exists()

    def _is_outside(self) -> bool:
        """Whether it is of a list, or in hands, of a team outside the municipality."""
        looplijst = self.seen_list()
        teams = (looplijst.team if looplijst else None, self.made_by.team)
        return any(team is not None and not team.municipal for team in teams)

    def printed_on(self) -> datetime.date:
        return localdate(self.made_at)

    def shred_before(self) -> datetime.date:
        """The last day on which it may still be around."""
        return self.printed_on() + datetime.timedelta(days=settings.SHEET_SHRED_DAYS)
