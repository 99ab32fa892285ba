"""A file of a stranger as grey pages. Runs in the guarded child process only."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator

import pypdfium2
from PIL import Image, ImageOps, UnidentifiedImageError
from pypdfium2 import raw

from letters.reading.files import Kind, kind_of
from letters.reading.model import LONG_SIDE, MAX_PAGES, Fault, Refused

#: A4 at 600 dpi.
MAX_PIXELS = 36_000_000
_SIDE_TOO_SMALL = 400

Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)
_FORMATS = {Kind.TIFF: "TIFF", Kind.PNG: "PNG", Kind.JPEG: "JPEG"}


def grey_pages(content: bytes) -> Iterator[Image.Image]:
    """The pages of a file, one by one, as grey pictures of at most LONG_SIDE. Raises Refused."""
    kind = kind_of(content)
    try:
        yield from _pdf_pages(content) if kind == Kind.PDF else _image_pages(content, _FORMATS[kind])
    except Refused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        raise Refused(Fault.TOO_HEAVY) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, TypeError, KeyError, EOFError):
        # Pillow tells of a damaged file in each of these ways.
        raise Refused(Fault.DAMAGED) from None
    except pypdfium2.PdfiumError:
        raise Refused(Fault.DAMAGED) from None


def _image_pages(content: bytes, name: str) -> Iterator[Image.Image]:
    with Image.open(io.BytesIO(content), formats=[name]) as image:
        if name == "JPEG":
            image.draft("L", (LONG_SIDE, LONG_SIDE))
        for number in range(MAX_PAGES + 1):
            try:
                image.seek(number)
            except EOFError:
                return
            if number == MAX_PAGES:
                raise Refused(Fault.PAGES)
            yield _grey(image)
            if name != "TIFF":
                return


def _grey(image: Image.Image) -> Image.Image:
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise Refused(Fault.TOO_HEAVY)
    if min(width, height) < _SIDE_TOO_SMALL:
        raise Refused(Fault.DAMAGED)
    turned = ImageOps.exif_transpose(image)
    if turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info:
        turned = Image.alpha_composite(Image.new("RGBA", turned.size, "white"), turned.convert("RGBA"))
    if turned.mode.startswith("I;16"):
        turned = turned.point(lambda value: value / 256)
    grey = turned.convert("L")
    if max(grey.size) > LONG_SIDE:
        scale = LONG_SIDE / max(grey.size)
        grey = grey.resize((round(grey.width * scale), round(grey.height * scale)), Image.Resampling.BOX)
    return grey


def _pdf_pages(content: bytes) -> Iterator[Image.Image]:
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise Refused(Fault.ENCRYPTED if "assword" in str(error) else Fault.DAMAGED) from None
    try:
        if raw.FPDF_GetSecurityHandlerRevision(document.raw) != -1:
            raise Refused(Fault.ENCRYPTED)
        if raw.FPDFDoc_GetJavaScriptActionCount(document.raw) > 0:
            raise Refused(Fault.SCRIPT)
        if len(document) > MAX_PAGES:
            raise Refused(Fault.PAGES)
        for number in range(len(document)):
            yield _drawn(document[number])
    finally:
        document.close()


def _drawn(page: pypdfium2.PdfPage) -> Image.Image:
    width, height = page.get_size()
    if min(width, height) < 1 or max(width, height) / min(width, height) > 10:
        raise Refused(Fault.DAMAGED)
    scale = LONG_SIDE / max(width, height)
    return page.render(scale=scale, grayscale=True, may_draw_forms=False).to_pil().convert("L")
