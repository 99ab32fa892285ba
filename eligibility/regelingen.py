"""The eleven regelingen as data: what the seeding migration writes and the box reads.

The target group of each regeling is in the box (``blackbox/sql``); here is only what holds for the
regeling as a whole. ``per_child`` means that it is granted for a child, so that a brother or sister may
still have a right to it. ``ambtshalve`` means that a household whose income was tested already gets it
without a form. ``closed`` regelingen have no candidates; what was granted still counts as a ground.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Regeling:
    """One regeling; ``code`` is also the bron code of the list of people who have it."""

    code: str
    title: str
    per_child: bool = False
    ambtshalve: bool = False
    closed: bool = False


REGELINGEN: tuple[Regeling, ...] = (
    Regeling("stadspas", "Stadspas", ambtshalve=True),
    Regeling("scholierenvergoeding", "Scholierenvergoeding", per_child=True),
    Regeling("laptop", "Laptop voor scholieren", per_child=True),
    Regeling("reiskosten", "Reiskostenvergoeding voor scholieren", per_child=True),
    Regeling("czv", "Collectieve zorgverzekering"),
    Regeling("iit", "Individuele inkomenstoeslag"),
    Regeling("ov_ouderen", "Gratis openbaar vervoer voor ouderen"),
    Regeling("aov", "Tegemoetkoming aanvullend openbaar vervoer"),
    Regeling("ov_mantelzorg", "OV-vergoeding voor mantelzorgers"),
    Regeling("rtm", "Regeling tegemoetkoming meerkosten"),
    Regeling("energietoeslag", "Energietoeslag", closed=True),
)

REGELING_CODES: tuple[str, ...] = tuple(regeling.code for regeling in REGELINGEN)
