"""The words in which a printing vendor tells what happened. Source: the contract, docs/drukwerk.md."""

from collections.abc import Mapping

from django.db import models

from letters.models import Axis, DeliveryState, Production, WorkKind
from letters.projection import SPOILED


class Status(models.TextChoices):
    """What a vendor can say about a letter."""

    PRINTED = "geprint", "Geprint"
    SENT = "verzonden", "Verzonden"
    SPOILED = "beschadigd", "Beschadigd, wordt opnieuw geprint"
    REFUSED = "geweigerd", "Geweigerd, wordt niet geprint"
    RETURNED = "onbestelbaar", "Kwam terug"


class ReturnReason(models.TextChoices):
    """Why the post brought a letter back. Source: the codes of returned mail that vendors hand on."""

    MOVED = "verhuisd", "Verhuisd"
    UNKNOWN = "onbekend_op_adres", "Onbekend op dit adres"
    INCOMPLETE = "adres_onvolledig", "Adres onvolledig"
    NO_ADDRESS = "adres_bestaat_niet", "Adres bestaat niet"
    NO_BOX = "geen_brievenbus", "Geen brievenbus"
    REFUSED = "geweigerd", "Geweigerd"
    DIED = "overleden", "Overleden"
    NOT_FETCHED = "niet_afgehaald", "Niet afgehaald"
    OTHER = "overig", "Overig"


class RefusalReason(models.TextChoices):
    """Why a vendor does not print a letter."""

    ADDRESS = "adres", "Het adres is niet te verwerken"
    FRAME = "buiten_kader", "Er staat iets buiten het kader"
    FILE = "bestand", "De bladzijde is niet af te drukken"
    OTHER = "overig", "Overig"


class Medium(models.TextChoices):
    """How the vendor learned that a letter came back: from the post's data, or from the paper itself."""

    DIGITAL = "digitaal", "Digitaal"
    PAPER = "fysiek", "Fysiek"


#: The reasons that a status must have one of; the others have none.
REASONS: Mapping[str, tuple[str, ...]] = {
    Status.RETURNED: tuple(ReturnReason.values),
    Status.REFUSED: tuple(RefusalReason.values),
}
#: What is said of a range is not said of the letters that the same call names for this.
EXCEPTIONS = (Status.SPOILED, Status.REFUSED)
#: The axis and the code of each status, as the ledger has them.
FACTS: Mapping[str, tuple[str, str]] = {
    Status.PRINTED: (Axis.PRODUCTION, Production.PRINTED),
    Status.SENT: (Axis.PRODUCTION, Production.SENT),
    Status.SPOILED: (Axis.PRODUCTION, SPOILED),
    Status.REFUSED: (Axis.PRODUCTION, Production.REFUSED),
    Status.RETURNED: (Axis.DELIVERY, DeliveryState.RETURNED),
}
STATUS_OF: Mapping[tuple[str, str], str] = {fact: status for status, fact in FACTS.items()}
#: What a person has to do something about; of what came back forms.came_back knows more.
FOR_A_PERSON: Mapping[str, WorkKind] = {Status.REFUSED: WorkKind.REFUSED_BY_VENDOR}
