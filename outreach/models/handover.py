"""What one koppeling handed over to the casework: the households that came out of it."""

from django.db import models


class Handover(models.Model):
    """The outcome of one run; its number is the number of the run."""

    id = models.BigIntegerField("nummer", primary_key=True)
    peildatum = models.DateField("peildatum")
    handed_over_at = models.DateTimeField("overgedragen op")

    class Meta:
        verbose_name = "uitkomst van een koppeling"
        verbose_name_plural = "uitkomsten van koppelingen"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"koppeling {self.pk}"
