"""What a municipality's own letters look like: its mark and its colour, from the settings."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops, UnidentifiedImageError

CMYK = tuple[float, float, float, float]
# The invented municipality: a dark blue.
BLUE: CMYK = (1.0, 0.55, 0.15, 0.15)
# At 300 dots an inch a mark of 15 mm is 177 high; above two million dots it only makes files large.
LEAST_HIGH, MOST_DOTS = 177, 2_000_000
_HEX = re.compile(r"#?([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})")


class HouseStyleFault(ValueError):
    """The settings name a mark or a colour that cannot be printed. The message is in Dutch."""


@dataclass(frozen=True, slots=True)
class HouseStyle:
    """`logo` is a picture in CMYK as TIFF, empty when there is none; `accent` is CMYK, each 0 to 1."""

    logo: bytes = b""
    accent: CMYK = BLUE


#: The plain mark, in blue.
PLAIN = HouseStyle()


def house_style(logo: str = "", colour: str = "") -> HouseStyle:
    """Read a picture (PNG, JPEG or TIFF) and a colour (`#00508f`, or `100,55,15,15` in per cents).

    Raises HouseStyleFault.
    """
    return HouseStyle(_logo(logo) if logo else b"", _colour(colour) if colour else BLUE)


def _colour(text: str) -> CMYK:
    if found := _HEX.fullmatch(text.strip()):
        cyan, magenta, yellow = (1 - int(part, 16) / 255 for part in found.groups())
        black = min(cyan, magenta, yellow)
        parts = [cyan - black, magenta - black, yellow - black, black]
    else:
        try:
            parts = [float(part) / 100 for part in text.split(",")]
        except ValueError:
            parts = []
    if len(parts) != 4 or not all(0 <= part <= 1 for part in parts):
        raise HouseStyleFault("GEMEENTE_KLEUR is geen kleur als #00508f, en geen CMYK als 100,55,15,15.")
    cyan, magenta, yellow, black = (round(part, 4) for part in parts)
    return cyan, magenta, yellow, black


def _logo(path: str) -> bytes:
    try:
        picture = Image.open(io.BytesIO(Path(path).read_bytes()), formats=("PNG", "JPEG", "TIFF"))
        if picture.width * picture.height > MOST_DOTS or picture.height < LEAST_HIGH:
            raise HouseStyleFault(
                f"GEMEENTE_LOGO is te grof of te groot: minstens {LEAST_HIGH} beeldpunten hoog,"
                f" samen hoogstens {MOST_DOTS}."
            )
        written = io.BytesIO()
        _for_print(picture).save(written, "TIFF")
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise HouseStyleFault("GEMEENTE_LOGO is geen bestand met een PNG, JPEG of TIFF.") from error
    return written.getvalue()


def _for_print(picture: Image.Image) -> Image.Image:
    """On white, in the inks of a printer: what is grey or black takes black ink alone."""
    if picture.mode == "CMYK":
        return picture
    clear = picture.convert("RGBA")
    white = Image.new("RGBA", clear.size, "white")
    inks = [ImageChops.invert(one) for one in Image.alpha_composite(white, clear).convert("RGB").split()]
    black = ImageChops.darker(ImageChops.darker(inks[0], inks[1]), inks[2])
    return Image.merge("CMYK", [*(ImageChops.subtract(one, black) for one in inks), black])
