"""The whole koppeling on a folder of deliveries, without the browser."""

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg

from eligibility.blackbox.account import account
from eligibility.blackbox.folder import Choice, Loaded, choose, examine_folder, load_chosen
from eligibility.blackbox.output import VERANTWOORDING, all_or_nothing, read_counts, write_json, write_lists
from eligibility.blackbox.run import RunConfig, StepDone, execute, register, seeded_grounds
from eligibility.blackbox.workspace import workspace
from eligibility.bronnen import seeded_agreements
from eligibility.intake.load import Keys
from eligibility.models import PostcodeBuurt
from outreach.kernel.keys import Pseudonymiser, Sealer, new_key

FIRST_YEAR, LAST_YEAR = 2019, 2031

Report = Callable[[str], None]

_WHY_LEFT = {
    "na_de_peildatum": "de peildatum van de levering ligt later",
    "nieuwere_levering": "er is een nieuwere levering",
    "nieuwere_bevolking": "er is een nieuwere levering van de bevolking",
}


class FolderHeld(Exception):
    """Deliveries with too many refused rows wait for somebody who accepts them; ``messages`` are Dutch."""

    def __init__(self, messages: list[str]) -> None:
        super().__init__(*messages)
        self.messages = messages


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked: a folder, a peildatum, where the outcome goes, and why a held delivery will do."""

    folder: Path
    reference_date: dt.date
    target: Path
    gemeentecode: str
    accepted_because: str | None = None


def koppel_folder(connection: psycopg.Connection, order: Order, report: Report) -> None:
    """Do it all and write the outcome; ``report`` gets a Dutch line for each thing that is done.

    Nothing is written and nothing is left in the box when this raises: FolderRefused, FolderHeld,
    LoadFailed, StepFailed, BoxBusy, OSError for the target. ``connection`` is one of its own, in autocommit,
    with the rights of koppel.
    """
    choice = _examine(order, report)
    with workspace(connection) as run:
        loaded = _load(connection, run, order, choice, report)
        config = RunConfig(
            order.reference_date, order.gemeentecode, tuple(one.taken for one in loaded), seeded_grounds()
        )
        register(connection, run, "map", config)
        execute(connection, run, lambda done: report(_step_line(done)))
        began = time.perf_counter()
        with all_or_nothing(order.target) as draft:
            rows = sum(write_lists(connection, run, draft).values())
            counts = read_counts(connection, run)
            content = account(
                order.reference_date, order.gemeentecode, choice, loaded, order.accepted_because, counts
            )
            write_json(draft / VERANTWOORDING, content)
        report(_line("uitvoer", rows, time.perf_counter() - began))


def _examine(order: Order, report: Report) -> Choice:
    began = time.perf_counter()
    examined = examine_folder(order.folder, seeded_agreements())
    report(_line("controle", sum(one.facts.rows for one in examined), time.perf_counter() - began))
    choice = choose(examined, order.reference_date)
    for one, reason in choice.left:
        report(f"{one.entry.name}: telt niet mee, {_WHY_LEFT[reason]}.")
    return choice


def _load(
    connection: psycopg.Connection, run: int, order: Order, choice: Choice, report: Report
) -> list[Loaded]:
    # Keys of this run alone: nobody else could read its pseudonyms, and they are gone with this process.
    keys = Keys(Pseudonymiser(new_key()), Sealer(new_key()))
    neighbourhoods = {}
    if any(one.bron.code == "gba_v" for one in choice.taken):
        neighbourhoods = dict(PostcodeBuurt.objects.values_list("postcode", "buurt_code"))
    loaded = []
    for one in load_chosen(connection, run, choice.taken, keys, neighbourhoods):
        report(_line(f"inladen {one.examined.entry.name}", one.result.rows_read, one.seconds))
        for rule, rows in sorted(one.result.refused.items()):
            report(f"{one.examined.entry.name}: {rows} geweigerd. {rule.sentence}")
        loaded.append(one)
    held = [_held_message(one) for one in loaded if one.held]
    if held and order.accepted_because is None:
        raise FolderHeld(held)
    return loaded


def _held_message(one: Loaded) -> str:
    result = one.result
    return (
        f"{one.examined.entry.name}: van de {result.rows_read} rijen zijn er {result.rows_refused} geweigerd."
        " Dat is meer dan 5%. Lever een beter bestand, of accepteer dit met --accepteer REDEN."
    )


def _step_line(done: StepDone) -> str:
    return _line(f"stap {done.number}/{done.total} {done.name}", done.rows, done.seconds)


def _line(what: str, rows: int, seconds: float) -> str:
    return f"{what:<40} {rows:>9} rijen {seconds:>8.3f} s"
