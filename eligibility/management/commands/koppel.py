"""``manage.py koppel``: the koppeling on a folder of deliveries, without the browser."""

import datetime as dt
import os
import re
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError

from eligibility.actions.box import BoxBusy
from eligibility.blackbox.folder import FolderRefused
from eligibility.blackbox.headless import FIRST_YEAR, LAST_YEAR, FolderHeld, Order, koppel_folder
from eligibility.blackbox.run import StepFailed
from eligibility.intake.refusals import LoadFailed
from eligibility.virus import ScannerFailed
from outreach.kernel.db import dedicated_connection

FAILED, REFUSED, HELD = 1, 2, 3


class Command(BaseCommand):
    """Exit codes: 0 done, 1 something broke, 2 refused, 3 held. Only 0 leaves files."""

    help = "Doet de koppeling op een map met leveringen en schrijft per regeling een lijst."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("map", help="map met levering.json en de bestanden")
        parser.add_argument(
            "--peildatum", default="", help="de datum waarop iedereen wordt bekeken, jjjj-mm-dd"
        )
        parser.add_argument("--uit", default="", help="map waar de lijsten en verantwoording.json komen")
        parser.add_argument(
            "--accepteer",
            metavar="REDEN",
            help="waarom een levering met meer dan 5%% geweigerde rijen toch mag",
        )
        parser.add_argument(
            "--gemeentecode", default=settings.GEMEENTECODE, help="vier cijfers (standaard: de instelling)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            order = read_order(options)
            with dedicated_connection() as connection:
                koppel_folder(connection, order, self._say)
        except (FolderRefused, FolderHeld) as stopped:
            for message in stopped.messages:
                self._say(message)
            sys.exit(HELD if isinstance(stopped, FolderHeld) else REFUSED)
        except (LoadFailed, StepFailed, BoxBusy, ScannerFailed) as failed:
            self._fail(str(failed))
        except psycopg.OperationalError:
            # Its own text names the host and the role.
            self._fail("De database is niet bereikbaar, of de verbinding brak af. Probeer het opnieuw.")
        except (psycopg.Error, DatabaseError) as failed:
            # Its own words may hold a value. A database that was not brought up to date is the usual cause.
            code = getattr(failed, "sqlstate", None) or getattr(failed.__cause__, "sqlstate", None)
            self._fail(
                f"De database weigert dit (databasefout {code or 'onbekend'})."
                " Is zij bijgewerkt met manage.py migrate?"
            )
        except OSError as failed:
            self._fail(f"Lezen of schrijven lukt niet: {failed.strerror or 'onbekende fout'}.")

    def _say(self, line: str) -> None:
        self.stderr.write(line, str)

    def _fail(self, message: str) -> None:
        self._say(message)
        sys.exit(FAILED)


def read_order(options: dict[str, Any]) -> Order:
    """What is asked for, checked before anything is read. Raises FolderRefused."""
    reason = options["accepteer"]
    messages = []
    if not options["uit"]:
        messages.append("Geef met --uit de map op waar de lijsten moeten komen.")
    elif not _can_be_written(Path(options["uit"])):
        messages.append("De map achter --uit kan niet worden gemaakt of beschreven.")
    if not re.fullmatch("[0-9]{4}", options["gemeentecode"]):
        messages.append("Een gemeentecode bestaat uit vier cijfers.")
    if reason is not None and not reason.strip():
        messages.append("Geef achter --accepteer een reden op.")
    day = _date(options["peildatum"])
    if day is None:
        messages.append("De peildatum is geen bestaande datum in de vorm jjjj-mm-dd.")
    elif not FIRST_YEAR <= day.year <= LAST_YEAR:
        messages.append(f"De peildatum moet in {FIRST_YEAR} tot en met {LAST_YEAR} liggen.")
    if messages or day is None:
        raise FolderRefused(messages)
    return Order(Path(options["map"]), day, Path(options["uit"]), options["gemeentecode"], reason)


def _date(text: str) -> dt.date | None:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    # fromisoformat also takes 20260301 and 2026-W09-7.
    return day if day.isoformat() == text else None


def _can_be_written(target: Path) -> bool:
    """Whether the target is, or can become, a folder that this process may write in."""
    place = target.absolute()
    while not place.exists():
        place = place.parent
    return place.is_dir() and os.access(place, os.W_OK | os.X_OK)
