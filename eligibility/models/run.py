"""Runs of the koppeling, as the pages see them. The box keeps its own ledger of steps."""

from django.db import models
from django.db.models.functions import Now

from eligibility.bronnen import PURPOSE
from outreach.models import User

from .bron import Bron
from .transparency import Transparency


class RunState(models.TextChoices):
    """The life of a run. Source: docs/states.md."""

    WAITING = "wacht", "Wacht op de koppeling"
    RUNNING = "bezig", "Bezig"
    DONE = "klaar", "Klaar"
    STRANDED = "gestrand", "Gestrand"
    CANCELLED = "geannuleerd", "Geannuleerd"


OPEN_STATES = (RunState.WAITING, RunState.RUNNING)


class RunQuerySet(models.QuerySet["Run"]):
    def open(self) -> "RunQuerySet":
        """Runs that the worker still has to finish."""
        return self.filter(state__in=OPEN_STATES)


class Run(models.Model):
    """One koppeling. `box_number` is the number of its tables in the box, given by the worker."""

    box_number = models.BigIntegerField("nummer in de black box", null=True, blank=True, unique=True)
    peildatum = models.DateField("peildatum")
    purpose = models.CharField("doel", max_length=50, default=PURPOSE, db_default=PURPOSE)
    # Empty for a run of before there was such a document; the database takes no new one without.
    transparency = models.ForeignKey(
        Transparency,
        verbose_name="transparantiedocument",
        null=True,
        on_delete=models.PROTECT,
        related_name="runs",
    )
    state = models.CharField("status", max_length=15, choices=RunState, default=RunState.WAITING)
    asked_by = models.ForeignKey(
        User, verbose_name="gestart door", on_delete=models.PROTECT, related_name="runs_asked"
    )
    asked_at = models.DateTimeField("gestart op", db_default=Now())
    finished_at = models.DateTimeField("klaar op", null=True, blank=True)
    attempts = models.PositiveSmallIntegerField("pogingen", default=0)
    problem = models.CharField("wat er misging", max_length=500, blank=True)
    account = models.JSONField("verantwoording", null=True, blank=True)
    # What being in a file said of income in this run: a row of bron, year from the peildatum and class each.
    # The registers may say something else by now, and a resident hears the rule that was applied.
    grounds = models.JSONField("gronden", null=True, blank=True, editable=False)
    deliveries = models.ManyToManyField(
        "eligibility.Delivery", verbose_name="leveringen", related_name="runs", blank=True
    )

    objects = RunQuerySet.as_manager()

    class Meta:
        verbose_name = "koppeling"
        verbose_name_plural = "koppelingen"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=RunState.values), name="run_state_known"),
            models.CheckConstraint(
                condition=models.Q(peildatum__gte="2019-01-01", peildatum__lte="2031-12-31"),
                name="run_peildatum_in_reach",
                violation_error_message="Kies een peildatum van 2019 tot en met 2031.",
            ),
            # Two open runs cannot stand side by side: the box does one at a time.
            models.UniqueConstraint(
                models.Value(1),
                condition=models.Q(state__in=["wacht", "bezig"]),
                name="run_one_at_a_time",
                violation_error_message="Er loopt al een koppeling. Wacht tot die klaar is.",
            ),
        ]

    def __str__(self) -> str:
        return f"koppeling {self.pk}"


class ColumnUse(models.Model):
    """That the rules of one koppeling read one column of a bron. It counts once the koppeling is done."""

    run = models.ForeignKey(
        Run, verbose_name="koppeling", on_delete=models.CASCADE, related_name="columns_used"
    )
    bron = models.ForeignKey(Bron, verbose_name="bron", on_delete=models.PROTECT, related_name="columns_used")
    column = models.CharField("kolom", max_length=50)

    class Meta:
        verbose_name = "gebruikte kolom"
        verbose_name_plural = "gebruikte kolommen"
        ordering = ["run_id", "bron_id", "column"]
        constraints = [models.UniqueConstraint(fields=["run", "bron", "column"], name="column_use_once")]

    def __str__(self) -> str:
        return f"{self.bron_id} {self.column}"


class RunStep(models.Model):
    """One step of a run, mirrored from the box for the progress page."""

    run = models.ForeignKey(Run, verbose_name="koppeling", on_delete=models.CASCADE, related_name="steps")
    number = models.PositiveSmallIntegerField("nummer")
    name = models.CharField("naam", max_length=60)
    rows = models.BigIntegerField("regels", null=True, blank=True)
    seconds = models.FloatField("seconden", null=True, blank=True)
    done = models.BooleanField("klaar", default=False)

    class Meta:
        verbose_name = "stap"
        verbose_name_plural = "stappen"
        ordering = ["run_id", "number"]
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="run_step_once")]

    def __str__(self) -> str:
        return f"stap {self.number}"
