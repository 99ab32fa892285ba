"""One letter to one household in one round."""

import uuid

from django.db import models

from outreach.models import Approach, Candidacy, Household, HouseholdMember, Klasse, Round

from .part import Part

NAMESPACE = uuid.UUID("5c9b3f0e-5d0b-4a86-9a5f-0d8f8a3e7c11")


class LetterKind(models.TextChoices):
    """What the letter is. A grant goes without a form, where the law allows it."""

    FORM = "aanvraag", "Aanvraag met formulier"
    GRANT = "toekenning", "Toekenning zonder formulier"


def letter_id(round_id: int, household_id: uuid.UUID, kind: str) -> uuid.UUID:
    """The id of a letter follows from what it is, so that a second attempt can make no second letter."""
    return uuid.uuid5(NAMESPACE, f"{round_id}|{household_id}|{kind}")


class LetterQuerySet(models.QuerySet["Letter"]):
    def printable(self) -> "LetterQuerySet":
        """Letters that can be made; the others wait for somebody to mend the name or address."""
        return self.filter(rejected="")

    def with_contents(self) -> "LetterQuerySet":
        """All that is printed: address, addressee and the persons named. Five queries for any number."""
        return self.select_related("approach", "household", "round__handover", "part").prefetch_related(
            models.Prefetch(
                "household__members",
                HouseholdMember.objects.filter(addressee=True).select_related("person"),
                to_attr="addressees",
            ),
            models.Prefetch(
                "household__candidacies",
                Candidacy.objects.prefetch_related("persons"),
                to_attr="all_candidacies",
            ),
        )


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
        max_length=40,
        blank=True,
        help_text="Waarom deze brief niet gemaakt kon worden.",
    )

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = "brief"
        verbose_name_plural = "brieven"
        ordering = ["part_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["round", "household", "kind"], name="letter_once"),
            models.UniqueConstraint(fields=["part", "position"], name="letter_position_once"),
            models.CheckConstraint(condition=models.Q(kind__in=LetterKind.values), name="letter_kind_known"),
            models.CheckConstraint(
                condition=models.Q(form_code__regex=r"^[0-9A-HJKMNP-TV-Z]{12}$"), name="letter_code_alphabet"
            ),
        ]

    def __str__(self) -> str:
        return f"brief {self.pk}"
