"""Forms that come back: the real letters of a round, signed with invented pens, scanned and handed over."""

import datetime
import hashlib
from collections.abc import Callable
from random import Random
from uuid import UUID, uuid4

from PIL import Image

from letters.actions import scan_storage, scans
from letters.actions.originals import FORM_AT, form_of
from letters.composition.places import FormPlaces, form_places
from letters.models import Application, Grant, Letter, Scan, ScanDelivery, Vendor, WorkItem
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from tests.letters import rounds
from tests.reading import pens

RECEIVED_UNTIL = datetime.date(2026, 4, 1)
Hand = Callable[[Image.Image, FormPlaces, Random], None]


def posted(count: int) -> list[Letter]:
    """The letters of a round, zeker and onzeker in turn, in the post."""
    part = rounds.made(count)
    rounds.post(part)
    return rounds.letters(part)


def paper(letter: Letter) -> tuple[Image.Image, FormPlaces]:
    """The form of a letter as it was printed, and where its fields are."""
    with acting_as(SYSTEM_ACTOR):
        pdf, persons = form_of(Letter.objects.select_related("part__round__handover").get(pk=letter.pk))
    return pens.sheet(pdf, FORM_AT), form_places(letter.klasse, persons)


def signed(sheet: Image.Image, places: FormPlaces, random: Random) -> None:
    """Signed and dated, as most people do."""
    pens.sign(sheet, places.signature, random)
    pens.date(sheet, places.date, random)


def both_signed(sheet: Image.Image, places: FormPlaces, random: Random) -> None:
    """Signed by both partners."""
    signed(sheet, places, random)
    pens.sign(sheet, places.partner, random)


def blank(sheet: Image.Image, places: FormPlaces, random: Random) -> None:
    """Sent back as it came."""


def scanned(letter: Letter, *hands: Hand, seed: int = 1, **scanner: object) -> bytes:
    """The form of a letter after some hands, as a scanner delivers it: JPEG 60, 200 dpi, turned a little."""
    sheet, places = paper(letter)
    random = Random(seed)
    for hand in hands:
        hand(sheet, places, random)
    return pens.jpeg(pens.scan(sheet, random, **scanner))


def pile() -> ScanDelivery:
    """The one delivery of scans."""
    vendor, _ = Vendor.objects.get_or_create(name="Drukkerij Waterveen")
    return ScanDelivery.objects.filter(vendor=vendor).first() or ScanDelivery.objects.create(
        id=uuid4(), vendor=vendor, expected=1, received_until=RECEIVED_UNTIL
    )


def deliver(content: bytes, vendor_code: str = "", media_type: str = "image/jpeg") -> UUID:
    """A scan that waits, as the API leaves it."""
    with acting_as(SYSTEM_ACTOR):
        scan = Scan.objects.create(
            id=uuid4(),
            delivery=pile(),
            sha256=hashlib.sha256(content).hexdigest(),
            media_type=media_type,
            size=len(content),
            vendor_code=vendor_code,
        )
    scan_storage.write(scan.pk, content)
    return scan.pk


def taken_in(content: bytes, vendor_code: str = "") -> Scan:
    """A scan after a worker took it in."""
    key = deliver(content, vendor_code)
    assert scans.process(scan_id=key)
    return scan(key)


def scan(key: UUID) -> Scan:
    with acting_as(SYSTEM_ACTOR):
        return Scan.objects.select_related("letter").get(pk=key)


def queues() -> list[str]:
    """The kinds of work that is open, in order."""
    with acting_as(SYSTEM_ACTOR):
        return sorted(WorkItem.objects.open().values_list("kind", flat=True))


def granted() -> int:
    """How many grants there are."""
    with acting_as(SYSTEM_ACTOR):
        return Grant.objects.count()


def application_of(letter: Letter) -> Application | None:
    with acting_as(SYSTEM_ACTOR):
        return Application.objects.filter(approach=letter.approach_id).first()
