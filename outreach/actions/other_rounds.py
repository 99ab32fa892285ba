"""What other rounds say of a household that a new round would bring in.

Two conditions on a candidate `c` of a household `h`, for the choice of `rounds`. Between two koppelingen a
household is known by its adults, since each koppeling brings households of its own. Source: decision 0017.
"""

from dataclasses import dataclass

# What leaves nothing to bring up: it was granted, they are being helped, or they said that they have it.
# All who are adults here were adults there: who began a household of his own with somebody else is another
# household for a regeling. A regeling is for a year, so a peildatum a year later asks again.
SETTLED = """EXISTS (
    SELECT FROM outreach_householdmember me
    JOIN outreach_householdmember then_ ON then_.person_id = me.person_id AND then_.adult
    JOIN outreach_approach b ON b.household_id = then_.household_id
    JOIN outreach_household bh ON bh.id = b.household_id
    JOIN outreach_handover earlier ON earlier.id = bh.handover_id
    JOIN outreach_handover now_ ON now_.id = h.handover_id
    WHERE me.household_id = h.id AND me.adult AND b.regeling_id = c.regeling_id
      AND b.result IN ('toegekend', 'hulp_bij_aanvraag', 'heeft_al')
      AND earlier.peildatum > now_.peildatum - interval '1 year'
      AND NOT EXISTS (
        SELECT FROM outreach_householdmember other WHERE other.household_id = h.id AND other.adult
          AND NOT EXISTS (
            SELECT FROM outreach_householdmember was
            WHERE was.household_id = b.household_id AND was.person_id = other.person_id AND was.adult)))
"""
# A visit round that was fixed and not closed. Somebody still goes there, or has been there about just this.
RUNNING = """EXISTS (
    SELECT FROM outreach_householdmember me
    JOIN outreach_householdmember there ON there.person_id = me.person_id AND there.adult
    JOIN outreach_approach b ON b.household_id = there.household_id
    JOIN outreach_round r ON r.id = b.round_id
    WHERE me.household_id = h.id AND me.adult
      AND r.kind = 'bezoek' AND r.state IN ('vastgesteld', 'lopend')
      AND (b.regeling_id = c.regeling_id OR NOT EXISTS (
        SELECT FROM outreach_looplijstitem i
        WHERE i.round_id = b.round_id AND i.household_id = b.household_id AND i.state = 'klaar')))
"""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Households that a round does not bring in, because of other rounds. No household counts in both.

    `running` of which somebody goes there already for a round that is not closed, `settled` of which all that
    the round would bring was arranged in a round before.
    """

    running: int = 0
    settled: int = 0
