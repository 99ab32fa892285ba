"""That a household may have a right to a regeling. Never why."""

from django.db import models

from .household import Household
from .person import Person
from .regeling import Klasse, Mode, Regeling


class Candidacy(models.Model):
    """One household × one regeling, as one koppeling handed it over, with the persons it is for."""

    household = models.ForeignKey(
        Household, verbose_name="huishouden", on_delete=models.CASCADE, related_name="candidacies"
    )
    regeling = models.ForeignKey(
        Regeling, verbose_name="regeling", on_delete=models.PROTECT, related_name="candidacies"
    )
    klasse = models.CharField("klasse", max_length=10, choices=Klasse)
    mode = models.CharField("wijze", max_length=10, choices=Mode)
    persons = models.ManyToManyField(Person, verbose_name="personen", related_name="candidacies")

    class Meta:
        verbose_name = "kandidaat"
        verbose_name_plural = "kandidaten"
        constraints = [
            models.UniqueConstraint(fields=["household", "regeling"], name="candidacy_once"),
            models.CheckConstraint(
                condition=models.Q(klasse__in=Klasse.values), name="candidacy_klasse_known"
            ),
            models.CheckConstraint(condition=models.Q(mode__in=Mode.values), name="candidacy_mode_known"),
            models.CheckConstraint(
                condition=models.Q(mode=Mode.FORMULIER) | models.Q(klasse=Klasse.ZEKER),
                name="candidacy_ambtshalve_only_zeker",
            ),
        ]

    def __str__(self) -> str:
        return f"kandidaat {self.pk}"
