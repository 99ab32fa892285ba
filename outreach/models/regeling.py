"""The poverty schemes (regelingen) a household may have a right to."""

from typing import ClassVar

from django.db import models


class Klasse(models.TextChoices):
    """How sure the municipality is of the income. Source: Datakoppeling, chapter 4.1."""

    ZEKER = "zeker", "Zeker"
    ONZEKER = "onzeker", "Onzeker"


class Mode(models.TextChoices):
    """How a regeling reaches a household: granted ambtshalve, or on a form."""

    AMBTSHALVE = "ambtshalve", "Ambtshalve"
    FORMULIER = "formulier", "Formulier"


#: What Gemeentebelastingen grants. Nobody is found for it here, and nobody is asked to apply; who may have a
#: right to it is told to that department, after a letter (letters/models/share.py).
SHARED = "kwijtschelding"


class RegelingManager(models.Manager["Regeling"]):
    """The regelingen of the koppeling; not the one that is shared with another department."""

    def get_queryset(self) -> models.QuerySet["Regeling"]:
        return super().get_queryset().exclude(code=SHARED)


class Regeling(models.Model):
    """One scheme. Its code is the code of its client file."""

    code = models.CharField("code", max_length=30, primary_key=True)
    name = models.CharField("naam", max_length=100)
    summary = models.CharField("waar het over gaat", max_length=300, blank=True)
    conditions = models.TextField(
        "wat de regeling vraagt", blank=True, help_text="Voor aan de deur: wat iemand nodig heeft."
    )
    legal_basis = models.CharField("wettelijke grondslag", max_length=100, blank=True)
    per_child = models.BooleanField("per kind", default=False)
    ambtshalve = models.BooleanField("ambtshalve mogelijk", default=False)
    closed = models.BooleanField("gesloten", default=False)

    objects: ClassVar[RegelingManager] = RegelingManager()
    everything: ClassVar[models.Manager["Regeling"]] = models.Manager()

    class Meta:
        verbose_name = "regeling"
        verbose_name_plural = "regelingen"
        ordering = ["name"]
        constraints = [
            # Bijzondere bijstand is asked for: Participatiewet, art. 41 and 43.
            models.CheckConstraint(
                condition=models.Q(ambtshalve=False) | ~models.Q(legal_basis__icontains="participatiewet"),
                name="regeling_participatiewet_on_a_form",
                violation_error_message="Een regeling uit de Participatiewet kan niet zonder aanvraag.",
            )
        ]

    def __str__(self) -> str:
        return self.name
