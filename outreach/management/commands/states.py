"""Writes docs/states.md from the tables of arrows, or says that it is stale."""

from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import TextChoices

from eligibility import transitions as deliveries
from eligibility.models import DeliveryState, RunState, UnsealState
from letters import transitions as letters
from letters.models import ApplicationState, BatchState, PartState, ShareState, TemplateState
from outreach import transitions as casework
from outreach.models.breach import BreachState
from outreach.models.destruction import ListState
from outreach.models.looplijst import ItemState
from outreach.models.referral import ReferralState
from outreach.models.round import RoundState
from outreach.models.safety import SafetyState
from outreach.models.sheet import SheetState
from outreach.models.subject_request import RequestState
from outreach.models.task import TaskState
from outreach.transitions import Arrow

PATH = Path(settings.BASE_DIR) / "docs" / "states.md"

MACHINES: tuple[tuple[str, type[TextChoices], tuple[Arrow, ...]], ...] = (
    ("Levering (delivery)", DeliveryState, deliveries.DELIVERY_ARROWS),
    ("Koppeling (run)", RunState, deliveries.RUN_ARROWS),
    ("Verzoek tot ontzegelen (unseal request)", UnsealState, deliveries.UNSEAL_ARROWS),
    ("Ronde (round)", RoundState, casework.ROUND_ARROWS),
    ("Adres op een looplijst (item)", ItemState, casework.ITEM_ARROWS),
    ("Afdruk (sheet)", SheetState, casework.SHEET_ARROWS),
    ("Taak (task)", TaskState, casework.TASK_ARROWS),
    ("Datalek (breach)", BreachState, casework.BREACH_ARROWS),
    ("Overdracht aan een organisatie (referral)", ReferralState, casework.REFERRAL_ARROWS),
    ("Veiligheidsinstructie (safety instruction)", SafetyState, casework.SAFETY_ARROWS),
    ("Verzoek van een inwoner (subject request)", RequestState, casework.REQUEST_ARROWS),
    ("Vernietigingslijst (destruction list)", ListState, casework.LIST_ARROWS),
    ("Deel (part of the letters)", PartState, letters.PART_ARROWS),
    ("Partij (batch of parts)", BatchState, letters.BATCH_ARROWS),
    ("Aanvraag (application)", ApplicationState, letters.APPLICATION_ARROWS),
    ("Deling (share of names)", ShareState, letters.SHARE_ARROWS),
    ("Brieftekst (letter text)", TemplateState, letters.TEXT_ARROWS),
)

_HEAD = """# States

Made by `manage.py states` from the tables of arrows (`transitions.py` in each room); do not edit by hand.
An arrow goes through one door, `outreach.transitions.apply`, which asks who may, updates with the old state
in the filter, and writes the audit line.
"""


def _machine(title: str, states: type[TextChoices], arrows: Iterable[Arrow]) -> str:
    arrows = tuple(arrows)
    lines = [f"\n## {title}\n", "```mermaid", "stateDiagram-v2", f"  [*] --> {next(iter(states)).value}"]
    lines += [f"  {source} --> {arrow.target}: {arrow.name}" for arrow in arrows for source in arrow.sources]
    lines += ["```", "", "| arrow | from | to | who | in the audit |", "|---|---|---|---|---|"]
    lines += [_row(arrow) for arrow in arrows]
    if left := unreached(states, arrows):
        lines += ["", f"No arrow leads to this yet: {', '.join(left)}."]
    return "\n".join(lines)


def unreached(states: type[TextChoices], arrows: Iterable[Arrow]) -> list[str]:
    """The states in which nothing begins and to which no arrow leads."""
    _begin, *others = states.values
    targets = {str(arrow.target) for arrow in arrows}
    return [state for state in others if state not in targets]


def _row(arrow: Arrow) -> str:
    who = ", ".join(sorted(role.label for role in arrow.roles)) or "background work"
    return f"| {arrow.name} | {', '.join(arrow.sources)} | {arrow.target} | {who} | `{arrow.event.value}` |"


def document() -> str:
    """The whole page."""
    return "\n".join([_HEAD, *(_machine(*machine) for machine in MACHINES)]).rstrip() + "\n"


class Command(BaseCommand):
    help = "Schrijft docs/states.md uit de tabellen van toestanden."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="zeg alleen of de pagina nog klopt")

    def handle(self, *args: object, **options: object) -> None:
        if not options["check"]:
            PATH.write_text(document(), encoding="utf-8")
        elif not PATH.exists() or PATH.read_text(encoding="utf-8") != document():
            raise CommandError("docs/states.md is verouderd. Draai: manage.py states")
