"""Why somebody came out of a koppeling, in plain Dutch: what lies sealed, and the rule that was applied.

The rules stand in `rules_told`, in words a resident reads. A seal is about one person: of others in his
household only that something was known of them, never in which bron.
"""

import datetime
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from eligibility import rules_told
from eligibility.bronnen import BRON_BY_CODE, ONZEKER, ZEKER
from eligibility.regelingen import REGELINGEN

#: One row of a client file: the bron, the year counted from the peildatum, what it says of income.
Use = tuple[str, int, str | None]

_TITLES: Mapping[str, str] = {item.code: item.title for item in REGELINGEN}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one person came out. `others_*` is what was known of the other adults of his household together."""

    adult: bool
    uses: tuple[Use, ...]
    others_zeker: bool
    others_onzeker: bool
    #: The answer of the Inlichtingenbureau about the household: ja, nee, or none.
    test: str
    #: How a pupil was found in the bron `leerlingen`: kind of school and year (empty when unknown).
    school: tuple[tuple[str, int | None], ...]
    #: Each regeling of the household, its class, and whether it is for this person.
    outcomes: tuple[tuple[str, str, bool], ...]


def read(text: str) -> Reason:
    """A reason as the box writes it and a seal holds it."""
    held = json.loads(text)
    mine = set(held["voor"] or ())
    return Reason(
        adult=held["volwassen"],
        uses=tuple((bron, years, klasse) for bron, years, klasse in held["rijen"] or ()),
        others_zeker=held["ander_zeker"],
        others_onzeker=held["ander_onzeker"],
        test=held["toets"] or "",
        school=tuple((kind, year) for kind, year in held["school"] or ()),
        outcomes=tuple((code, klasse, code in mine) for code, klasse in held["uitkomst"] or ()),
    )


def rule_lines(regelingen: Sequence[str]) -> list[str]:
    """The rules in B1: on income, on who has it already, and who each of these regelingen is for."""
    about = (f"{_title(code)}: {rules_told.RULES[code]}" for code in regelingen)
    return [*rules_told.INCOME, rules_told.ALREADY, *about]


def lines(reason: Reason, peildatum: datetime.date) -> list[str]:
    """All that is known of why this person came out, as sentences that can be read to him."""
    return [
        *_found_for(reason),
        *_sources(reason, peildatum.year),
        *_income(reason),
        *rule_lines([code for code, _, _ in reason.outcomes]),
    ]


def _found_for(reason: Reason) -> Iterator[str]:
    for code, klasse, mine in reason.outcomes:
        who = "Deze persoon is" if mine else "Het huishouden, maar niet voor deze persoon, is"
        yield f"{who} gevonden voor: {_title(code)} ({klasse})."


def _sources(reason: Reason, year: int) -> Iterator[str]:
    yield "Gebruikte bron: Basisregistratie Personen, voor het adres, de leeftijd en het huishouden."
    for code, years, klasse in reason.uses:
        said = {
            ZEKER: "dit bestand maakt zeker dat het inkomen laag genoeg is",
            ONZEKER: "dit bestand geeft een aanwijzing voor een laag inkomen",
        }.get(klasse or "", "dit bestand zegt hier niets over het inkomen")
        yield f"Gebruikte bron: {BRON_BY_CODE[code].title} ({year + years}): {said}."
    for kind, grade in reason.school:
        where = f"{kind}, leerjaar {grade}" if grade is not None else kind
        yield f"Gebruikte bron: Leerlingen: staat ingeschreven op school ({where})."
    if reason.test:
        said = "past bij de regelingen" if reason.test == "ja" else "is te hoog"
        yield f"Gebruikte bron: Toets van het Inlichtingenbureau: het inkomen van het huishouden {said}."


def _income(reason: Reason) -> Iterator[str]:
    if reason.others_zeker:
        yield "Door gegevens over een ander in het huishouden is zeker dat het inkomen laag genoeg is."
    elif reason.others_onzeker:
        yield "Gegevens over een ander in het huishouden geven een aanwijzing voor een laag inkomen."


def _title(code: str) -> str:
    return _TITLES.get(code, code)
