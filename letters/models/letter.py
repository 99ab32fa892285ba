"""One letter to one household in one round."""

import uuid

from django.db import models

from outreach.models import Approach, Household, Klasse, Representative, Round

from .part import Part
from .template import Edition, Template

NAMESPACE = uuid.UUID("5c9b3f0e-5d0b-4a86-9a5f-0d8f8a3e7c11")


class LetterKind(models.TextChoices):
    """What the letter is. A grant goes without a form, where the law allows it."""

    FORM = "aanvraag", "Aanvraag met formulier"
    GRANT = "toekenning", "Toekenning"
    REMINDER = "herinnering", "Herinnering"
    MISSING = "aanvulling", "Vraag om ontbrekende gegevens"
    REFUSAL = "afwijzing", "Afwijzing"
    SHARE_NOTICE = "deelbericht", "Bericht over het delen van gegevens"


#: The kinds that have a form to send back.
WITH_FORM = (LetterKind.FORM, LetterKind.REMINDER, LetterKind.MISSING)


class Production(models.TextChoices):
    """How far the paper is. The order is the order in which it happens."""

    PLANNED = "gepland", "Gepland"
    MADE = "gemaakt", "Gemaakt"
    RELEASED = "vrijgegeven", "Vrijgegeven"
    CONFIRMED = "bevestigd", "Bevestigd door de drukker"
    PRINTED = "geprint", "Geprint"
    SENT = "verzonden", "Verzonden"
    LAPSED = "vervallen", "Vervallen"
    REFUSED = "geweigerd", "Geweigerd door de drukker"
    WITHDRAWN = "ingetrokken", "Ingetrokken"


class DeliveryState(models.TextChoices):
    """Ordinary Dutch post gives no proof of delivery: a letter is unknown, or it came back."""

    UNKNOWN = "onbekend", "Onbekend"
    RETURNED = "onbestelbaar", "Kwam terug"


class ResponseState(models.TextChoices):
    """What came back from the household."""

    NONE = "nvt", "Geen antwoord nodig"
    OPEN = "open", "Nog geen antwoord"
    RECEIVED = "ontvangen", "Formulier terug"
    COMPLETE = "volledig", "Formulier compleet"
    UNSIGNED = "geen_handtekening", "Formulier zonder handtekening"
    INCOMPLETE = "onvolledig", "Formulier niet compleet"


class Rejection(models.TextChoices):
    """Why a letter was left out of its part. The values are the codes of the composition, and our own."""

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
    LAPSED = "vervallen", "De brief is niet meer nodig"
    NO_BASIS = "grondslag", "Er is geen geldige grondslag om zonder formulier toe te kennen"
    BUSY = "bezig", "Wacht: een collega is met dit huishouden bezig, of een inwoner zegt dat iets niet klopt"
    DEPARTED = "vertrokken", "Iemand is overleden of verhuisd: eerst uitzoeken waar de brief heen gaat"


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

    def answerable(self) -> "LetterQuerySet":
        """Letters that a household could answer: the denominator of every share of responses.

        With a form, and posted. One that came back is not, unless the form arrived all the same.
        """
        answered = ~models.Q(response__in=[ResponseState.NONE, ResponseState.OPEN])
        posted = models.Q(production=Production.SENT) & ~models.Q(delivery=DeliveryState.RETURNED)
        return self.filter(posted | answered, kind__in=WITH_FORM)


class Letter(models.Model):
    """The form code is random and says nothing about who it is for."""

    id = models.UUIDField(primary_key=True, editable=False)
    round = models.ForeignKey(Round, verbose_name="ronde", on_delete=models.PROTECT, related_name="letters")
    household = models.ForeignKey(
        Household, verbose_name="huishouden", on_delete=models.PROTECT, related_name="letters"
    )
    approach = models.ForeignKey(
        Approach, verbose_name="benadering", on_delete=models.PROTECT, related_name="letters"
    )
    reminder_of = models.OneToOneField(
        "self",
        verbose_name="herinnert aan",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="reminder",
    )
    template = models.ForeignKey(
        Template,
        verbose_name="brieftekst",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="letters",
    )
    edition = models.ForeignKey(
        Edition,
        verbose_name="uitgave van de briefteksten",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="letters",
        help_text="Alle teksten van deze brief. Samen met de brieftekst vastgelegd bij het plannen.",
    )
    representative = models.ForeignKey(
        Representative,
        verbose_name="vertegenwoordiger",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="letters",
        help_text="Aan wie de brief gaat in plaats van de geadresseerde. Vastgelegd bij het maken.",
    )
    points = models.JSONField(
        "punten",
        default=list,
        db_default=models.Value([], models.JSONField()),
        blank=True,
        help_text="Wat ontbreekt (aanvulling) of waarom niet (afwijzing): code, en een bedrag en een grens.",
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

    reply_by = models.DateField(
        "terug voor",
        null=True,
        blank=True,
        help_text="De uiterste datum op het formulier. Vastgelegd bij het maken.",
    )
    print_run = models.PositiveSmallIntegerField("druk", default=1)
    production = models.CharField("productie", max_length=15, choices=Production, default=Production.PLANNED)
    delivery = models.CharField(
        "bezorging", max_length=15, choices=DeliveryState, default=DeliveryState.UNKNOWN
    )
    delivery_reason = models.CharField("waarom terug", max_length=30, blank=True)
    response = models.CharField("reactie", max_length=20, choices=ResponseState, default=ResponseState.NONE)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = "brief"
        verbose_name_plural = "brieven"
        ordering = ["part_id", "position"]
        indexes = [
            models.Index(fields=["round"], condition=~models.Q(rejected=""), name="letter_rejected"),
            models.Index(
                fields=["part"],
                condition=models.Q(production__in=["vrijgegeven", "bevestigd", "geprint"]),
                name="letter_under_way",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["round", "household", "kind"], name="letter_once"),
            models.UniqueConstraint(fields=["part", "position"], name="letter_position_once"),
            models.CheckConstraint(condition=models.Q(kind__in=LetterKind.values), name="letter_kind_known"),
            models.CheckConstraint(
                condition=models.Q(production__in=Production.values), name="letter_production_known"
            ),
            models.CheckConstraint(
                condition=models.Q(delivery__in=DeliveryState.values), name="letter_delivery_known"
            ),
            models.CheckConstraint(
                condition=models.Q(response__in=ResponseState.values), name="letter_response_known"
            ),
            models.CheckConstraint(
                condition=models.Q(kind="herinnering", reminder_of__isnull=False)
                | ~models.Q(kind="herinnering") & models.Q(reminder_of__isnull=True),
                name="letter_reminder_of_a_letter",
            ),
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


class FormerPrint(models.Model):
    """Where a letter stood in an earlier print run. A letter itself is in one part: the one to be posted."""

    letter = models.ForeignKey(
        Letter, verbose_name="brief", on_delete=models.PROTECT, related_name="former_prints"
    )
    part = models.ForeignKey(
        Part, verbose_name="deel", on_delete=models.PROTECT, related_name="former_prints"
    )
    print_run = models.PositiveSmallIntegerField("druk")
    position = models.PositiveIntegerField("volgnummer")
    first_page = models.PositiveIntegerField("eerste bladzijde")
    pages = models.PositiveSmallIntegerField("bladzijden")

    class Meta:
        verbose_name = "eerdere druk"
        verbose_name_plural = "eerdere drukken"
        ordering = ["letter_id", "print_run"]
        constraints = [
            models.UniqueConstraint(fields=["letter", "print_run"], name="former_print_once"),
        ]

    def __str__(self) -> str:
        return f"druk {self.print_run} van brief {self.letter_id}"
