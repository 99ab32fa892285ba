"""Is a text easy enough? A gate that a machine can hold; a person's taaltoets stays the judge of B1.

The readability is Flesch-Douma, the Dutch form of Flesch's reading ease (W. H. Douma, De leesbaarheid van
landbouwbladen, 1960): 206.84 − 77 × syllables per word − 0.93 × words per sentence.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

MAX_AVERAGE = 10.0
MAX_SENTENCE = 15
MIN_FLESCH = 70.0

# Officialese with a plainer word for it: data that a communication adviser may change.
PLAINER: dict[str, str] = tomllib.loads(
    Path(__file__).with_name("vermijden.toml").read_text(encoding="utf-8")
)
# Shortenings that a reader has to know. AOW, AIO, BRP and Bbz are names, and stand as such.
ABBREVIATION = re.compile(
    r"\b(?:bijv|bv|d\.w\.z|o\.a|i\.v\.m|m\.b\.t|t\.a\.v|e\.d|enz|evt|jl|a\.s|ca|nr|incl|excl)\."
)

_VOWELS = re.compile(r"aai|ooi|oei|eeu|ieu|aa|ee|oo|uu|ie|oe|eu|ui|ei|ij|au|ou|[aeiouyäëïöüáéíóúàèìòùâêîôû]")
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_SENTENCE_END = re.compile(r"(?<=[.!?:])\s+")


@dataclass(frozen=True, slots=True)
class Score:
    """How hard a text is: words per sentence, the longest sentence in words, Flesch-Douma, words to avoid."""

    average: float
    longest: int
    flesch: float
    avoid: tuple[str, ...]


def syllables(word: str) -> int:
    """Syllables of a Dutch word: its groups of vowels, a diphthong being one; at least one.

    A number is read as one word of two syllables.
    """
    if word[0].isdigit():
        return 2
    return max(1, len(_VOWELS.findall(word.lower())))


def sentences(paragraphs: Iterable[str]) -> list[list[str]]:
    """The sentences of some paragraphs, each as its words; a heading or list item is a sentence too."""
    found = []
    for paragraph in paragraphs:
        plain = paragraph.replace("**", "").replace(" ", " ")
        found += [_WORD.findall(part) for part in _SENTENCE_END.split(plain)]
    return [words for words in found if words]


def score(paragraphs: Iterable[str]) -> Score:
    """Measure a text. Raises ValueError when there is not one sentence in it."""
    texts = list(paragraphs)
    parts = sentences(texts)
    if not parts:
        raise ValueError("De tekst heeft geen enkele zin.")
    words = [word for part in parts for word in part]
    average = len(words) / len(parts)
    per_word = sum(syllables(word) for word in words) / len(words)
    lowered = {word.lower() for word in words}
    avoid = sorted(lowered & PLAINER.keys()) + [hit for text in texts for hit in ABBREVIATION.findall(text)]
    return Score(average, max(map(len, parts)), 206.84 - 77 * per_word - 0.93 * average, tuple(avoid))


def faults(paragraphs: Iterable[str]) -> list[str]:
    """What must be mended before a text may go out, in Dutch; empty when it passes."""
    measured = score(paragraphs)
    found = []
    if measured.average > MAX_AVERAGE:
        found.append(f"Gemiddeld {measured.average:.1f} woorden per zin; hoogstens {MAX_AVERAGE:.0f}.")
    if measured.longest > MAX_SENTENCE:
        found.append(f"De langste zin heeft {measured.longest} woorden; hoogstens {MAX_SENTENCE}.")
    if measured.flesch < MIN_FLESCH:
        found.append(f"De leesbaarheid is {measured.flesch:.0f}; minstens {MIN_FLESCH:.0f}.")
    if measured.avoid:
        hints = (f"{word} (schrijf: {PLAINER.get(word, 'het hele woord')})" for word in measured.avoid)
        found.append(f"Vermijd deze woorden: {', '.join(hints)}.")
    return found
