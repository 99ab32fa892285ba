"""An application (aanvraag): a form that came back, and what was decided on it."""

import datetime

from django.db import models
from django.db.models.functions import Now

from outreach.models import Approach, User

from .letter import Letter
from .scan import Scan

#: How long the municipality may take. Source: Awb 4:13, eight weeks.
DECIDE_WITHIN = datetime.timedelta(weeks=8)


class ApplicationState(models.TextChoices):
    """The life of an application. Source: docs/states.md."""

    RECEIVED = "binnen", "Binnen"
    TO_ASSESS = "te_beoordelen", "Te beoordelen"
    SECOND_LOOK = "tweede_blik", "Tweede blik"
    INCOMPLETE = "aanvulling_gevraagd", "Aanvulling gevraagd"
    GRANTED = "toegekend", "Toegekend"
    REFUSED = "afgewezen", "Afgewezen"


class HouseholdType(models.TextChoices):
    """The types for which norms differ. Source: Participatiewet, art. 21 and 22 (AOW), and 34 for assets.

    Under 21 the norms of 21 are taken: those of art. 20 count on parents who pay, whom nobody asks here.
    """

    SINGLE = "alleenstaand", "Alleenstaande"
    SINGLE_PARENT = "alleenstaande_ouder", "Alleenstaande ouder"
    COUPLE = "gehuwd", "Gehuwden of samenwonenden"
    SINGLE_AOW = "alleenstaand_aow", "Alleenstaande met AOW"
    SINGLE_PARENT_AOW = "ouder_aow", "Alleenstaande ouder met AOW"
    COUPLE_AOW = "gehuwd_aow", "Gehuwden of samenwonenden, een of beiden met AOW"


class Proposal(models.TextChoices):
    """What the first person proposes to the second."""

    GRANT = "toekennen", "Toekennen"
    REFUSE = "afwijzen", "Afwijzen"


#: Households of two, whose incomes count together.
COUPLES = (HouseholdType.COUPLE, HouseholdType.COUPLE_AOW)


class Application(models.Model):
    """One per approach, of whichever of its letters came back first.

    Amounts are whole euros over the refertejaar, as a consulent read them. `version` counts the saves, so
    that of two people who save at once the second hears of it. `points` are what was asked for, or why it was
    refused: a code of the letter text, with an amount and a limit where the sentence names them.
    """

    letter = models.OneToOneField(
        Letter, verbose_name="brief", on_delete=models.PROTECT, related_name="application"
    )
    approach = models.ForeignKey(
        Approach, verbose_name="benadering", on_delete=models.PROTECT, related_name="applications"
    )
    scan = models.ForeignKey(
        Scan, verbose_name="formulier", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(
        "status", max_length=20, choices=ApplicationState, default=ApplicationState.RECEIVED
    )
    received_on = models.DateField("ontvangen op")
    decide_by = models.DateField("beslissen voor")
    paused_until = models.DateField("wacht op aanvulling tot", null=True, blank=True)
    household_type = models.CharField("soort huishouden", max_length=20, choices=HouseholdType, blank=True)
    income = models.PositiveIntegerField("inkomen", null=True, blank=True)
    partner_income = models.PositiveIntegerField("inkomen van de partner", null=True, blank=True)
    savings = models.PositiveIntegerField("geld op rekeningen", null=True, blank=True)
    assets = models.PositiveIntegerField("ander bezit", null=True, blank=True)
    debts = models.PositiveIntegerField("schulden", null=True, blank=True)
    limits = models.JSONField("grenzen waarmee is getoetst", default=dict, blank=True)
    version = models.PositiveIntegerField("versie", default=0, db_default=0)
    assessed_by = models.ForeignKey(
        User,
        verbose_name="ingevuld door",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="applications_assessed",
    )
    needs_second = models.BooleanField(
        "tweede blik nodig",
        default=False,
        db_default=False,
        help_text="Het inkomen of het vermogen ligt dicht bij een grens, of het besluit wijkt af van de som.",
    )
    proposal = models.CharField("voorstel", max_length=10, choices=Proposal, blank=True, db_default="")
    points = models.JSONField(
        "wat ontbreekt of waarom niet",
        default=list,
        db_default=models.Value([], models.JSONField()),
        blank=True,
    )
    asked_on = models.DateField("aanvulling gevraagd op", null=True, blank=True)
    motivation = models.CharField("toelichting", max_length=500, blank=True, db_default="")
    decided_by = models.ForeignKey(
        User,
        verbose_name="beslist door",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="applications_decided",
    )
    decided_at = models.DateTimeField("beslist op", null=True, blank=True)
    second_by = models.ForeignKey(
        User,
        verbose_name="tweede blik door",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="applications_looked_at",
    )
    made_at = models.DateTimeField("vastgelegd op", db_default=Now())

    class Meta:
        verbose_name = "aanvraag"
        verbose_name_plural = "aanvragen"
        ordering = ["received_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["approach"], name="application_once_per_approach"),
            models.CheckConstraint(
                condition=models.Q(state__in=ApplicationState.values), name="application_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(household_type__in=["", *HouseholdType.values]),
                name="application_household_type_known",
            ),
            models.CheckConstraint(
                condition=models.Q(second_by__isnull=True) | ~models.Q(second_by=models.F("decided_by")),
                name="application_second_is_another",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["toegekend", "afgewezen"])
                | models.Q(decided_at__isnull=False),
                name="application_decided_when",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="afgewezen") | models.Q(decided_by__isnull=False),
                name="application_refused_by_a_person",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="afgewezen") | ~models.Q(points=[]),
                name="application_refused_with_a_reason",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["toegekend", "afgewezen"])
                | models.Q(needs_second=False)
                | models.Q(second_by__isnull=False),
                name="application_second_look_taken",
            ),
            models.CheckConstraint(
                condition=models.Q(proposal__in=["", *Proposal.values]), name="application_proposal_known"
            ),
        ]

    def __str__(self) -> str:
        return f"aanvraag {self.pk}"
