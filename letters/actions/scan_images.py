"""A page of a scan for somebody who looks at it. What the vendor sent itself never reaches a browser."""

import io

from PIL import Image

from letters.actions import scan_storage
from letters.models import Scan
from letters.reading.forms import Unclear, form_on
from letters.reading.guarded import open_scan
from letters.reading.model import Refused, SeenPage
from outreach.audit import Event, record

#: A4 at 200 dpi: enough to read handwriting.
WIDTH = 1654
QUALITY = 75


class NoImage(Exception):
    """There is no such page, or nothing that can be shown. `str()` is Dutch."""

    def __str__(self) -> str:
        return "Dit beeld kunnen we niet tonen."


def picture(*, scan: Scan, page: int) -> bytes:
    """A page (from 1) as a JPEG that we drew ourselves, the right way up; the look is audited.

    For a user who may see the household of the scan. Raises NoImage.
    """
    try:
        pages = open_scan(scan_storage.read(scan.pk))
    except (Refused, scan_storage.ImageGone) as error:
        raise NoImage from error
    if not 1 <= page <= len(pages):
        raise NoImage
    record(Event.SCAN_SEEN, "scan", [scan.pk], details={"bladzijde": page})
    image = _upright(pages[page - 1])
    if image.width > WIDTH:
        image = image.resize((WIDTH, round(image.height * WIDTH / image.width)), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


_TURNS = {
    (0, -1): Image.Transpose.ROTATE_270,
    (0, 1): Image.Transpose.ROTATE_90,
    (-1, 0): Image.Transpose.ROTATE_180,
}


def _upright(page: SeenPage) -> Image.Image:
    """The page turned as its own code stands; a page without one stays as it came."""
    try:
        (left_x, left_y), (right_x, right_y), *_ = form_on([page]).places[0].corners
    except Unclear:
        return page.image
    across, down = right_x - left_x, right_y - left_y
    side = ((across > 0) - (across < 0), 0) if abs(across) > abs(down) else (0, (down > 0) - (down < 0))
    return page.image.transpose(_TURNS[side]) if side in _TURNS else page.image
