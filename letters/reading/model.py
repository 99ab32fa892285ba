"""What was seen on a scan, and what it was read as."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from PIL import Image

Point = tuple[float, float]

#: A sheet has two sides; more than twice that is no sheet.
MAX_PAGES = 4
#: The long side of a page as it is kept: A4 at 250 dpi. Finer is slower to read and no better.
LONG_SIDE = 2924


class Fault(StrEnum):
    """Why a file was not read at all. The value is kept with the scan."""

    TYPE = "bestandstype"
    TOO_LARGE = "te_groot"
    TOO_HEAVY = "te_zwaar"
    ENCRYPTED = "versleuteld"
    SCRIPT = "script"
    TWO_TYPES = "twee_soorten"
    PAGES = "te_veel_bladzijden"
    DAMAGED = "beschadigd"


class Refused(Exception):
    """A file that we do not read."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class SeenCode:
    """A QR as it stands on a page: its text, and its corners in pixels.

    The corners are those of the symbol itself, whichever way the page lies: upper left, upper right, lower
    right, lower left.
    """

    text: str
    corners: tuple[Point, Point, Point, Point]


@dataclass(frozen=True, slots=True)
class SeenPage:
    """A page as a grey picture, with all QRs read on it, also those of others."""

    image: Image.Image
    codes: tuple[SeenCode, ...]


class Presence(StrEnum):
    """What the ink in a field says. The values are those of letters.models.Signature."""

    ABSENT = "ontbreekt"
    DOUBTFUL = "twijfel"
    PRESENT = "aanwezig"


@dataclass(frozen=True, slots=True)
class FieldReading:
    """One field: what is in it, ink in per cent of its area, how sure that is (0–1), why in a word."""

    presence: Presence
    ink: float
    confidence: float
    why: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A form that was read. `code` and `page` are those of its own QR.

    `aligned` says whether the page lies where we think it does, and shows what we printed on it; without that
    every field is doubtful. `remark` is ink outside the fields, or print that is no longer to be seen.
    """

    code: str
    page: int
    codes_read: int
    aligned: bool
    signature: FieldReading
    partner: FieldReading
    date: FieldReading
    remark: FieldReading
    amounts: tuple[FieldReading, ...] = ()
    choice: tuple[FieldReading, ...] = ()
    details: dict[str, float] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """The reading for the archive: words and figures, nothing of a person."""
        fields = {"signature": self.signature, "partner": self.partner, "date": self.date}
        fields["remark"] = self.remark
        fields |= {f"amount_{n}": one for n, one in enumerate(self.amounts, 1)}
        fields |= {f"choice_{n}": one for n, one in enumerate(self.choice, 1)}
        return {
            "version": VERSION,
            "codes_read": self.codes_read,
            "aligned": self.aligned,
            "fields": {
                name: {
                    "presence": one.presence.value,
                    "ink": round(one.ink, 2),
                    "confidence": round(one.confidence, 2),
                    "why": one.why,
                }
                for name, one in fields.items()
            },
            "details": {name: round(value, 3) for name, value in self.details.items()},
        }


#: Of the rules below which a reading was made; raise it when a threshold changes.
VERSION = 2
