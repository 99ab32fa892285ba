"""Bronnen: who delivers what, under which agreement, and what it says about income."""

import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.timezone import localdate

from outreach.models import Klasse


class Layout(models.TextChoices):
    """Which columns the file of a bron has. The columns themselves are in eligibility/bronnen.py."""

    BRP = "brp", "Inwoners (BRP, plat)"
    GBA_V = "gba_v", "Inwoners (GBA-V persoonslijsten)"
    LEERLINGEN = "leerlingen", "Leerlingen"
    ONTVANGERS = "ontvangers", "Ontvangers"
    VOORZIENING = "voorziening", "Ontvangers van een voorziening"
    IB_TOETS = "ib_toets", "Antwoorden van het Inlichtingenbureau"
    OPTOUT = "optout", "Mensen die geen contact willen"


class Delimiter(models.TextChoices):
    SEMICOLON = ";", "puntkomma"
    COMMA = ",", "komma"
    TAB = "\t", "tab"


class Bron(models.Model):
    """One source of files."""

    code = models.CharField("code", max_length=30, primary_key=True)
    name = models.CharField("naam", max_length=100)
    supplier = models.CharField("leverancier", max_length=100)
    layout = models.CharField("indeling", max_length=20, choices=Layout)
    delimiter = models.CharField(
        "scheidingsteken", max_length=1, choices=Delimiter, default=Delimiter.SEMICOLON
    )
    per_year = models.BooleanField("per jaar", default=False)
    expected_on_day = models.PositiveSmallIntegerField(
        "verwacht op dag van de maand",
        null=True,
        blank=True,
        help_text="Leeg: deze bron levert niet op een vaste dag.",
    )
    expected_every_months = models.PositiveSmallIntegerField("verwacht om de zoveel maanden", default=1)
    notice_required = models.BooleanField(
        "openbare mededeling nodig",
        default=False,
        db_default=False,
        help_text="Dan start een koppeling met deze bron alleen als de gemeente dit in de laatste"
        " twaalf maanden openbaar bekendmaakte.",
    )

    class Meta:
        verbose_name = "bron"
        verbose_name_plural = "bronnen"
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=models.Q(layout__in=Layout.values), name="bron_layout_known"),
            models.CheckConstraint(
                condition=models.Q(expected_on_day__isnull=True)
                | models.Q(expected_on_day__gte=1, expected_on_day__lte=28),
                name="bron_expected_day",
                violation_error_message="Kies een dag van 1 tot en met 28.",
            ),
            models.CheckConstraint(
                condition=models.Q(expected_every_months__gte=1, expected_every_months__lte=12),
                name="bron_expected_months",
                violation_error_message="Kies 1 tot en met 12 maanden.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ControllerRole(models.TextChoices):
    """What the supplier is under the AVG: articles 4, 26 and 28."""

    CONTROLLER = "verantwoordelijke", "Verwerkingsverantwoordelijke"
    PROCESSOR = "verwerker", "Verwerker"
    JOINT = "gezamenlijk", "Gezamenlijk verantwoordelijk"


class Agreement(models.Model):
    """What a supplier agreed to: when, for which purposes, which columns and why. Source: AVG article 28.

    `uses` says of each column what it is for. What is empty was never written down: the seeded agreements
    know no role, decision or term, since those are of each municipality. Until an agreement is whole it is a
    draft: no delivery, koppeling or round may rest on it (function `afspraak_geldt` of the database).
    """

    bron = models.ForeignKey(Bron, verbose_name="bron", on_delete=models.PROTECT, related_name="agreements")
    supplier = models.CharField("leverancier", max_length=100, default="", db_default="")
    role = models.CharField(
        "rol van de leverancier", max_length=20, choices=ControllerRole, default="", db_default=""
    )
    valid_from = models.DateField("geldig vanaf")
    valid_to = models.DateField("geldig tot en met", null=True, blank=True)
    processing_reference = models.CharField(
        "kenmerk verwerkersovereenkomst", max_length=100, blank=True, default="", db_default=""
    )
    processing_dated = models.DateField("datum verwerkersovereenkomst", null=True, blank=True)
    committee_reference = models.CharField(
        "kenmerk besluit privacycommissie", max_length=100, blank=True, default="", db_default=""
    )
    committee_dated = models.DateField("datum besluit privacycommissie", null=True, blank=True)
    retention_months = models.PositiveSmallIntegerField("bewaren (maanden)", null=True)
    purposes = ArrayField(models.CharField(max_length=50), verbose_name="doelen")
    columns = ArrayField(models.CharField(max_length=50), verbose_name="kolommen")
    uses = models.JSONField("gebruik per kolom", default=dict, db_default={})

    class Meta:
        verbose_name = "afspraak"
        verbose_name_plural = "afspraken"
        ordering = ["bron_id", "-valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
                name="agreement_ends_after_start",
                violation_error_message="De einddatum ligt voor de begindatum.",
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=["", *ControllerRole.values]), name="agreement_role_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(role="verwerker") | ~models.Q(processing_reference=""),
                name="agreement_processor_has_contract",
                violation_error_message="Met een verwerker hoort een verwerkersovereenkomst: vul kenmerk en"
                " datum in.",
            ),
            models.CheckConstraint(
                condition=models.Q(processing_reference="", processing_dated__isnull=True)
                | (~models.Q(processing_reference="") & models.Q(processing_dated__isnull=False)),
                name="agreement_contract_whole",
                violation_error_message="Vul van de verwerkersovereenkomst kenmerk en datum in.",
            ),
            models.CheckConstraint(
                condition=models.Q(committee_reference="", committee_dated__isnull=True)
                | (~models.Q(committee_reference="") & models.Q(committee_dated__isnull=False)),
                name="agreement_decision_whole",
                violation_error_message="Vul van het besluit van de privacycommissie kenmerk en datum in.",
            ),
            models.CheckConstraint(
                condition=models.Q(retention_months__isnull=True) | models.Q(retention_months__gte=1),
                name="agreement_kept_a_month",
                violation_error_message="Kies 1 maand of langer.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bron_id} vanaf {self.valid_from:%d-%m-%Y}"

    def in_force(self, day: datetime.date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def missing(self) -> list[str]:
        """What was not written down yet, in Dutch (database: function `afspraak_volledig`)."""
        parts = {
            "de rol van de leverancier": self.role,
            "de leverancier": self.supplier,
            "het besluit van de privacycommissie": self.committee_reference,
            "hoelang je bewaart": self.retention_months,
        }
        found = [name for name, value in parts.items() if not value]
        if unsaid := [column for column in self.columns if not self.uses.get(column)]:
            found.append(f"het gebruik van {', '.join(unsaid)}")
        return found

    def is_whole(self) -> bool:
        """Whether all that a privacy officer asks of it was written down."""
        return not self.missing()

    def carried_until(self) -> datetime.date | None:
        """The day of the last delivery that rests on it; a draft carries none (trigger `vast`)."""
        if not self.is_whole():
            return None
        found = self.bron.deliveries.filter(received_at__date__gte=self.valid_from)
        if self.valid_to is not None:
            found = found.filter(received_at__date__lte=self.valid_to)
        last = found.aggregate(models.Max("received_at"))["received_at__max"]
        return localdate(last) if last else None


class BronGround(models.Model):
    """What being in a file says about income, per year counted from the year of the peildatum."""

    bron = models.ForeignKey(Bron, verbose_name="bron", on_delete=models.CASCADE, related_name="grounds")
    year_offset = models.SmallIntegerField(
        "jaar", help_text="0 is het jaar van de peildatum, -1 het jaar ervoor."
    )
    klasse = models.CharField("klasse", max_length=10, choices=Klasse)

    class Meta:
        verbose_name = "grond"
        verbose_name_plural = "gronden"
        ordering = ["bron_id", "-year_offset"]
        constraints = [
            models.UniqueConstraint(fields=["bron", "year_offset"], name="ground_once_per_year"),
            models.CheckConstraint(condition=models.Q(klasse__in=Klasse.values), name="ground_klasse_known"),
            models.CheckConstraint(
                condition=models.Q(year_offset__gte=-4, year_offset__lte=0), name="ground_year_in_reach"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bron_id} {self.year_offset:+d}"


class PostcodeBuurt(models.Model):
    """The buurt of a postcode, for the GBA-V layout, which has no buurt of its own."""

    postcode = models.CharField("postcode", max_length=6, primary_key=True)
    buurt_code = models.CharField("buurt", max_length=10)

    class Meta:
        verbose_name = "postcode met buurt"
        verbose_name_plural = "postcodes met buurt"
        ordering = ["postcode"]

    def __str__(self) -> str:
        return self.postcode
