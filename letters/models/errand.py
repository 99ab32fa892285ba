"""Work on a whole round that somebody asked for, and that takes longer than a page should."""

from django.db import models
from django.db.models.functions import Now

from outreach.models import Round, User

from .batch import Batch


class ErrandKind(models.TextChoices):
    REMIND = "herinneren", "Herinneringen klaarzetten"
    CLOSE = "afsluiten", "Ronde afsluiten"
    FREE = "vrijmaken", "Vastgehouden brieven opnieuw maken"


class Errand(models.Model):
    """A worker does it in the name of who asked. `letters` is how far he is, and at the end the outcome;
    `problem` is why it could not be. Open is what has no `ended_at`, of each kind one per round or batch."""

    kind = models.CharField("soort", max_length=15, choices=ErrandKind)
    round = models.ForeignKey(Round, verbose_name="ronde", on_delete=models.PROTECT, related_name="errands")
    batch = models.ForeignKey(
        Batch, verbose_name="partij", null=True, blank=True, on_delete=models.PROTECT, related_name="errands"
    )
    asked_by = models.ForeignKey(
        User, verbose_name="gevraagd door", on_delete=models.PROTECT, related_name="errands"
    )
    asked_at = models.DateTimeField("gevraagd op", db_default=Now())
    letters = models.PositiveIntegerField("brieven", default=0, db_default=0)
    ended_at = models.DateTimeField("klaar op", null=True, blank=True)
    problem = models.CharField("waarom niet", max_length=300, blank=True, db_default="")

    class Meta:
        verbose_name = "opdracht"
        verbose_name_plural = "opdrachten"
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "round", "batch"],
                condition=models.Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="errand_open_once",
            ),
            models.CheckConstraint(condition=models.Q(kind__in=ErrandKind.values), name="errand_kind_known"),
        ]

    def __str__(self) -> str:
        return f"opdracht {self.pk}"
