"""What we see on a scan with our own eyes: whose form it is, and what is on it. Nothing is written here."""

import re
from dataclasses import dataclass, replace
from uuid import UUID

from letters.actions import scan_storage
from letters.actions.originals import FORM_AT, form_of
from letters.composition.codes import FAMILY, payload
from letters.composition.places import form_places
from letters.composition.prepare import FORM_PAGE
from letters.models import Letter, Scan, WorkKind
from letters.models.letter import WITH_FORM
from letters.reading.form import expected_page, read_form, unread
from letters.reading.forms import FormCode, Unclear, form_on
from letters.reading.guarded import open_scan
from letters.reading.model import Reading, Refused, SeenPage
from outreach.kernel.db import SYSTEM_ACTOR, acting_as

_NOT_IN_A_CODE = re.compile(r"[\s-]+")


@dataclass(frozen=True, slots=True)
class Looked:
    """Either a letter with the reading of its form, or the queue and the reason why not; `pages` is how many
    pages there are to show."""

    letter: Letter | None = None
    reading: Reading | None = None
    queue: WorkKind | None = None
    problem: str = ""
    pages: int = 0


def look(scan: Scan) -> Looked:
    """Open a scan, find its form and read it. Takes a third of a second; for outside a transaction."""
    try:
        pages = open_scan(scan_storage.read(scan.pk))
    except scan_storage.ImageGone:
        return Looked(queue=WorkKind.SCAN_BROKEN, problem="beeld_weg")
    except Refused as refused:
        return Looked(queue=WorkKind.SCAN_BROKEN, problem=refused.fault.value)
    return replace(_look_at(pages, scan.vendor_code), pages=len(pages))


def _look_at(pages: list[SeenPage], vendor_code: str) -> Looked:
    try:
        found = form_on(pages)
    except Unclear as unclear:
        return Looked(queue=WorkKind.SCAN_UNREADABLE, problem=unclear.why)
    if differs(vendor_code, found.code, found.page):
        return Looked(queue=WorkKind.SCAN_DIFFERS, problem="code_wijkt_af")
    return _of_letter(found)


def differs(told: str, code: str, page: int) -> bool:
    """Whether the vendor read another code than we did: he may tell none, or the one printed for people."""
    text = _NOT_IN_A_CODE.sub("", told).upper()
    return text not in ("", code, payload(code, page))


def code_of(typed: str) -> str:
    """The code out of what somebody typed: as printed under the QR, or as it stands in it."""
    text = _NOT_IN_A_CODE.sub("", typed).upper().translate(_LOOKALIKES)
    return text[1:13] if len(text) == 15 and text.startswith(FAMILY) else text


#: Crockford: these letters are in no code, and are taken for the digit that they look like.
_LOOKALIKES = str.maketrans("OIL", "011")


def _of_letter(found: FormCode) -> Looked:
    with acting_as(SYSTEM_ACTOR):
        letter = (
            Letter.objects.select_related("part__round__handover", "approach")
            .filter(form_code=found.code, kind__in=WITH_FORM)
            .first()
        )
        if letter is None:
            return Looked(queue=WorkKind.SCAN_UNKNOWN, problem="onbekende_code")
        if found.page != FORM_PAGE:
            return Looked(queue=WorkKind.SCAN_UNKNOWN, problem="andere_bladzijde")
        original = form_of(letter)
    return Looked(letter=letter, reading=_read(found, letter, original))


def _read(found: FormCode, letter: Letter, original: tuple[bytes, int] | None) -> Reading:
    if original is None:
        return unread(found)
    pdf, persons = original
    return read_form(found, form_places(letter.klasse, persons), expected_page(pdf, FORM_AT))


def key_of(scan_id: UUID | str) -> int:
    """A number for an advisory lock, from the id of a scan or its fingerprint."""
    text = scan_id.hex if isinstance(scan_id, UUID) else scan_id
    return int(text[:8], 16) & 0x7FFFFFFF
