"""Fields that take what the OpenAPI document says and nothing that merely looks like it.

REST framework would take "5" for a number and a number for a text. No message repeats what was sent.
"""

import datetime
import re
import uuid
from typing import Any

from rest_framework import serializers

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})", re.ASCII)
_REQUIRED = {"required": "Dit veld is verplicht.", "null": "Dit veld mag niet leeg zijn."}


class StrictUUID(serializers.UUIDField):
    """A UUID as text with dashes."""

    default_error_messages = _REQUIRED | {"invalid": "Geef een UUID."}

    def to_internal_value(self, data: Any) -> uuid.UUID:
        if not isinstance(data, str) or not _UUID.fullmatch(data):
            self.fail("invalid")
        return uuid.UUID(data)


class StrictInteger(serializers.IntegerField):
    """A whole number; as in JSON Schema, 5.0 is one and "5" is not."""

    default_error_messages = _REQUIRED | {
        "invalid": "Geef een heel getal.",
        "max_value": "Dit getal is te groot.",
        "min_value": "Dit getal is te klein.",
    }

    def to_internal_value(self, data: Any) -> int:
        whole = isinstance(data, int) or (isinstance(data, float) and data.is_integer())
        if isinstance(data, bool) or not whole:
            self.fail("invalid")
        return int(data)


class StrictText(serializers.CharField):
    """A text, as it was sent."""

    default_error_messages = _REQUIRED | {
        "invalid": "Geef een tekst.",
        "blank": "Dit veld mag niet leeg zijn.",
        "max_length": "Deze tekst is te lang.",
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(trim_whitespace=False, **options)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return data


class StrictPattern(serializers.RegexField):
    """A text of one shape."""

    default_error_messages = _REQUIRED | {"invalid": "Deze waarde heeft niet de juiste vorm."}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return data


class StrictChoice(serializers.ChoiceField):
    """One of the words of the contract."""

    default_error_messages = _REQUIRED | {"invalid_choice": "Deze waarde staat niet in de lijst."}

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str) or data not in self.choice_strings_to_values:
            self.fail("invalid_choice")
        return self.choice_strings_to_values[data]


class StrictDate(serializers.DateField):
    """A full-date of RFC 3339."""

    default_error_messages = _REQUIRED | {"invalid": "Geef een datum als 2026-03-01."}

    def to_internal_value(self, value: Any) -> datetime.date:
        if not isinstance(value, str) or not _DATE.fullmatch(value):
            self.fail("invalid")
        try:
            return datetime.date.fromisoformat(value)
        except ValueError as error:
            raise serializers.ValidationError(self.error_messages["invalid"], "invalid") from error


class StrictMoment(serializers.DateTimeField):
    """A date-time of RFC 3339, with its offset. Answers give it in UTC."""

    default_error_messages = _REQUIRED | {"invalid": "Geef een tijdstip met tijdzone."}

    def __init__(self, **options: Any) -> None:
        super().__init__(default_timezone=datetime.UTC, **options)

    def to_internal_value(self, value: Any) -> datetime.datetime:
        if not isinstance(value, str) or not _MOMENT.fullmatch(value):
            self.fail("invalid")
        try:
            return datetime.datetime.fromisoformat(value.upper()).astimezone(datetime.UTC)
        except (ValueError, OverflowError) as error:
            raise serializers.ValidationError(self.error_messages["invalid"], "invalid") from error
