"""A person who came out of the koppeling once. The same person keeps the same row."""

import datetime
import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


class Departed(models.TextChoices):
    """Why somebody is no longer at the address where the koppeling found him."""

    DIED = "overleden", "Overleden"
    MOVED = "verhuisd", "Verhuisd"


class Person(models.Model):
    """What a letter or a visit needs of a person. The BSN is not here: it lies sealed in the black box.

    `birth_date` is eight digits as delivered (yyyymmdd); unknown parts are 00.
    `name_usage` is E, P, V or N (own, partner's, partner's then own, own then partner's name).
    `no_contact` and its neighbours are what holds now of what he said about that; the database writes them,
    as soon as an opt-out is registered or withdrawn. Who wants no contact at all wants his data not shared
    either: then `no_share` stands too. Both stand as long as somebody asked for restriction or objected
    (`restricted`); `disputed` is that he says that something of this is wrong.
    `search_key` holds all names as somebody may type them, each word behind a blank; the database makes it.
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
    no_letter = models.BooleanField("geen brieven", default=False, db_default=False)
    no_visit = models.BooleanField("geen bezoek", default=False, db_default=False)
    no_share = models.BooleanField("gegevens niet delen", default=False, db_default=False)
    restricted = models.BooleanField("verwerking beperkt", default=False, db_default=False)
    disputed = models.BooleanField("gegevens betwist", default=False, db_default=False)

    departed = models.CharField(
        "vertrokken", max_length=10, choices=Departed, blank=True, default="", db_default=""
    )
    search_key = models.GeneratedField(
        verbose_name="zoeksleutel",
        expression=models.Func(
            "given_names",
            "prefix",
            "family_name",
            "partner_prefix",
            "partner_family_name",
            function="zoeksleutel",
            arg_joiner=" || ' ' || ",
        ),
        output_field=models.TextField(),
        db_persist=True,
    )

    class Meta:
        verbose_name = "persoon"
        verbose_name_plural = "personen"
        ordering = ["family_name", "given_names", "id"]
        indexes = [GinIndex(fields=["search_key"], opclasses=["gin_trgm_ops"], name="person_search")]
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
