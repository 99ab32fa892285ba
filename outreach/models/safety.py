"""What somebody has to know before he rings a bell, written by one and approved by another."""

import datetime
from uuid import UUID

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models.functions import Coalesce, Now

from .household import Household, HouseholdMember
from .person import Person
from .user import User

TEXT_LENGTH = 200
#: No instruction holds longer than this many days: then somebody looks again whether it is still needed.
LONGEST_DAYS = 366


class SafetyCategory(models.TextChoices):
    """What to look out for. One list, so that nobody is described in words of one's own alone."""

    PAIR = "met_twee", "Ga met z’n tweeën"
    AGGRESSION = "agressie", "Kans op agressie"
    ANIMAL = "dier", "Gevaarlijk dier"
    BUILDING = "gebouw", "Onveilige woning of ingang"
    NOT_AT_HOME = "niet_thuis", "Niet thuis bezoeken: spreek af aan de balie"


class SafetyState(models.TextChoices):
    """How far it is. Source: docs/states.md."""

    PROPOSED = "voorgesteld", "Wacht op goedkeuring"
    APPROVED = "goedgekeurd", "Goedgekeurd"
    REFUSED = "afgekeurd", "Afgekeurd"
    ENDED = "beeindigd", "Beëindigd"


class SafetyInstructionQuerySet(models.QuerySet["SafetyInstruction"]):
    def in_force(self, day: datetime.date) -> "SafetyInstructionQuerySet":
        """Approved, and not over on this day; the last day still counts."""
        return self.filter(state=SafetyState.APPROVED, ends_on__gte=day)

    def waiting(self, day: datetime.date) -> "SafetyInstructionQuerySet":
        """Those that a second person has yet to look at, and that would still hold."""
        return self.filter(state=SafetyState.PROPOSED, ends_on__gte=day)

    def with_place(self) -> "SafetyInstructionQuerySet":
        """Annotates `place`, the key of the household where it is looked at now: of a person the newest that
        one sees, wherever he lived when it was written."""
        lives = HouseholdMember.objects.filter(person=models.OuterRef("person"))
        newest = lives.order_by("-household__handover_id", "household_id").values("household")[:1]
        key = models.UUIDField()
        return self.annotate(place=Coalesce(models.Subquery(newest), "household", output_field=key))


class SafetyInstruction(models.Model):
    """About one person, wherever he lives by now, or without a person about the address of `household`.

    What was written stays as it was; who approved or ended it is added (grants on the columns).
    """

    submission = models.UUIDField(
        "kenmerk van het formulier", unique=True, db_default=RandomUUID(), editable=False
    )
    household = models.ForeignKey(
        Household, verbose_name="huishouden", on_delete=models.PROTECT, related_name="safety_instructions"
    )
    person = models.ForeignKey(
        Person,
        verbose_name="om wie het gaat",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="safety_instructions",
        help_text="Leeg: het gaat om het adres.",
    )
    category = models.CharField("soort", max_length=15, choices=SafetyCategory)
    text = models.CharField("toelichting", max_length=TEXT_LENGTH, blank=True)
    starts_on = models.DateField("vanaf")
    ends_on = models.DateField("tot en met")
    state = models.CharField("status", max_length=15, choices=SafetyState, default=SafetyState.PROPOSED)
    made_by = models.ForeignKey(
        User, verbose_name="geschreven door", on_delete=models.PROTECT, related_name="safety_written"
    )
    made_at = models.DateTimeField("geschreven op", db_default=Now())
    decided_by = models.ForeignKey(
        User,
        verbose_name="bekeken door",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="safety_decided",
    )
    decided_at = models.DateTimeField("bekeken op", null=True, blank=True)
    ended_by = models.ForeignKey(
        User,
        verbose_name="beëindigd door",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="safety_ended",
    )
    ended_at = models.DateTimeField("beëindigd op", null=True, blank=True)

    # Brought by `with_place`.
    place: UUID

    objects = SafetyInstructionQuerySet.as_manager()

    class Meta:
        verbose_name = "veiligheidsinstructie"
        verbose_name_plural = "veiligheidsinstructies"
        ordering = ["-made_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(category__in=SafetyCategory.values), name="safety_category_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=SafetyState.values), name="safety_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True) | ~models.Q(decided_by=models.F("made_by")),
                name="safety_second_person",
                violation_error_message="Een ander dan de schrijver keurt goed.",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True, decided_at__isnull=True)
                & models.Q(state__in=[SafetyState.PROPOSED, SafetyState.ENDED])
                | models.Q(decided_by__isnull=False, decided_at__isnull=False)
                & ~models.Q(state=SafetyState.PROPOSED),
                name="safety_decided_wholly",
            ),
            models.CheckConstraint(
                condition=models.Q(state=SafetyState.ENDED, ended_by__isnull=False, ended_at__isnull=False)
                | ~models.Q(state=SafetyState.ENDED) & models.Q(ended_by__isnull=True, ended_at__isnull=True),
                name="safety_ended_wholly",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on"))
                & models.Q(
                    ends_on__lte=models.ExpressionWrapper(
                        models.F("starts_on") + models.Value(LONGEST_DAYS),
                        output_field=models.DateField(),
                    )
                ),
                name="safety_ends_within_a_year",
                violation_error_message="Een instructie geldt hooguit een jaar.",
            ),
        ]
        indexes = [
            models.Index(
                fields=["ends_on"],
                condition=models.Q(state__in=["voorgesteld", "goedgekeurd"]),
                name="safety_live",
            )
        ]

    def __str__(self) -> str:
        """Says which row, never about whom."""
        return f"veiligheidsinstructie {self.pk}"

    def says_the_same_as(self, other: "SafetyInstruction") -> bool:
        """The same words about the same person, or about the same address in whichever koppeling."""
        mine, theirs = ((one.category, one.text, one.person_id) for one in (self, other))
        if mine != theirs:
            return False
        here, there = ((one.household.postcode, one.household.address_line()) for one in (self, other))
        return self.person_id is not None or here == there
