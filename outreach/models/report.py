"""What the rapport told, stand by stand."""

from django.db import models
from django.db.models.functions import Now


class ReportStandQuerySet(models.QuerySet["ReportStand"]):
    def so_far(self) -> list["ReportStand"]:
        """All stands, the oldest first."""
        return list(self.order_by("month"))


class ReportStand(models.Model):
    """The counts that may be told of one month; no others are kept, and what was told stays as it was.

    `figures` holds `totaal` (by stage) and per table the rows with what is told of them; `days` the median
    days of each step, where ten or more took it. See outreach/disclosure.py.
    """

    month = models.DateField("maand", unique=True, help_text="De eerste dag van de maand.")
    counted_on = models.DateField("geteld op")
    made_at = models.DateTimeField("gemaakt op", db_default=Now())
    figures = models.JSONField("aantallen")
    days = models.JSONField("dagen", default=dict)

    objects = ReportStandQuerySet.as_manager()

    class Meta:
        verbose_name = "stand van het rapport"
        verbose_name_plural = "standen van het rapport"
        ordering = ["-month"]
        constraints = [
            models.CheckConstraint(condition=models.Q(month__day=1), name="report_stand_of_a_month"),
        ]

    def __str__(self) -> str:
        return f"stand {self.counted_on}"


class PastCount(models.Model):
    """What the rapport counted of rounds whose rows were destroyed since: one row of one table.

    Counts alone, of every row whether it may be told or not; nothing else is left of who they were. The
    worker that destroys adds them, and the next stand counts them in.
    """

    table = models.CharField("tabel", max_length=10)
    key = models.CharField("regel", max_length=30, blank=True)
    found = models.BigIntegerField("gevonden")
    reached = models.BigIntegerField("bereikt")
    applied = models.BigIntegerField("aangevraagd")
    granted = models.BigIntegerField("toegekend")

    class Meta:
        verbose_name = "aantal van wat vernietigd is"
        verbose_name_plural = "aantallen van wat vernietigd is"
        constraints = [models.UniqueConstraint(fields=["table", "key"], name="past_count_once")]

    def __str__(self) -> str:
        return f"{self.table} {self.key}"
