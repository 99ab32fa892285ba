"""The pages that a printing vendor gets: the file of a part, the same letter by letter, and one letter anew.

All of it is decrypted or drawn in memory, for one request.
"""

import io
import json
import re
import zipfile
from collections.abc import Mapping
from uuid import UUID

import pypdfium2

from letters.actions import storage
from letters.actions.contents import layout, municipality, read_part
from letters.actions.vendor_messages import own_parts, placed_letters
from letters.composition.model import LetterFault
from letters.composition.parts import LetterRejected, render_part
from letters.models import FormerPrint, Letter, Part, Production, VendorClient
from letters.texts.catalog import NO_TEXTS
from outreach.audit import Event, record
from outreach.kernel.db import SYSTEM_ACTOR, acting_as

# The oldest moment that a zip can hold: the same part gives the same bytes.
_EPOCH = (1980, 1, 1, 0, 0, 0)
# What the library writes of the moment at which it made a file.
_DATE = re.compile(rb"(/CreationDate ?\(D:)\d{14}")
_ID = re.compile(rb"/ID\[<[0-9A-F]{32}><[0-9A-F]{32}>\]")
#: A letter that does not go out any more is not printed again either.
OVER = (Production.WITHDRAWN, Production.LAPSED)


class LetterOver(Exception):
    """The letter does not go out any more. `production` says why not."""

    def __init__(self, production: str) -> None:
        super().__init__("deze brief gaat niet meer uit")
        self.production = production


class LetterUnfit(Exception):
    """The letter cannot be made any more as the data are now."""


def part_file(part: Part) -> bytes:
    """The PDF of a part; the fetch is audited. Raises FileDamaged."""
    pdf = storage.read(part)
    record(Event.PART_FETCHED, "deel", [part.pk], details={"brieven": part.letters_count})
    return pdf


def part_zip(part: Part, manifest: Mapping[str, object]) -> bytes:
    """The same pages as a PDF per letter, with the manifest; audited likewise. Raises FileDamaged."""
    letters = [(key, *pages) for key, pages in _pages(part).items()]
    source = pypdfium2.PdfDocument(part_file(part))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            zipfile.ZipInfo("manifest.json", _EPOCH), json.dumps(manifest, ensure_ascii=False, default=str)
        )
        for key, first, count in letters:
            archive.writestr(zipfile.ZipInfo(f"{key}.pdf", _EPOCH), _cut(source, first, count))
    source.close()
    return packed.getvalue()


def _pages(part: Part) -> dict[UUID, tuple[int, int]]:
    """The first page and the number of pages of each letter in the file, in order."""
    now = Letter.objects.filter(part=part, first_page__isnull=False).values_list("pk", "first_page", "pages")
    then = FormerPrint.objects.filter(part=part).values_list("letter_id", "first_page", "pages")
    found = {key: (first or 0, count or 0) for key, first, count in [*then, *now]}
    return {key: found[key] for key, _ in placed_letters(part)}


def _cut(source: pypdfium2.PdfDocument, first: int, count: int) -> bytes:
    made = pypdfium2.PdfDocument.new()
    made.import_pages(source, list(range(first - 1, first - 1 + count)))
    written = io.BytesIO()
    made.save(written)
    made.close()
    return _without_its_moment(written.getvalue())


def _without_its_moment(pdf: bytes) -> bytes:
    """The same file whenever it was made: date and id are put to the same length of zeros and nines."""
    dated = _DATE.sub(lambda found: found[1] + b"20000101000000", pdf)
    return _ID.sub(b"/ID[<" + b"9" * 32 + b"><" + b"9" * 32 + b">]", dated)


def letter_again(*, client: VendorClient, letter_id: UUID) -> bytes:
    """One letter drawn anew, to replace spoiled paper; audited.

    Raises Letter.DoesNotExist when this vendor does not have it to print, LetterOver when it does not go out
    any more, and LetterUnfit.
    """
    with acting_as(SYSTEM_ACTOR):
        letter = Letter.objects.select_related("part__round__handover").get(
            pk=letter_id, part__in=own_parts(client)
        )
        if letter.production in OVER or letter.first_page is None:
            raise LetterOver(letter.production)
        others = Letter.objects.filter(part=letter.part).exclude(pk=letter.pk).values_list("pk", flat=True)
        contents = read_part(letter.part, left_out=[str(key) for key in others])
    data = contents.get(str(letter.pk))
    if data is None:
        raise LetterUnfit
    try:
        pdf = render_part([data], layout(letter.part), NO_TEXTS, municipality()).pdf
    except (LetterRejected, LetterFault) as fault:
        raise LetterUnfit from fault
    record(Event.LETTER_FETCHED, "brief", [letter.pk])
    return pdf
