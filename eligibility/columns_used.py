"""Which columns of a delivery the rules of a koppeling read, so that one that nobody needs is noticed.

Read by hand out of blackbox/sql and handover.sql; tests/eligibility/test_columns.py holds it to them.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from eligibility import bronnen
from eligibility.intake.gba_v import ELEMENT_OF
from eligibility.selection import FOR_TARGET_GROUPS, YEARS_BACK

#: Kept and handed over, and then looked at by nothing.
UNREAD = frozenset({"functie_adres"})
_LASTS = "laptop"
_WHOLE = (bronnen.LAYOUT_LEERLINGEN, bronnen.LAYOUT_OPTOUT)


@dataclass(frozen=True, slots=True)
class Rules:
    """What a koppeling goes by: grounds as (bron, year from that of the peildatum), and the regelingen.

    Of each regeling stands whether it is granted per child.
    """

    grounds: Collection[tuple[str, int]]
    regelingen: Mapping[str, bool]

    def looks_at(self, bron: str, offset: int) -> bool:
        """Whether a list about that year says anything: of income, for a target group, or who has it."""
        in_target_group = offset in FOR_TARGET_GROUPS.get(bron, ())
        return (bron, offset) in self.grounds or in_target_group or self.has_already(bron, offset)

    def has_already(self, bron: str, offset: int) -> bool:
        """Whether a list about that year says who has a regeling; a laptop lasts for years."""
        back = -YEARS_BACK if bron == _LASTS else 0
        return bron in self.regelingen and back <= offset <= 0


def read_of(layout: str, bron: str, offset: int, rules: Rules) -> frozenset[str]:
    """The columns of one delivery that the rules read; `offset` is its year from that of the peildatum."""
    if layout == bronnen.LAYOUT_BRP:
        return frozenset(bronnen.BRP_COLUMNS) - UNREAD
    if layout == bronnen.LAYOUT_GBA_V:
        return frozenset(bronnen.GBA_V_COLUMNS) - {ELEMENT_OF[name] for name in UNREAD}
    if layout in _WHOLE:
        return frozenset(bronnen.BRON_BY_CODE[bron].columns)
    if not rules.looks_at(bron, offset):
        return frozenset()
    if layout == bronnen.LAYOUT_IB_TOETS:
        return frozenset({"bsn", "antwoord"})
    per_child = rules.has_already(bron, offset) and rules.regelingen[bron]
    return frozenset({"bsn", "bsn_kind"} if per_child else {"bsn"})


def read_by(deliveries: Iterable[tuple[str, str, int]], rules: Rules) -> set[tuple[str, str]]:
    """(bron, column) of all deliveries of a koppeling, each given as layout, bron and offset."""
    return {
        (bron, column)
        for layout, bron, offset in deliveries
        for column in read_of(layout, bron, offset, rules)
    }
