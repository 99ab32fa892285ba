"""A part: one merged PDF of at most 500 letters of a round, encrypted on disk."""

import datetime
from dataclasses import dataclass

from django.db import models
from django.db.models.functions import Now

from outreach.models import Round

from .batch import Batch
from .vendor import OnPaper, Window


class PartState(models.TextChoices):
    """The life of a part. A stranded one failed three times and waits for a person."""

    PLANNED = "gepland", "Gepland"
    MADE = "gemaakt", "Gemaakt"
    STRANDED = "gestrand", "Gestrand"


MAX_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class PartTotals:
    """How far the letters of a round are: `planned` is all, `made` those in a file, `rejected` the rest.

    `parts_later` wait for the end of the day.
    """

    parts: int = 0
    parts_made: int = 0
    parts_stranded: int = 0
    parts_later: int = 0
    planned: int = 0
    made: int = 0
    rejected: int = 0

    @property
    def settled(self) -> int:
        """Letters that are in a file, or known to be in none."""
        return self.made + self.rejected

    @property
    def waiting(self) -> int:
        """Parts that a worker has to make now."""
        return self.parts - self.parts_made - self.parts_stranded - self.parts_later


class PartQuerySet(models.QuerySet["Part"]):
    def planned(self) -> "PartQuerySet":
        """Parts that are still to be made. The row says what is due; a lost task is harmless."""
        return self.filter(state=PartState.PLANNED)

    def totals_by_round(self) -> dict[int, PartTotals]:
        """The totals of each round that has parts. One query."""
        later = models.Q(state=PartState.PLANNED, planned_at__gt=Now())
        made, stranded = models.Q(state=PartState.MADE), models.Q(state=PartState.STRANDED)
        counted = (
            self.order_by()
            .values("round_id")
            .annotate(
                parts=models.Count("pk"),
                parts_made=models.Count("pk", filter=made),
                parts_stranded=models.Count("pk", filter=stranded),
                parts_later=models.Count("pk", filter=later),
                planned=models.Sum(models.F("letters_count") + models.F("rejected_count")),
                made=models.Sum("letters_count", filter=made, default=0),
                rejected=models.Sum("rejected_count", filter=made, default=0),
            )
        )
        return {row.pop("round_id"): PartTotals(**row) for row in counted}


class Part(OnPaper):
    """One file for the printer, laid out as its vendor wants it.

    `sha256`, `pages`, `size` and `letters_count` are those of the PDF itself. Until it is made
    `letters_count` says how many letters are meant for it. `rejected_count` are those that could not be made,
    or left it since: then it is made again, as a next version. A part that has no
    letter left has no file. From its confirmation on nothing of it changes (trigger `deel_ligt_vast`).
    `planned_at` is the moment from which it is made; its letters have the date of that day.
    """

    round = models.ForeignKey(Round, verbose_name="ronde", on_delete=models.PROTECT, related_name="parts")
    batch = models.ForeignKey(
        Batch, verbose_name="partij", null=True, blank=True, on_delete=models.PROTECT, related_name="parts"
    )
    number = models.PositiveIntegerField("deel")
    state = models.CharField("status", max_length=10, choices=PartState, default=PartState.PLANNED)
    letters_count = models.PositiveIntegerField("brieven")
    rejected_count = models.PositiveIntegerField("uitgevallen", default=0)
    pages = models.PositiveIntegerField("bladzijden", null=True, blank=True)
    size = models.PositiveBigIntegerField("grootte in bytes", null=True, blank=True)
    sha256 = models.CharField("vingerafdruk", max_length=64, blank=True)
    version = models.PositiveSmallIntegerField(
        "versie", default=1, db_default=1, help_text="Hoe vaak dit bestand is gemaakt."
    )
    attempts = models.PositiveSmallIntegerField("pogingen", default=0)
    problem = models.CharField("wat er misging", max_length=300, blank=True)
    planned_at = models.DateTimeField("gepland op", db_default=Now())
    made_at = models.DateTimeField("gemaakt op", null=True, blank=True)
    confirmed_at = models.DateTimeField("bevestigd op", null=True, blank=True)
    destroyed_at = models.DateTimeField("bestand vernietigd op", null=True, blank=True)

    objects = PartQuerySet.as_manager()

    class Meta:
        verbose_name = "deel"
        verbose_name_plural = "delen"
        ordering = ["round_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="part_number_once"),
            models.CheckConstraint(condition=models.Q(state__in=PartState.values), name="part_state_known"),
            models.CheckConstraint(
                condition=models.Q(state__in=["gepland", "gestrand"], sha256="", made_at__isnull=True)
                | (
                    models.Q(state="gemaakt", made_at__isnull=False, pages__isnull=False)
                    & ~models.Q(sha256="")
                ),
                name="part_made_completely",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="gestrand") | ~models.Q(problem=""),
                name="part_stranded_with_problem",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    window__in=Window.values, return_window__in=Window.values, code_zone__lte=20
                ),
                name="part_paper_known",
            ),
        ]

    def __str__(self) -> str:
        return f"deel {self.number}"

    def waits(self, now: datetime.datetime) -> bool:
        """Whether the moment from which it is made has still to come."""
        return self.state == PartState.PLANNED and self.planned_at > now

    def file_name(self) -> str:
        """The name of the encrypted file: numbers only. A next version never overwrites the one before it."""
        return f"{self.download_name()}{f'.{self.version}' if self.version > 1 else ''}.age"

    def download_name(self) -> str:
        """The name under which the PDF is handed over: numbers only, as it ends up in logs and mails."""
        return f"ronde-{self.round_id}-deel-{self.number:04d}.pdf"
