"""What happens to a letter at the vendor and in the house where it falls on the mat: drawn by seed."""

from __future__ import annotations

from dataclasses import dataclass, fields
from random import Random

SIGNED, BLANK, REMARKED, STRUCK, FAINT, ALONE = (
    "getekend",
    "leeg",
    "opmerking",
    "doorgestreept",
    "zwak",
    "alleen",
)
REFUSALS = ("adres", "buiten_kader", "bestand", "overig")
RETURNS = (
    "verhuisd",
    "onbekend_op_adres",
    "adres_onvolledig",
    "adres_bestaat_niet",
    "geen_brievenbus",
    "geweigerd",
    "overleden",
    "niet_afgehaald",
    "overig",
)


@dataclass(frozen=True, slots=True)
class Shares:
    """How often something happens, between 0 and 1. Of forms in the post first `returned`, then the rest."""

    refused: float = 0.01
    spoiled: float = 0.02
    returned: float = 0.04
    silent: float = 0.15
    blank: float = 0.08
    remarked: float = 0.04
    struck: float = 0.04
    faint: float = 0.02
    alone: float = 0.02
    uninvited: float = 0.01
    turned: float = 0.1
    twice: float = 0.03
    foreign: float = 0.02
    miskeyed: float = 0.01
    late: float = 0.2
    repeated: float = 0.1
    astray: float = 0.005
    cut: float = 0.1


#: The option of the command line for each share, and what it says.
OPTIONS = {
    "refused": ("geweigerd", "brieven die de drukker weigert"),
    "spoiled": ("beschadigd", "brieven die in de pers kapot gaan en opnieuw geprint worden"),
    "returned": ("onbestelbaar", "brieven die terugkomen"),
    "silent": ("stil", "formulieren waarop niemand antwoordt"),
    "blank": ("leeg", "formulieren zonder handtekening"),
    "remarked": ("opmerking", "formulieren waar iets bij geschreven is"),
    "struck": ("doorgestreept", "formulieren waarin iets is doorgestreept"),
    "faint": ("zwak", "formulieren met een kleine, bleke handtekening"),
    "alone": ("alleen", "formulieren waarop de partner niet tekent"),
    "uninvited": ("onbekend", "formulieren waarop ook iemand tekent die er niet op staat"),
    "turned": ("ondersteboven", "scans die op hun kop staan"),
    "twice": ("dubbel", "vellen die twee keer gescand worden"),
    "foreign": ("vreemd", "vellen in de stapel die niet van ons zijn"),
    "miskeyed": ("verkeerde-code", "scans met een code van een ander in de gegevens"),
    "late": ("laat", "meldingen die pas na de scans komen"),
    "repeated": ("herhaald", "meldingen die twee keer komen"),
    "astray": ("verdwaald", "meldingen over een brief die niet van ons is, per brief"),
    "cut": ("verbroken", "stukken document waarbij de lijn breekt"),
}
assert set(OPTIONS) == {field.name for field in fields(Shares)}


@dataclass(frozen=True, slots=True)
class Fate:
    """What will happen to one letter. `answer` is empty when nobody sends the form back."""

    refused: str
    spoiled: int
    returned: str
    answer: str
    uninvited: bool


def draw(rng: Random, shares: Shares) -> Fate:
    """The fate of one letter. Draws as often for every letter, so that one share does not shift another."""
    refusal, reason = rng.choice(REFUSALS), rng.choice(RETURNS)
    refused, spoiled, returned, silent, kind, uninvited = (rng.random() for _ in range(6))
    return Fate(
        refused=refusal if refused < shares.refused else "",
        spoiled=1 if spoiled < shares.spoiled else 0,
        returned=reason if returned < shares.returned else "",
        answer="" if silent < shares.silent else _answer(kind, shares),
        uninvited=uninvited < shares.uninvited,
    )


def _answer(drawn: float, shares: Shares) -> str:
    kinds = (
        (BLANK, shares.blank),
        (REMARKED, shares.remarked),
        (STRUCK, shares.struck),
        (FAINT, shares.faint),
        (ALONE, shares.alone),
    )
    for kind, share in kinds:
        if drawn < share:
            return kind
        drawn -= share
    return SIGNED


def dice(*words: object) -> Random:
    """A generator of its own for one thing: the same words give the same numbers, whatever went before."""
    return Random("|".join(str(word) for word in words))  # noqa: S311 - nobody may not guess this
