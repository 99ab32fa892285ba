"""Bronnen: who delivers what, under which agreement, and what it says about income."""

import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models

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


class Agreement(models.Model):
    """What a supplier agreed to: when, for which purposes, which columns. Source: AVG article 28."""

    bron = models.ForeignKey(Bron, verbose_name="bron", on_delete=models.PROTECT, related_name="agreements")
    valid_from = models.DateField("geldig vanaf")
    valid_to = models.DateField("geldig tot en met", null=True, blank=True)
    purposes = ArrayField(models.CharField(max_length=50), verbose_name="doelen")
    columns = ArrayField(models.CharField(max_length=50), verbose_name="kolommen")

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
        ]

    def __str__(self) -> str:
        return f"{self.bron_id} vanaf {self.valid_from:%d-%m-%Y}"

    def in_force(self, day: datetime.date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


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
