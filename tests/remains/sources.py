"""Names of bronnen beside a person: a page or letter about somebody may not show where he was found."""

import re
from collections.abc import Iterable

from eligibility.bronnen import BRONNEN
from eligibility.regelingen import REGELING_CODES
from letters.texts.catalog import load_texts

_PLACE = re.compile(r"\{[a-z_]+\}|\*\*")
_SHORTEST = 6


def source_words() -> frozenset[str]:
    """Codes, titles and suppliers of the bronnen that are not themselves a regeling, and short forms."""
    foreign = [bron for bron in BRONNEN if bron.code not in REGELING_CODES]
    words = {word for bron in foreign for word in (bron.code, bron.title, bron.supplier)}
    return frozenset(word.lower() for word in words) | {"bbz", "gba-v", "uwv", "svb"}


def fixed_texts(extra: Iterable[str] = ()) -> list[str]:
    """The pieces of text that are the same for everybody: of the letters, and `extra`; the longest first."""
    texts = load_texts()
    found = {
        piece
        for node in (texts.shared, texts.regelingen)
        for text in _strings(node)
        for piece in _pieces(text)
    }
    found |= {piece for text in extra for piece in _pieces(text)}
    return sorted(found, key=len, reverse=True)


def _strings(node: object) -> Iterable[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict | list):
        for one in node.values() if isinstance(node, dict) else node:
            yield from _strings(one)


def _pieces(text: str) -> Iterable[str]:
    pieces = (_plain(piece) for piece in _PLACE.split(text))
    return [piece for piece in pieces if len(piece) >= _SHORTEST]


def _plain(text: str) -> str:
    """Lower case, without line ends, and without the hyphen of a word that was cut at one."""
    joined = text.replace("\u00ad", "").replace("\ufffe", "").replace("\u2019", "'")
    return " ".join(joined.lower().split())


def sources_named(text: str, fixed: list[str]) -> set[str]:
    """The source words that a text holds outside what is the same for everybody."""
    left = _plain(text)
    for piece in fixed:
        left = left.replace(piece, " ")
    return {word for word in source_words() if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", left)}
