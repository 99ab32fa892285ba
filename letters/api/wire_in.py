"""What a vendor sends. The names are those of the contract, so they are Dutch."""

import datetime
from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from letters.api.fields import (
    StrictChoice,
    StrictDate,
    StrictInteger,
    StrictMoment,
    StrictPattern,
    StrictText,
    StrictUUID,
)
from letters.models import RecallResult
from letters.vendor_codes import REASONS, Medium, Status
from outreach.kernel import clock

SHA256 = r"^[0-9a-f]{64}$"
MESSAGES, READINGS = 1000, 500
#: Numbers that fit in the database.
MOST = 2**31 - 1
#: Clocks differ; more than this is a mistake.
AHEAD = datetime.timedelta(hours=1)


class ConfirmationIn(serializers.Serializer):
    """What the vendor has in hand."""

    sha256 = StrictPattern(SHA256, help_text="SHA-256 van de PDF, hexadecimaal in kleine letters.")
    aantalBrieven = StrictInteger(min_value=0, max_value=MOST)
    aantalPaginas = StrictInteger(min_value=0, max_value=MOST)


class PositionsIn(serializers.Serializer):
    """A range of letters in a part, by their number in the manifest, the last one with it."""

    van = StrictInteger(min_value=1, max_value=MOST)
    tot = StrictInteger(min_value=1, max_value=MOST)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """From low to high."""
        if attrs["tot"] < attrs["van"]:
            raise serializers.ValidationError({"tot": ["Dit ligt voor van."]})
        return attrs


class MessageIn(serializers.Serializer):
    """One message: about one letter, or about a part of a batch."""

    meldingId = StrictUUID(help_text="Door de drukker gekozen; een tweede keer is dubbel.")
    briefId = StrictUUID(required=False)
    partijId = StrictUUID(required=False)
    deel = StrictInteger(required=False, min_value=1, max_value=MOST)
    volgnummers = PositionsIn(required=False, help_text="Zonder gaat de melding over het hele deel.")
    status = StrictChoice(choices=Status.choices)
    reden = StrictText(required=False, max_length=30)
    tijdstip = StrictMoment(help_text="Wanneer het gebeurde.")
    medium = StrictChoice(required=False, choices=Medium.choices)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One letter, with or without its part, or one part; a reason where the status asks one."""
        place = {"partijId", "deel"} & attrs.keys()
        if len(place) == 1 or (not place and "briefId" not in attrs):
            raise serializers.ValidationError("Noem briefId, of partijId met deel, of allebei.", "onderwerp")
        allowed = REASONS.get(attrs["status"], ())
        if attrs.get("reden", "") not in (allowed or ("",)):
            raise serializers.ValidationError({"reden": ["Bij deze status hoort een andere reden, of geen."]})
        if attrs["tijdstip"] > clock.now() + AHEAD:
            raise serializers.ValidationError({"tijdstip": ["Dit tijdstip ligt in de toekomst."]})
        return attrs


class MessagesIn(serializers.Serializer):
    """A call with messages. A fault in one message does not fail the call."""

    requests = serializers.ListField(child=serializers.DictField(), max_length=MESSAGES)


class RecallAnswerIn(serializers.Serializer):
    """Whether the paper could be stopped."""

    resultaat = StrictChoice(choices=RecallResult.choices)


class DeliveryIn(serializers.Serializer):
    """A pile of scans that is coming."""

    aantalScans = StrictInteger(min_value=0, max_value=1_000_000)
    ontvangenTotEnMet = StrictDate(help_text="De laatste dag waarop deze post binnenkwam.")
    sha256 = serializers.ListField(
        child=StrictPattern(SHA256), required=False, max_length=20_000, help_text="Van elke scan."
    )

    def validate_ontvangenTotEnMet(self, day: datetime.date) -> datetime.date:  # noqa: N802
        """Post of a day that has yet to come did not come in: reminders go by this day."""
        if day > clock.today():
            raise serializers.ValidationError("Deze dag moet nog komen.")
        return day

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A list names each scan."""
        if "sha256" in attrs and len(attrs["sha256"]) != attrs["aantalScans"]:
            raise serializers.ValidationError({"sha256": ["Het aantal is niet gelijk aan aantalScans."]})
        return attrs


class ReadingIn(serializers.Serializer):
    """What the vendor's machine read on a scan."""

    scanId = StrictUUID()
    formuliercode = StrictText(max_length=40, help_text="Wat in de code staat, of wat eronder is gedrukt.")


class ScanReadingIn(serializers.Serializer):
    """What comes with the picture of a scan."""

    formuliercode = StrictText(required=False, allow_blank=True, max_length=40)
    sha256 = StrictPattern(SHA256, required=False, help_text="Van het beeld, om een gebroken lijn te zien.")


class ReadingsIn(serializers.Serializer):
    """A call with readings. A fault in one reading does not fail the call."""

    requests = serializers.ListField(child=serializers.DictField(), max_length=READINGS)


class ClosingIn(serializers.Serializer):
    """What the vendor sent, counted."""

    aantalScans = StrictInteger(min_value=0, max_value=1_000_000)
    sha256 = StrictPattern(
        SHA256, help_text="SHA-256 van de gesorteerde sha256’s van de scans, achter elkaar geschreven."
    )


@extend_schema_serializer(component_name="MessagesIn")
class MessagesDocumented(serializers.Serializer):
    """What a call with messages holds when all is well."""

    requests = serializers.ListField(child=MessageIn(), max_length=MESSAGES)


@extend_schema_serializer(component_name="ReadingsIn")
class ReadingsDocumented(serializers.Serializer):
    """What a call with readings holds when all is well."""

    requests = serializers.ListField(child=ReadingIn(), max_length=READINGS)


class ScanIn(serializers.Serializer):
    """A picture with its reading."""

    lezing = ScanReadingIn(required=False)
    beeld = serializers.FileField(help_text="PDF, TIFF, PNG of JPEG, hoogstens 10 MB.")


SCAN_BODY = {"multipart/related": ScanIn, "multipart/form-data": ScanIn}
