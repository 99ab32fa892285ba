"""The scanner: a sheet goes in askew, sometimes upside down, and comes out grey, noisy and pressed."""

from __future__ import annotations

import time
from dataclasses import dataclass
from io import BytesIO
from random import Random

import pypdfium2
from PIL import Image, ImageChops, ImageFilter

from tools.drukker.pages import DPI, px

WHITE = 250
# A PDF says when it was made; the same feed must give the same bytes.
_DAY = time.struct_time((2026, 1, 1, 0, 0, 0, 3, 1, 0))


@dataclass(frozen=True, slots=True)
class Feed:
    """How a sheet went through: degrees askew, upside down or not, noise and JPEG quality."""

    angle: float
    turned: bool
    noise: float
    grain: int
    quality: int
    blur: float
    brightness: float
    kind: str


def feed(rng: Random, turned_share: float) -> Feed:
    """How the next sheet goes in. At most three degrees askew."""
    return Feed(
        angle=rng.uniform(-3, 3),
        turned=rng.random() < turned_share,
        noise=rng.uniform(2, 6),
        grain=rng.getrandbits(32),
        quality=rng.randint(60, 85),
        blur=rng.uniform(0.2, 0.7),
        brightness=rng.uniform(0.94, 1.0),
        kind=rng.choices(("JPEG", "PDF", "TIFF"), (0.8, 0.1, 0.1))[0],
    )


def scan(sheet: Image.Image, how: Feed) -> bytes:
    """The picture of a sheet in grey at DPI, pressed as JPEG: by itself, in a PDF or in a TIFF."""
    image = sheet.rotate(how.angle + (180 if how.turned else 0), Image.Resampling.BILINEAR, fillcolor=255)
    image = image.point([min(WHITE, round(grey * how.brightness)) for grey in range(256)])
    image = image.filter(ImageFilter.GaussianBlur(how.blur))
    image = ImageChops.add(image, _grain(image.size, how), scale=1, offset=-128)
    out = BytesIO()
    if how.kind == "PDF":
        image.save(out, "PDF", quality=how.quality, resolution=DPI, creationDate=_DAY, modDate=_DAY)
    elif how.kind == "TIFF":
        image.save(out, "TIFF", compression="jpeg", quality=how.quality, dpi=(DPI, DPI))
    else:
        image.save(out, "JPEG", quality=how.quality, dpi=(DPI, DPI))
    return out.getvalue()


def opened(picture: bytes) -> Image.Image:
    """A picture of `scan` as pixels."""
    if not picture.startswith(b"%PDF-"):
        return Image.open(BytesIO(picture))
    document = pypdfium2.PdfDocument(picture)
    try:
        return document[0].render(scale=DPI / 72, grayscale=True).to_pil()
    finally:
        document.close()


def _grain(size: tuple[int, int], how: Feed) -> Image.Image:
    """Noise round 128, the same for the same feed: Pillow's own cannot be made twice."""
    # Bytes drawn evenly from 0 to 255 spread 73.9 to either side.
    spread = how.noise / 73.9
    even = Random(how.grain).randbytes(size[0] * size[1])  # noqa: S311 - grain is no secret
    return Image.frombytes(
        "L", size, even.translate(bytes(round(128 + (v - 127.5) * spread) for v in range(256)))
    )


def other_mail(rng: Random) -> Image.Image:
    """A sheet that is not ours and lay in the same tray."""
    sheet = Image.new("L", (px(210), px(297)), 255)
    for row in range(px(30), px(250), px(7)):
        sheet.paste(60, (px(25), row, px(rng.uniform(90, 180)), row + px(1.6)))
    return sheet
