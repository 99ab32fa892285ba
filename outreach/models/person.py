"""A person who came out of the koppeling once. The same person keeps the same row."""

import datetime
import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Departed(models.TextChoices):
    """Why somebody is no longer at the address where the koppeling found him."""

    DIED = "overleden", "Overleden"
    MOVED = "verhuisd", "Verhuisd"


class Person(models.Model):
    """What a letter or a visit needs of a person. The BSN is not here: it lies sealed in the black box.

    `birth_date` is eight digits as delivered (yyyymmdd); unknown parts are 00.
    `name_usage` is E, P, V or N (own, partner's, partner's then own, own then partner's name).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    given_names = models.CharField("voornamen", max_length=200, blank=True)
    prefix = models.CharField("voorvoegsel", max_length=20, blank=True)
    family_name = models.CharField("geslachtsnaam", max_length=200, blank=True)
    name_usage = models.CharField("naamgebruik", max_length=1, blank=True)
    partner_prefix = models.CharField("voorvoegsel partner", max_length=20, blank=True)
    partner_family_name = models.CharField("geslachtsnaam partner", max_length=200, blank=True)
    sex = models.CharField("geslacht", max_length=1, blank=True)
    birth_date = models.CharField("geboortedatum", max_length=8, blank=True)
    no_contact = models.BooleanField("niet benaderen", default=False)
    no_contact_for = ArrayField(
        models.CharField(max_length=30), verbose_name="niet benaderen voor", default=list, blank=True
    )

    departed = models.CharField(
        "vertrokken", max_length=10, choices=Departed, blank=True, default="", db_default=""
    )

    class Meta:
        verbose_name = "persoon"
        verbose_name_plural = "personen"
        ordering = ["family_name", "given_names", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(departed__in=["", *Departed.values]), name="person_departed_known"
            )
        ]

    def __str__(self) -> str:
        """Says which row, never who: a name must not slip into a log."""
        return f"persoon {self.pk}"

    def full_name(self) -> str:
        """Voornamen, voorvoegsel and geslachtsnaam; empty parts are left out."""
        return " ".join(part for part in (self.given_names, self.prefix, self.family_name) if part)

    def age_on(self, day: datetime.date) -> int | None:
        """Whole years on a day; None when the birth date is not wholly known."""
        year, month, day_of_month = self.birth_date[:4], self.birth_date[4:6], self.birth_date[6:]
        if len(self.birth_date) != 8 or year == "0000" or "00" in (month, day_of_month):
            return None
        return day.year - int(year) - ((day.month, day.day) < (int(month), int(day_of_month)))
