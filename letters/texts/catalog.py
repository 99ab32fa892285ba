"""What letters say: the texts of all kinds, and how they are filled in.

A set of texts has shared tables, and tables per regeling. The files beside this module (`algemeen.toml`,
`<regeling>.toml`) are the texts that ship with the software; letters go out with the approved versions of
them in the database (letters/actions/templates.py). A regeling without a text of its own, such as the closed
energietoeslag, has no letters.
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
FORM = "formulier"

#: What a household gets first in a round.
FIRST = ("zeker", "onzeker", "ambtshalve")
#: What follows on a first letter.
FOLLOWING = ("herinnering", "toekenning", "aanvulling", "afwijzing")
#: What is about no application.
NOTICES = ("deelbericht", "afmelding")
KINDS = FIRST + FOLLOWING + NOTICES
#: The kinds with a form on the second page.
WITH_FORM = ("zeker", "onzeker", "herinnering", "aanvulling")
#: The kinds that bring a household something it did not ask for: they say on page 1 where that comes from.
APPROACHES = ("zeker", "onzeker", "herinnering")
#: The kinds that are a decision: one may object to them (Awb, art. 6:4 and 6:7).
DECISIONS = ("ambtshalve", "toekenning", "afwijzing")
#: The kinds with a list of points, each with a code: what is missing, and why not.
WITH_POINTS = ("aanvulling", "afwijzing")
#: What a regeling may say in its own words; the rest of a kind is the same for all.
OWN_WORDS = ("onderwerp", "opening", "personen")
#: Stands for the regeling in a letter that is about all of them.
ALL_REGELINGEN = "regelingen van de gemeente"


class TextMissing(LookupError):
    """There is no letter text for this regeling and kind."""

    code = "tekst"


@dataclass(frozen=True, slots=True)
class Fill:
    """What is filled in where a text has {braces}; the same for every letter with the same dates."""

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
    ontvangen: str = ""
    deeldatum: str = ""
    bedrag: str = ""
    grens: str = ""


PLACES = frozenset(entry.name for entry in fields(Fill))


@dataclass(frozen=True, eq=False)
class TextSet:
    """All texts that go together: shared tables, and tables per regeling. Equal to itself alone."""

    shared: dict[str, Any]
    regelingen: dict[str, dict[str, Any]]

    def regeling(self, code: str) -> dict[str, Any]:
        """The tables of one regeling. Raises TextMissing."""
        if code not in self.regelingen:
            raise TextMissing(f"Er is geen brieftekst voor de regeling {code}.")
        return self.regelingen[code]

    def lacking(self, code: str, kind: str) -> tuple[tuple[str, str], ...]:
        """The texts, as (kind, regeling or ''), that a letter needs and that are not there."""
        if (code, kind) not in self._lacking:
            needed = {("algemeen", ""), (kind, "")}
            if code:
                needed.add(("algemeen", code))
            if kind in WITH_FORM:
                needed |= {(FORM, ""), (FORM, code)}
            if "onderwerp" not in self.shared.get(kind, {}):
                needed.add((kind, code))
            self._lacking[code, kind] = tuple(sorted(pair for pair in needed if not self._has(*pair)))
        return self._lacking[code, kind]

    @cached_property
    def _lacking(self) -> dict[tuple[str, str], tuple[tuple[str, str], ...]]:
        return {}

    def _has(self, kind: str, code: str) -> bool:
        tables = self.regelingen.get(code, {}) if code else self.shared
        if kind == SHARED:
            return ("de_regeling" if code else "rechten") in tables
        return kind in tables

    def require(self, code: str, kind: str) -> None:
        """Raise TextMissing unless every text of this letter is there."""
        if kind not in KINDS or (not code and kind not in NOTICES) or self.lacking(code, kind):
            raise TextMissing(f"Er is geen brieftekst voor de regeling {code}, {kind}.")

    def opening(self, code: str, kind: str) -> dict[str, Any]:
        """`onderwerp` and `opening` (and `personen` when granted): the regeling's own, else those of all.

        Raises TextMissing.
        """
        self.require(code, kind)
        shared = self.shared[kind]
        general = {word: shared[word] for word in OWN_WORDS if word in shared}
        return general | self.regelingen.get(code, {}).get(kind, {})

    def common(self, kind: str, klasse: str) -> dict[str, Any]:
        """What all letters of a kind share. A reminder asks for the same steps as the letter before it."""
        shared = self.shared[kind]
        return self.shared.get(klasse, {}) | shared if kind == "herinnering" else shared

    def letter_paragraphs(self, code: str, kind: str) -> list[str]:
        """Every text of the letter itself, for the language gate. Raises TextMissing."""
        own = self.opening(code, kind)
        rest = {word: text for word, text in self.shared[kind].items() if word not in OWN_WORDS}
        tables = ["hulp", "groet"]
        tables += [] if kind == "aanvulling" else ["bronnen"]
        tables += ["bezwaar"] if kind in DECISIONS else []
        tables += [] if kind in ("aanvulling", "afmelding") else ["rechten"]
        shared = (self.shared[table] for table in tables)
        return [text for node in (own, rest, *shared) for text in strings(node)]

    def form_paragraphs(self, code: str) -> list[str]:
        """Every text of the form, for the language gate. Raises TextMissing."""
        return [*strings(self.shared[FORM]), *strings(self.regeling(code)[FORM])]

    @cached_property
    def combinations(self) -> tuple[tuple[str, str], ...]:
        """Every (regeling, kind) that has a letter, in order."""
        pairs = [(code, kind) for code in sorted(self.regelingen) for kind in KINDS]
        return tuple((code, kind) for code, kind in pairs if not self.lacking(code, kind))


#: For letters that each bring their own.
NO_TEXTS = TextSet({}, {})


def kind_of(klasse: str, mode: str) -> str:
    """Which letter a household gets first: the grant when ambtshalve, else that of its class."""
    return "ambtshalve" if mode == "ambtshalve" else klasse


def load_texts(folder: Path = FOLDER) -> TextSet:
    """Read the texts that ship with the software.

    Raises ValueError (file and word) when a text asks for what is never filled in.
    """
    files = sorted(folder.glob("*.toml"))
    tables = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in files}
    for name, table in tables.items():
        unknown = {word for text in strings(table) for word in places(text)} - PLACES
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
    """The filled in texts of one regeling, kind and set of dates.

    It is equal to itself alone, so that it can tell apart what is printed alike. `common` is what all letters
    of the kind share, `points` its points by their code, with an amount and a limit still to fill in. What is
    `compact` is printed a little smaller, to make room for what a letter says beside its texts.
    """

    shared: dict[str, Any]
    opening: dict[str, Any]
    common: dict[str, Any]
    form: dict[str, Any]
    points: dict[str, str]
    compact: bool = False


def wording(
    texts: TextSet, code: str, kind: str, klasse: str, values: Fill, *, compact: bool = False
) -> Wording:
    """Fill in all texts that a letter needs. Raises TextMissing."""
    opening = filled(texts.opening(code, kind), values)
    common = texts.common(kind, klasse)
    points = common.get("punten", {})
    return Wording(
        shared=filled(texts.shared, values),
        opening=opening,
        common=filled({key: node for key, node in common.items() if key != "punten"}, values),
        form=filled(texts.regeling(code)[FORM], values) if kind in WITH_FORM else {},
        points=points,
        compact=compact,
    )


def strings(node: Any) -> Iterator[str]:
    """Every text in a table or list, in order."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for value in node.values():
            yield from strings(value)
    elif isinstance(node, list):
        for value in node:
            yield from strings(value)


def places(text: str) -> set[str]:
    """The words between braces in a text. Raises ValueError when a brace has no fellow."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
