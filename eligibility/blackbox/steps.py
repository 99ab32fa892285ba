"""The steps of a run, in order: each one SQL file in ``sql/`` and the tables that it fills.

A step reads what deliveries and earlier steps left and writes only its own tables, so that it can be
done again after it was cut off. Its SQL is given the run, and the deliveries that the run takes by kind,
as whole numbers: in a name (``run_lid_%(run)s``) they pick the partition, in a list they let PostgreSQL
leave out all others while it plans.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

_SQL_FOLDER = Path(__file__).parent / "sql"

Parameters = Mapping[str, int | list[int]]


@dataclass(frozen=True)
class Step:
    """One step. ``number`` counts from 1; ``fills`` names the parent tables that it writes."""

    number: int
    name: str
    fills: tuple[str, ...]

    @cached_property
    def sql(self) -> str:
        """The statements of the step, with named parameters."""
        return (_SQL_FOLDER / f"{self.number:02d}_{self.name}.sql").read_text(encoding="utf-8")


_NAMED: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("grenzen", ("run_grens",)),
    ("personen", ("run_persoon",)),
    ("adressen", ("run_adres",)),
    ("deelnemers", ("run_deelnemer",)),
    ("partners", ("run_paar",)),
    ("ouderparen", ("run_paar",)),
    ("volwassenen", ("run_lid",)),
    ("kinderen", ("run_lid",)),
    ("huishoudens", ("run_huishouden",)),
    ("gebruik", ("run_gebruik",)),
    ("toetsen", ("run_toets",)),
    ("klassen", ("run_klasse",)),
    ("afmeldingen", ("run_afmelding",)),
    ("leeftijden", ("run_leeftijd",)),
    ("doelgroepen", ("run_doelgroep",)),
    ("heeft_al", ("run_heeft",)),
    ("kandidaten", ("run_kandidaat_persoon", "run_kandidaat")),
    ("waterval", ()),
    ("tellingen", ()),
)

STEPS: tuple[Step, ...] = tuple(
    Step(number, name, fills) for number, (name, fills) in enumerate(_NAMED, start=1)
)
