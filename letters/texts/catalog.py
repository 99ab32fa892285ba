"""The letter texts, read from the TOML files beside this module.

`algemeen.toml` holds what all letters share; `<regeling>.toml` what one regeling adds. A regeling without a
file (energietoeslag is closed) has no letters.
"""

from __future__ import annotations

import string
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent / "nl"
SHARED = "algemeen"
KINDS = ("zeker", "onzeker", "ambtshalve")


class TextMissing(LookupError):
    """There is no letter text for this regeling and class."""

    code = "tekst"


@dataclass(frozen=True, slots=True)
class Fill:
    """What is filled in where a text has {braces}; the same for every letter of a round."""

    gemeente: str
    telefoon: str
    bereikbaar: str
    website: str
    afmeldpagina: str
    privacypagina: str
    bezoekadres: str
    postadres: str
    ondertekenaar: str
    uiterlijk: str = ""
    jaar: str = ""
    plek: str = ""
    de_regeling: str = ""


PLACES = frozenset(entry.name for entry in fields(Fill))


@dataclass(frozen=True)
class TextSet:
    """All texts of one version of the folder: shared tables, and tables per regeling."""

    shared: dict[str, Any]
    regelingen: dict[str, dict[str, Any]]

    def regeling(self, code: str) -> dict[str, Any]:
        """The tables of one regeling. Raises TextMissing."""
        if code not in self.regelingen:
            raise TextMissing(f"Er is geen brieftekst voor de regeling {code}.")
        return self.regelingen[code]

    def opening(self, code: str, kind: str) -> dict[str, Any]:
        """`onderwerp` and `opening` (and `personen` when granted) of one kind: zeker, onzeker, ambtshalve.

        Raises TextMissing.
        """
        tables = self.regeling(code)
        if kind not in tables:
            raise TextMissing(f"Er is geen brieftekst voor de regeling {code}, {kind}.")
        return tables[kind]

    def letter_paragraphs(self, code: str, kind: str) -> list[str]:
        """Every text of the letter itself, for the language gate. Raises TextMissing."""
        shared = (self.shared[table] for table in (kind, "hulp", "bronnen", "rechten", "groet"))
        return [text for node in (self.opening(code, kind), *shared) for text in _strings(node)]

    def form_paragraphs(self, code: str) -> list[str]:
        """Every text of the form, for the language gate. Raises TextMissing."""
        return [*_strings(self.shared["formulier"]), *_strings(self.regeling(code)["formulier"])]

    @cached_property
    def combinations(self) -> tuple[tuple[str, str], ...]:
        """Every (regeling, kind) that has a letter, in order."""
        pairs = ((code, kind) for code in sorted(self.regelingen) for kind in KINDS)
        return tuple((code, kind) for code, kind in pairs if kind in self.regelingen[code])


def kind_of(klasse: str, mode: str) -> str:
    """Which letter a household gets: the grant when ambtshalve, else that of its class."""
    return "ambtshalve" if mode == "ambtshalve" else klasse


def load_texts(folder: Path = FOLDER) -> TextSet:
    """Read all texts. Raises ValueError (file and word) when a text asks for what is never filled in."""
    files = sorted(folder.glob("*.toml"))
    tables = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in files}
    for name, table in tables.items():
        for text in _strings(table):
            unknown = _places(text) - PLACES
            if unknown:
                raise ValueError(f"{name}.toml: onbekend invulwoord {', '.join(sorted(unknown))}.")
    shared = tables.pop(SHARED)
    return TextSet(shared, tables)


def filled(node: Any, values: Fill) -> Any:
    """A text, or a table or list of texts, with the {words} filled in."""
    if isinstance(node, str):
        return node.format_map({place: getattr(values, place) for place in PLACES})
    if isinstance(node, dict):
        return {key: filled(value, values) for key, value in node.items()}
    return [filled(value, values) for value in node]


@dataclass(frozen=True, eq=False, slots=True)
class Wording:
    """The filled in texts of one regeling, kind and set of dates: `shared`, `opening` and `form`.

    It is equal to itself alone, so that it can tell apart what is printed alike.
    """

    shared: dict[str, Any]
    opening: dict[str, Any]
    form: dict[str, Any]


def wording(texts: TextSet, code: str, kind: str, values: Fill) -> Wording:
    """Fill in all texts that a letter needs. Raises TextMissing."""
    return Wording(
        filled(texts.shared, values),
        filled(texts.opening(code, kind), values),
        filled(texts.regeling(code)["formulier"], values),
    )


def _strings(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for value in node.values():
            yield from _strings(value)
    elif isinstance(node, list):
        for value in node:
            yield from _strings(value)


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
