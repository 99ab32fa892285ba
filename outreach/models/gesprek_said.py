"""What was said in a gesprek: per regeling what became of it, and what changed in somebody's life.

The words are those of the Gemeentelijk Gegevensmodel (GGM) where it has one; `GGM_OUTCOME` says which.
"""

import datetime

from django.db import models

from .approach import Result
from .gesprek import Gesprek
from .household import Household, HouseholdMember
from .regeling import Regeling


class Outcome(models.TextChoices):
    """What became of one regeling in one gesprek."""

    WANTS = "wil_aanvragen", "Wil aanvragen"
    HELPED = "geholpen", "Geholpen met aanvragen"
    HAS_IT = "heeft_al", "Heeft het al"
    DECLINED = "wil_niet", "Wil het niet"
    NO_RIGHT = "geen_recht", "Heeft er geen recht op"
    REFERRED = "doorverwezen", "Doorverwezen"


# GGM model Vroegsignalering, ENUMEINDRESULTAAT. Where two of ours share a word, ours says more.
GGM_OUTCOME: dict[Outcome, str] = {
    Outcome.WANTS: "_BUDGET_ADVIES_EN_OF_QUICK_FIX",
    Outcome.HELPED: "VERVOLGHULP_EN_OF_VERWIJZING_FINANCIEEL",
    Outcome.HAS_IT: "INWONER_HOEFT_GEEN_HULP_VANUIT_VROEGSIGNALERING",
    Outcome.DECLINED: "INWONER_HOEFT_GEEN_HULP_VANUIT_VROEGSIGNALERING",
    Outcome.NO_RIGHT: "INWONER_HOEFT_GEEN_HULP_VANUIT_VROEGSIGNALERING",
    Outcome.REFERRED: "VERVOLGHULP_EN_OF_VERWIJZING_NIET_FINANCIEEL",
}

#: Where a regeling ends with it. Who wants to apply, or was sent on, still has it before him.
ENDS: dict[Outcome, Result] = {
    Outcome.HELPED: Result.HELPED,
    Outcome.HAS_IT: Result.HAS_IT,
    Outcome.DECLINED: Result.DECLINED,
    Outcome.NO_RIGHT: Result.NO_RIGHT,
}


class GesprekOutcomeQuerySet(models.QuerySet["GesprekOutcome"]):
    def of_adults(self, household: Household) -> "GesprekOutcomeQuerySet":
        """What was said about each regeling in gesprekken with its adults, the last one first."""
        adults = HouseholdMember.objects.filter(adult=True)
        persons = adults.filter(household=household).values("person")
        theirs = adults.filter(person__in=persons).values("household")
        found = self.filter(gesprek__household__in=theirs).select_related("gesprek")
        return found.order_by("-gesprek__happened_on", "-gesprek_id")


class GesprekOutcome(models.Model):
    """What became of one regeling. `ask_again_on` is the first day on which it may be brought up again."""

    gesprek = models.ForeignKey(
        Gesprek, verbose_name="gesprek", on_delete=models.PROTECT, related_name="outcomes"
    )
    regeling = models.ForeignKey(
        Regeling, verbose_name="regeling", on_delete=models.PROTECT, related_name="outcomes"
    )
    outcome = models.CharField("uitkomst", max_length=20, choices=Outcome)
    ask_again_on = models.DateField("weer vragen vanaf", null=True, blank=True)

    objects = GesprekOutcomeQuerySet.as_manager()

    class Meta:
        verbose_name = "uitkomst voor een regeling"
        verbose_name_plural = "uitkomsten voor regelingen"
        ordering = ["gesprek_id", "regeling_id"]
        constraints = [
            models.UniqueConstraint(fields=["gesprek", "regeling"], name="outcome_once"),
            models.CheckConstraint(condition=models.Q(outcome__in=Outcome.values), name="outcome_known"),
            models.CheckConstraint(
                condition=models.Q(outcome=Outcome.DECLINED, ask_again_on__isnull=False)
                | ~models.Q(outcome=Outcome.DECLINED) & models.Q(ask_again_on__isnull=True),
                name="outcome_declined_until",
                violation_error_message="Kies vanaf wanneer je het weer mag vragen.",
            ),
        ]
        indexes = [
            models.Index(
                fields=["regeling", "ask_again_on"],
                condition=models.Q(outcome="wil_niet"),
                name="outcome_declined",
            )
        ]

    def __str__(self) -> str:
        return f"uitkomst {self.pk}"

    def holds_back(self, day: datetime.date) -> bool:
        """Whether the regeling is not to be brought up on this day."""
        return self.ask_again_on is not None and day < self.ask_again_on


class ChangeKind(models.TextChoices):
    """What can change in a household that matters for a regeling. Never why: that is nobody's business."""

    MOVED = "verhuizing", "Verhuisd of gaat verhuizen"
    TOGETHER = "samenwonen", "Woont samen"
    APART = "uit_elkaar", "Woont niet meer samen"
    CHILD_BORN = "kind_geboren", "Kind geboren"
    CHILD_LEFT = "kind_het_huis_uit", "Kind het huis uit"
    INCOME = "inkomen", "Inkomen veranderd"
    ASSETS = "vermogen", "Spaargeld of bezit veranderd"
    DIED = "overleden", "Iemand in het huishouden overleden"


class SituationChange(models.Model):
    """Something that changed on a day, as it was told in a gesprek. From one list: no story beside it."""

    gesprek = models.ForeignKey(
        Gesprek, verbose_name="gesprek", on_delete=models.PROTECT, related_name="changes"
    )
    kind = models.CharField("wat er veranderde", max_length=20, choices=ChangeKind)
    changed_on = models.DateField("per")

    class Meta:
        verbose_name = "verandering"
        verbose_name_plural = "veranderingen"
        ordering = ["gesprek_id", "changed_on", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["gesprek", "kind"], name="change_once"),
            models.CheckConstraint(condition=models.Q(kind__in=ChangeKind.values), name="change_known"),
        ]

    def __str__(self) -> str:
        return f"verandering {self.pk}"
