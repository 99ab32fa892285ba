"""Looplijsten of a visit round: for each team its own addresses, in the order in which one walks."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import Count

from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Looplijst, LooplijstItem, Round

# Street by street: up along the odd numbers, back along the even ones. Equal numbers stay together.
DOORS = (
    'city COLLATE "C", street COLLATE "C", (house_number %% 2 = 0),'
    " CASE WHEN house_number %% 2 = 1 THEN house_number ELSE -house_number END"
)
# Numbers in a suffix by their value, so that 2 comes before 10: each is written with twenty digits.
_SUFFIX = (
    r"regexp_replace(regexp_replace(house_suffix, '(\d+)', '00000000000000000000\1', 'g'),"
    r" '0*(\d{20})(?!\d)', '\1', 'g')"
)
WALKING_ORDER = (
    f'{DOORS}, house_letter COLLATE "C", {_SUFFIX} COLLATE "C", house_suffix COLLATE "C", household_id'
)

# A household in the area of two teams is for the first one. A protected address is for the municipality.
# Nobody goes past where an adult died or moved away: what was found there is about other people.
_OWN = """
    SELECT DISTINCT ON (h.id) h.id AS household_id, tb.team_id, h.city, h.street, h.house_number,
           h.house_letter, h.house_suffix
    FROM outreach_approach a
    JOIN outreach_household h ON h.id = a.household_id
    JOIN outreach_team_buurten tb ON tb.buurt_id = h.buurt_code
    JOIN outreach_team t ON t.id = tb.team_id
    WHERE a.round_id = %(round)s AND NOT t.all_areas AND NOT h.institution
      AND (t.municipal OR NOT h.confidential) AND NOT EXISTS (
        SELECT FROM outreach_householdmember m JOIN outreach_person p ON p.id = m.person_id
        WHERE m.household_id = h.id AND m.adult AND p.departed <> '')
    ORDER BY h.id, tb.team_id
"""
_LISTS = f"""
INSERT INTO outreach_looplijst (round_id, team_id)
SELECT DISTINCT %(round)s, own.team_id FROM ({_OWN}) AS own ORDER BY own.team_id
"""
_ITEMS = f"""
INSERT INTO outreach_looplijstitem (looplijst_id, round_id, household_id, position, state, attempts)
SELECT l.id, %(round)s, own.household_id,
       row_number() OVER (PARTITION BY own.team_id ORDER BY {WALKING_ORDER}), 'open', 0
FROM ({_OWN}) AS own
JOIN outreach_looplijst l ON l.round_id = %(round)s AND l.team_id = own.team_id AND l.pile
"""


def make(*, round_: Round) -> None:
    """Make a looplijst for every team with addresses in the round: its pile.

    Runs as the system, inside fixing.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LISTS, {"round": round_.pk})
        cursor.execute(_ITEMS, {"round": round_.pk})


@dataclass(frozen=True, slots=True)
class ListSize:
    """One looplijst and how many addresses it got when its round was fixed."""

    looplijst: Looplijst
    addresses: int


def sizes(round_: Round) -> list[ListSize]:
    """The looplijsten of a round, by team. Counts only: whoever asks sees no address. Costs two queries."""
    with acting_as(SYSTEM_ACTOR):
        items = LooplijstItem.objects.filter(round=round_).order_by().values_list("looplijst")
        numbers = dict(items.annotate(number=Count("pk")))
        lists = Looplijst.objects.filter(round=round_).select_related("team")
        return [ListSize(one, numbers.get(one.pk, 0)) for one in lists]


def households_without_team(round_: Round) -> int:
    """Households of a visit round that stand on no list: no team walks there, or the address is protected.

    A count only. Costs one query.
    """
    with acting_as(SYSTEM_ACTOR), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(DISTINCT a.household_id) FROM outreach_approach a WHERE a.round_id = %s"
            " AND NOT EXISTS (SELECT FROM outreach_looplijstitem i WHERE i.round_id = a.round_id"
            " AND i.household_id = a.household_id)",
            [round_.pk],
        )
        return cursor.fetchone()[0]
