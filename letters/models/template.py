"""A letter text in versions. A version that was approved never changes."""

from django.db import models
from django.db.models.functions import Now

from outreach.models import Regeling, User


class TemplateKind(models.TextChoices):
    """What a text is for. `algemeen` is what all letters share."""

    SHARED = "algemeen", "Wat in elke brief staat"
    ZEKER = "zeker", "Formulier, zeker"
    ONZEKER = "onzeker", "Formulier, onzeker"
    REMINDER = "herinnering", "Herinnering"
    GRANT = "ambtshalve", "Toekenning zonder formulier"
    GRANTED = "toekenning", "Toekenning na een aanvraag"
    MISSING = "aanvulling", "Vraag om ontbrekende gegevens"
    REFUSAL = "afwijzing", "Afwijzing"
    SHARE_NOTICE = "deelbericht", "Bericht over het delen van gegevens"
    OPT_OUT = "afmelding", "Bevestiging van afmelding"
    FORM = "formulier", "Formulier"


class TemplateState(models.TextChoices):
    """The life of a version. Source: docs/states.md."""

    CONCEPT = "concept", "Concept"
    APPROVED = "goedgekeurd", "Goedgekeurd"
    REPLACED = "vervangen", "Vervangen"
    REFUSED = "afgekeurd", "Afgekeurd"


class TemplateQuerySet(models.QuerySet["Template"]):
    def approved(self) -> "TemplateQuerySet":
        """The versions that letters are written with from now on: at most one per kind and regeling."""
        return self.filter(state=TemplateState.APPROVED)

    def concepts(self) -> "TemplateQuerySet":
        """What somebody works on, or waits for a second person."""
        return self.filter(state=TemplateState.CONCEPT)

    def of_same(self, version: "Template") -> "TemplateQuerySet":
        """All versions of the same text."""
        return self.filter(kind=version.kind, regeling=version.regeling_id)


class Template(models.Model):
    """The text of one kind, for one regeling or (without one) for all: tables as in letters/texts/nl."""

    kind = models.CharField("soort", max_length=15, choices=TemplateKind)
    regeling = models.ForeignKey(
        Regeling,
        verbose_name="regeling",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="letter_templates",
    )
    number = models.PositiveIntegerField("versie")
    content = models.JSONField("tekst")
    sha256 = models.CharField("vingerafdruk", max_length=64)
    state = models.CharField("status", max_length=15, choices=TemplateState, default=TemplateState.CONCEPT)
    judgement = models.CharField("taaltoets", max_length=300, blank=True)
    judged_by = models.ForeignKey(
        User,
        verbose_name="taal getoetst door",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="templates_judged",
    )
    judged_on = models.DateField("taal getoetst op", null=True, blank=True)
    made_by = models.ForeignKey(
        User,
        verbose_name="gemaakt door",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="templates_made",
        help_text="Leeg bij de tekst die met de software meekwam.",
    )
    made_at = models.DateTimeField("gemaakt op", db_default=Now())
    approved_by = models.ForeignKey(
        User,
        verbose_name="goedgekeurd door",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="templates_approved",
    )
    approved_at = models.DateTimeField("goedgekeurd op", null=True, blank=True)
    refused_by = models.ForeignKey(
        User,
        verbose_name="afgekeurd door",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="templates_refused",
    )
    refused_at = models.DateTimeField("afgekeurd op", null=True, blank=True)
    refusal = models.CharField("waarom afgekeurd", max_length=300, blank=True)

    objects = TemplateQuerySet.as_manager()

    class Meta:
        verbose_name = "brieftekst"
        verbose_name_plural = "briefteksten"
        ordering = ["regeling_id", "kind", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "regeling", "number"], nulls_distinct=False, name="template_version_once"
            ),
            models.UniqueConstraint(
                fields=["kind", "regeling"],
                condition=models.Q(state="goedgekeurd"),
                nulls_distinct=False,
                name="template_one_approved",
            ),
            models.UniqueConstraint(
                fields=["kind", "regeling"],
                condition=models.Q(state="concept"),
                nulls_distinct=False,
                name="template_one_concept",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=TemplateKind.values), name="template_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=TemplateState.values), name="template_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state__in=["concept", "afgekeurd"], approved_at__isnull=True, approved_by__isnull=True
                )
                | models.Q(
                    state__in=["goedgekeurd", "vervangen"],
                    approved_at__isnull=False,
                    approved_by__isnull=False,
                    judged_by__isnull=False,
                    judged_on__isnull=False,
                )
                & ~models.Q(judgement=""),
                name="template_approved_wholly",
            ),
            models.CheckConstraint(
                condition=models.Q(approved_by__isnull=True)
                | models.Q(made_by__isnull=True) & ~models.Q(approved_by=models.F("judged_by"))
                | models.Q(made_by__isnull=False) & ~models.Q(approved_by=models.F("made_by")),
                name="template_approved_by_another",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="afgekeurd")
                | models.Q(refused_by__isnull=False, refused_at__isnull=False) & ~models.Q(refusal=""),
                name="template_refused_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.regeling_id or ''} versie {self.number}"


class Edition(models.Model):
    """The approved versions that a letter was written with, all together: what makes its page again."""

    sha256 = models.CharField("vingerafdruk", max_length=64, unique=True)
    templates = models.ManyToManyField(Template, verbose_name="briefteksten", related_name="editions")
    made_at = models.DateTimeField("sinds", db_default=Now())

    class Meta:
        verbose_name = "uitgave van de briefteksten"
        verbose_name_plural = "uitgaven van de briefteksten"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"uitgave {self.sha256[:12]}"
