"""Reading the QRs on a grey page."""

from __future__ import annotations

import zxingcpp
from PIL import Image

from letters.reading.model import SeenCode

_MOST = 12
_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


def read_codes(page: Image.Image) -> tuple[SeenCode, ...]:
    """Every QR that can be read on a page, whosever it is.

    zxing may raise on a symbol that it finds and cannot make sense of: then the page has no codes, and a
    person looks at it.
    """
    try:
        found = zxingcpp.read_barcodes(page, formats=_QR, try_invert=False)
    except (RuntimeError, ValueError):
        return ()
    return tuple(_seen(one) for one in found[:_MOST])


def _seen(code: zxingcpp.Barcode) -> SeenCode:
    place = code.position
    corners = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    one, two, three, four = ((float(point.x), float(point.y)) for point in corners)
    return SeenCode(code.text[:64], (one, two, three, four))
