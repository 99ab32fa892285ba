"""What goes into a letter and what comes out: plain data, no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from letters.composition.house_style import PLAIN, HouseStyle
from letters.texts.catalog import TextSet, kind_of


class LetterFault(ValueError):
    """This letter cannot be made as it stands. `code` says why; the message never holds a value."""

    code = "fout"


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name as the BRP has it.

    `name_usage`: E own, P partner's, V partner's then own, N own then partner's. `sex`: M, V or other.
    """

    given_names: str
    prefix: str
    family_name: str
    name_usage: str = ""
    partner_prefix: str = ""
    partner_family_name: str = ""
    sex: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    """A Dutch address as the BRP has it; a briefadres is written in the same way.

    `house_sign` is the aanduiding bij huisnummer: `to` (opposite), `by` (at) or empty. `location` is the
    locatiebeschrijving of an address without street and number.
    """

    street: str
    house_number: str
    postcode: str
    city: str
    house_letter: str = ""
    house_suffix: str = ""
    house_sign: str = ""
    location: str = ""


@dataclass(frozen=True, slots=True)
class Representative:
    """Who acts for the addressee and gets the letter: a person or an office, with a name to its attention.

    `role` is a word after `uw` (`bewindvoerder`), `form_role` the same where a form has little room. A
    postbus is an address with a `location` alone.
    """

    name: str
    role: str
    address: Address
    attention: str = ""
    form_role: str = ""


@dataclass(frozen=True, slots=True)
class NamedPerson:
    """Someone the regeling is for. `birth_date` is yyyymmdd, unknown parts 00."""

    full_name: str
    birth_date: str


@dataclass(frozen=True, slots=True)
class Point:
    """What is missing, or why not: a code of the text, and the amount and limit (whole euros) it may name."""

    code: str
    amount: int | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class LetterData:
    """One letter. `reference` is printed as kenmerk; `form_code` has 12 characters, empty without a form.

    The form must be back before `reply_by`; `income_year` is the refertejaar that an onzeker form asks about.
    `kind` is one of letters.texts.catalog.KINDS; empty for the first letter, which follows from class and
    mode. `regeling` is empty in a notice about all of them. `received_on` is when the application or opt-out
    came in, `share_on` the day of which a deelbericht tells. `texts` are the versions it was planned with;
    without, those of the part. With a `representative` it goes to him, and is about the addressee.
    """

    letter_id: str
    reference: str
    regeling: str
    klasse: str
    mode: str
    addressee: PersonName
    address: Address
    persons: tuple[NamedPerson, ...]
    letter_date: date
    reply_by: date | None = None
    income_year: int | None = None
    form_code: str = ""
    kind: str = ""
    points: tuple[Point, ...] = ()
    received_on: date | None = None
    share_on: date | None = None
    texts: TextSet | None = None
    representative: Representative | None = None

    @property
    def text_kind(self) -> str:
        """The kind of its text."""
        return self.kind or kind_of(self.klasse, self.mode)


@dataclass(frozen=True, slots=True)
class Municipality:
    """The sender, as its letters show it; lines are printed as they are."""

    name: str
    phone: str
    phone_hours: str
    website: str
    opt_out_page: str
    privacy_page: str
    visit_address: str
    postal_address: str
    return_lines: tuple[str, ...]
    signed_by: str
    style: HouseStyle = PLAIN

    @property
    def title(self) -> str:
        """`Gemeente Waterveen`."""
        return f"Gemeente {self.name}"


@dataclass(frozen=True, slots=True)
class ManifestRow:
    """Where one letter is in its part: sequence number and first page from 1, pages, sheets of paper."""

    letter_id: str
    seq: int
    first_page: int
    pages: int
    sheets: int
    form_code: str


@dataclass(frozen=True, slots=True)
class PartResult:
    """One print part: the PDF, a row per letter, and the SHA-256 of the PDF in hex."""

    pdf: bytes
    manifest: tuple[ManifestRow, ...]
    sha256: str

    @property
    def pages(self) -> int:
        """Pages in the whole part."""
        return sum(row.pages for row in self.manifest)

    @property
    def sheets(self) -> int:
        """Sheets of paper in the whole part."""
        return sum(row.sheets for row in self.manifest)
