"""Whose form a scan is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from letters.composition.codes import FormCodeInvalid, parse
from letters.composition.places import CODES
from letters.reading.model import SeenCode, SeenPage


@dataclass(frozen=True, slots=True)
class FormCode:
    """The one form of ours on a scan: its code, its page, and where its codes stand."""

    code: str
    page: int
    image: Image.Image
    places: tuple[SeenCode, ...]


class Unclear(Exception):
    """A scan on which we cannot say whose form it is. `why` is kept with the scan."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


NO_CODE = "geen_code"
MORE_FORMS = "meer_formulieren"


def form_on(pages: Sequence[SeenPage]) -> FormCode:
    """The form on a scan. Codes of others, and ours with a wrong check character, do not count.

    Raises Unclear when there is none, when two of ours differ, and when the same stands there too often to be
    one sheet.
    """
    own = [
        (parsed, page, seen)
        for page in pages
        for seen in page.codes
        if (parsed := _parsed(seen.text)) is not None
    ]
    if not own:
        raise Unclear(NO_CODE)
    (parsed, page, _), *_others = own
    same = [seen for other, where, seen in own if other == parsed and where is page]
    if len(same) != len(own) or len(same) > len(CODES):
        raise Unclear(MORE_FORMS)
    return FormCode(*parsed, page.image, tuple(same))


def _parsed(text: str) -> tuple[str, int] | None:
    try:
        return parse(text)
    except FormCodeInvalid:
        return None
