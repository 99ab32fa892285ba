"""One letter to one household in one round."""

import uuid

from django.db import models

from outreach.models import Approach, Household, Klasse, Round

from .part import Part

NAMESPACE = uuid.UUID("5c9b3f0e-5d0b-4a86-9a5f-0d8f8a3e7c11")


class LetterKind(models.TextChoices):
    """What the letter is. A grant goes without a form, where the law allows it."""

    FORM = "aanvraag", "Aanvraag met formulier"
    GRANT = "toekenning", "Toekenning zonder formulier"


class Rejection(models.TextChoices):
    """Why a letter was left out of its part. The values are the codes of the composition, and our own two."""

    ADDRESS = "adres", "Het adres is niet compleet of past niet in het venster"
    NAME = "naam", "Er is geen naam bekend"
    GLYPH = "glyph", "De naam of het adres heeft een teken dat de drukker niet kan afdrukken"
    PERSONS = "personen", "Er staan meer personen op dan op het papier passen"
    DATA = "gegevens", "Er ontbreken gegevens voor het formulier"
    CODE = "formuliercode", "De code van het formulier klopt niet"
    TEXT = "tekst", "Er is nog geen brieftekst voor deze regeling"
    TEXT_TOO_LONG = "tekst_te_lang", "De brieftekst past niet op het papier"
    FAULT = "fout", "De brief kan niet worden gemaakt"
    ADDRESSEE = "geadresseerde", "Het huishouden heeft geen geadresseerde"
    OPTED_OUT = "afgemeld", "Iemand heeft zich afgemeld na het plannen van de brief"


def letter_id(round_id: int, household_id: uuid.UUID, kind: str) -> uuid.UUID:
    """The id of a letter follows from what it is, so that a second attempt can make no second letter."""
    return uuid.uuid5(NAMESPACE, f"{round_id}|{household_id}|{kind}")


class LetterQuerySet(models.QuerySet["Letter"]):
    def printable(self) -> "LetterQuerySet":
        """Letters that can be made; the others wait for somebody to mend the name or address."""
        return self.filter(rejected="")

    def rejected(self) -> "LetterQuerySet":
        """Letters that were left out of their part, in the order of the post."""
        return self.exclude(rejected="").order_by("part__number", "position")


class Letter(models.Model):
    """The form code is random and says nothing about who it is for."""

    id = models.UUIDField(primary_key=True, editable=False)
    round = models.ForeignKey(Round, verbose_name="ronde", on_delete=models.PROTECT, related_name="letters")
    household = models.ForeignKey(
        Household, verbose_name="huishouden", on_delete=models.PROTECT, related_name="letters"
    )
    approach = models.OneToOneField(
        Approach, verbose_name="benadering", on_delete=models.PROTECT, related_name="letter"
    )
    kind = models.CharField("soort", max_length=12, choices=LetterKind)
    klasse = models.CharField("klasse", max_length=10, choices=Klasse)
    form_code = models.CharField("code", max_length=12, unique=True)
    part = models.ForeignKey(Part, verbose_name="deel", on_delete=models.PROTECT, related_name="letters")
    position = models.PositiveIntegerField("volgnummer")
    first_page = models.PositiveIntegerField("eerste bladzijde", null=True, blank=True)
    pages = models.PositiveSmallIntegerField("bladzijden", null=True, blank=True)
    rejected = models.CharField(
        "uitgevallen",
        max_length=20,
        choices=Rejection,
        blank=True,
        help_text="Waarom deze brief niet gemaakt kon worden.",
    )

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = "brief"
        verbose_name_plural = "brieven"
        ordering = ["part_id", "position"]
        indexes = [
            models.Index(fields=["round"], condition=~models.Q(rejected=""), name="letter_rejected"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["round", "household", "kind"], name="letter_once"),
            models.UniqueConstraint(fields=["part", "position"], name="letter_position_once"),
            models.CheckConstraint(condition=models.Q(kind__in=LetterKind.values), name="letter_kind_known"),
            models.CheckConstraint(
                condition=models.Q(form_code__regex=r"^[0-9A-HJKMNP-TV-Z]{12}$"), name="letter_code_alphabet"
            ),
            models.CheckConstraint(
                condition=models.Q(rejected__in=["", *Rejection.values]), name="letter_rejection_known"
            ),
            models.CheckConstraint(
                condition=models.Q(rejected="") | models.Q(first_page__isnull=True, pages__isnull=True),
                name="letter_rejected_not_printed",
            ),
        ]

    def __str__(self) -> str:
        return f"brief {self.pk}"
