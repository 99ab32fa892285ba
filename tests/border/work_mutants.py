"""Ways to take a guard of the casework away, each with its undoing and the guard that has to notice."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

_BOUNDS = Path(settings.BASE_DIR) / "outreach/migrations/sql/claim_bounds.sql"
_SHORT = "AND until <= clock_timestamp() + interval '8 hours 5 minutes'"
_OWN = "by_id::text = (SELECT nullif(current_setting('bereik.actor', true), ''))"


@dataclass(frozen=True)
class WorkMutant:
    """SQL run as `migrate`; `noticed_by` is the name of the guard that turns red."""

    name: str
    breaks: str
    mends: str
    noticed_by: str


_OF_ITEMS = "looplijst_id, position, state, attempts, last_contact_at, unreached"


def _without_trigger(table: str, trigger: str, noticed_by: str) -> WorkMutant:
    return WorkMutant(
        f"{table} without {trigger}",
        f"ALTER TABLE {table} DISABLE TRIGGER {trigger}",
        f"ALTER TABLE {table} ENABLE TRIGGER {trigger}",
        noticed_by,
    )


def _policy(name: str) -> str:
    """The statement that makes a policy, as the migration has it."""
    statements = _BOUNDS.read_text(encoding="utf-8").split(";\n")
    [found] = [one for one in statements if one.startswith(f"CREATE POLICY {name} ")]
    return found


def _weaker_policy(name: str, without: str, instead: str, noticed_by: str) -> WorkMutant:
    whole = _policy(name)
    assert without in whole, f"{name} is not as the mutant knows it"
    drop = f"DROP POLICY {name} ON outreach_claim; "
    return WorkMutant(
        f"{name} without {without[:16].strip()}",
        drop + whole.replace(without, instead),
        drop + whole,
        noticed_by,
    )


WORK_MUTANTS = (
    _without_trigger("outreach_task", "stand", "tasks_follow_their_arrows"),
    _without_trigger("outreach_sheet", "stand", "sheets_follow_their_arrows"),
    _without_trigger("outreach_referral", "stand", "referrals_follow_their_arrows"),
    _without_trigger("outreach_safetyinstruction", "stand", "instructions_follow_their_arrows"),
    *(
        _without_trigger(f"outreach_{table}", "wie", "names_are_of_who_acts")
        for table in ("task", "sheet", "referral", "safetyinstruction", "gesprek")
    ),
    _weaker_policy("zelf_bezig", _SHORT, "", "claims_are_short_and_ones_own"),
    _weaker_policy("zelf_bezig", _OWN, "true", "claims_are_short_and_ones_own"),
    _weaker_policy("zelf_of_voorbij", _SHORT, "", "claims_are_not_overwritten"),
    _weaker_policy("zelf_of_voorbij", _OWN, "true", "claims_are_not_overwritten"),
    WorkMutant(
        "a claim of any length",
        "ALTER TABLE outreach_claim DROP CONSTRAINT claim_is_short",
        "ALTER TABLE outreach_claim ADD CONSTRAINT claim_is_short"
        " CHECK (until <= taken_at + interval '8 hours') NOT VALID",
        "claims_are_short",
    ),
    _without_trigger("outreach_task", "melding_van_gemeente", "the_municipality_drops_reports"),
    _without_trigger("outreach_task", "van_wie", "tasks_of_another_are_left_alone"),
    _without_trigger("outreach_task", "melding_blijft", "reports_stay_with_the_municipality"),
    _without_trigger("outreach_looplijstitem", "inhoud", "rounds_are_filled_by_who_makes_them"),
    _without_trigger("outreach_approach", "inhoud", "rounds_are_filled_by_who_makes_them"),
    _without_trigger("outreach_referral", "overname", "answers_are_waited_for_by_who_asked"),
    _without_trigger("outreach_looplijstitem", "stand", "addresses_follow_their_arrows"),
    _without_trigger("outreach_looplijstitem", "lijst", "addresses_stay_on_their_list"),
    _without_trigger("outreach_approach", "uitkomst", "decisions_are_not_of_who_walks"),
    *(
        WorkMutant(
            f"all of outreach_{table} for the web",
            f"GRANT UPDATE ON outreach_{table} TO web",
            f"REVOKE UPDATE ON outreach_{table} FROM web; GRANT UPDATE ({columns}) ON outreach_{table} TO web",
            noticed_by,
        )
        for table, columns, noticed_by in (
            ("looplijstitem", _OF_ITEMS, "addresses_stay_on_their_list"),
            ("approach", "contact, response, result", "decisions_are_not_of_who_walks"),
        )
    ),
)
