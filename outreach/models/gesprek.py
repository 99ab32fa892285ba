"""An attempt to speak with a household, and what came of it.

The words are those of the Gemeentelijk Gegevensmodel (GGM), model Vroegsignalering: Contactpoging
(ContactpogingKind, ContactpogingResult) with our part of day beside it.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db import models
from django.db.models.functions import Now

from .household import Household, HouseholdMember
from .user import User


class AttemptKind(models.TextChoices):
    """How contact was sought. GGM: ContactpogingSoort."""

    VISIT = "huisbezoek", "Huisbezoek"
    PHONE = "telefoon", "Telefoon"
    APPOINTMENT = "afspraak_op_locatie", "Afspraak of balie"
    CARD = "kaartje", "Kaartje in de bus"


class DayPart(models.TextChoices):
    """GGM: ContactpogingDagdeel."""

    MORNING = "ochtend", "Ochtend"
    AFTERNOON = "middag", "Middag"
    EVENING = "avond", "Avond"


class GesprekResult(models.TextChoices):
    """What came of it. `GGM_RESULT` says which word of the GGM each one that ends something is."""

    HELPED = "hulp_bij_aanvraag", "Geholpen met aanvragen"
    INFORMED = "uitleg_gegeven", "Uitleg gegeven, vraagt zelf aan"
    REFERRED = "doorverwezen", "Doorverwezen"
    COME_BACK = "terugkomen", "Afgesproken om terug te komen"
    NO_HELP = "geen_hulp_nodig", "Heeft geen hulp nodig"
    NO_CONTACT = "geen_contact_gewenst", "Wil geen contact meer"
    MOVED = "woont_hier_niet", "Woont hier niet"
    DECEASED = "overleden", "Is overleden"


# Words of ENUMEINDRESULTAAT. Source: Gemeentelijk Gegevensmodel, JSON Schema of the diagram
# “Vroegsignalering Details”, property RESULTAAT of the case.
# Where two of ours share a word, ours says more. Coming back has none: the GGM names how something ended.
GGM_RESULT: dict[GesprekResult, str] = {
    GesprekResult.HELPED: "VERVOLGHULP_EN_OF_VERWIJZING_FINANCIEEL",
    GesprekResult.INFORMED: "_BUDGET_ADVIES_EN_OF_QUICK_FIX",
    GesprekResult.REFERRED: "VERVOLGHULP_EN_OF_VERWIJZING_NIET_FINANCIEEL",
    GesprekResult.NO_HELP: "INWONER_HOEFT_GEEN_HULP_VANUIT_VROEGSIGNALERING",
    GesprekResult.NO_CONTACT: "INWONER_HOEFT_GEEN_HULP_VANUIT_VROEGSIGNALERING",
    GesprekResult.MOVED: "PERSOON_IS_GEEN_INWONER_MEER_IN_DE_GEMEENTE",
    GesprekResult.DECEASED: "INWONER_IS_OVERLEDEN",
}

#: Of an address that ended because nobody was ever reached there.
GGM_UNREACHED = "DEFINITIEF_GEEN_CONTACT_KUNNEN_KRIJGEN"

#: Told at the door, and to the BRP by a task: nobody writes or goes there before it is cleared up.
GONE = (GesprekResult.MOVED, GesprekResult.DECEASED)

NOTE_LENGTH = 500


class ToldGone(models.Func):
    """Whether somebody said that a person of a household died or does not live there, as long as that stands.

    With `result` whether that was said. Source: the view outreach_toldgone, which follows the people to their
    other households until the task for the BRP ends it.
    """

    template = "EXISTS (SELECT FROM outreach_toldgone w WHERE w.household_id = %(expressions)s%(only)s)"
    output_field = models.BooleanField()

    def __init__(self, household: str = "household", *, result: GesprekResult | None = None) -> None:
        only = f" AND w.result = '{result.value}'" if result else ""
        super().__init__(household, only=only)


class GesprekQuerySet(models.QuerySet["Gesprek"]):
    def with_adults_of(self, household: Household) -> "GesprekQuerySet":
        """Gesprekken of this household, and of earlier ones of its adults that the row policy shows.

        Not through children: then the talks of one parent would stand with the other after a divorce.
        """
        adults = HouseholdMember.objects.filter(adult=True)
        persons = adults.filter(household=household).values("person")
        theirs = adults.filter(person__in=persons).values("household")
        return self.filter(household__in=theirs).select_related("by").with_what_was_said()

    def of_adults_of(self, household: models.OuterRef) -> "GesprekQuerySet":
        """As `with_adults_of`, of the household of the row around it."""
        return self.filter(
            household__members__adult=True,
            household__members__person__memberships__adult=True,
            household__members__person__memberships__household=household,
        )

    def last_of(self, households: Iterable[UUID]) -> "dict[UUID, Gesprek]":
        """The last attempt of any round per household, as `with_adults_of`. One query for any number."""
        found = (
            self.filter(
                household__members__adult=True,
                household__members__person__memberships__adult=True,
                household__members__person__memberships__household__in=list(households),
            )
            .annotate(here=models.F("household__members__person__memberships__household"))
            .order_by("here", "-happened_on", "-id")
            .distinct("here")
            .select_related("by")
        )
        return {one.here: one for one in found}

    def with_what_was_said(self) -> "GesprekQuerySet":
        """Brings what was said per regeling and what changed, in three queries for any number."""
        return self.prefetch_related("outcomes__regeling", "changes")


class Gesprek(models.Model):
    """One attempt: when, how, whether somebody was reached, and the result if so.

    `submission` is made with the form, so that a second click or a retry saves once.
    """

    submission = models.UUIDField("kenmerk van het formulier", unique=True, editable=False)
    household = models.ForeignKey(
        Household, verbose_name="huishouden", on_delete=models.PROTECT, related_name="gesprekken"
    )
    item = models.ForeignKey(
        "outreach.LooplijstItem",
        verbose_name="adres op een looplijst",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="gesprekken",
    )
    kind = models.CharField("soort poging", max_length=20, choices=AttemptKind)
    day_part = models.CharField("dagdeel", max_length=10, choices=DayPart)
    happened_on = models.DateField("datum")
    reached = models.BooleanField("bereikt")
    result = models.CharField("resultaat", max_length=30, choices=GesprekResult, blank=True)
    note = models.CharField("notitie", max_length=NOTE_LENGTH, blank=True)
    by = models.ForeignKey(User, verbose_name="door", on_delete=models.PROTECT, related_name="gesprekken")
    saved_at = models.DateTimeField("opgeslagen op", db_default=Now())

    objects = GesprekQuerySet.as_manager()

    class Meta:
        verbose_name = "gesprek"
        verbose_name_plural = "gesprekken"
        ordering = ["-happened_on", "-id"]
        indexes = [
            models.Index(fields=["household"], condition=models.Q(result__in=GONE), name="gesprek_gone")
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=AttemptKind.values), name="gesprek_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(day_part__in=DayPart.values), name="gesprek_day_part_known"
            ),
            models.CheckConstraint(
                condition=models.Q(result__in=["", *GesprekResult.values]), name="gesprek_result_known"
            ),
            models.CheckConstraint(
                condition=models.Q(reached=False) | ~models.Q(result=""),
                name="gesprek_reached_has_result",
                violation_error_message="Kies wat er uit het gesprek kwam.",
            ),
            models.CheckConstraint(
                condition=models.Q(reached=True)
                | models.Q(result__in=["", GesprekResult.MOVED, GesprekResult.DECEASED]),
                name="gesprek_not_reached_no_result",
                violation_error_message="Zonder gesprek is er geen resultaat.",
            ),
        ]

    def __str__(self) -> str:
        return f"gesprek {self.pk}"
