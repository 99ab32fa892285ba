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
    """The types for which norms differ. Source: Participatiewet, art. 20–22."""

    SINGLE = "alleenstaand", "Alleenstaande"
    SINGLE_PARENT = "alleenstaande_ouder", "Alleenstaande ouder"
    COUPLE = "gehuwd", "Gehuwden of samenwonenden"


class Application(models.Model):
    """One per approach, of whichever of its letters came back first. Amounts are whole euros over the refertejaar, as a consulent read them."""

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
        ]

    def __str__(self) -> str:
        return f"aanvraag {self.pk}"
