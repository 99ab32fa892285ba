"""Writes the Logboek Dataverwerkingen of a period. For an operator with the address of `migrate`."""

import datetime

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

from outreach.actions.audit_reports import Period
from outreach.actions.data_log import exported
from outreach.audit import Event, record
from outreach.kernel.db import Actor, acting_as


def _day(typed: str) -> datetime.date:
    return datetime.date.fromisoformat(typed)


class Command(BaseCommand):
    """One line of JSON per line of the log, on standard output, oldest first."""

    help = "Schrijf het Logboek Dataverwerkingen van een periode uit, als regels JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        """The first and the last day, both within the period."""
        parser.add_argument("--van", type=_day, required=True, help="eerste dag, zoals 2026-01-31")
        parser.add_argument("--tot", type=_day, required=True, help="laatste dag, zoals 2026-01-31")

    def handle(self, *args: object, **options: object) -> None:
        """Write all lines, and that they were taken along."""
        period = Period(options["van"], options["tot"])
        if period.last < period.first:
            raise CommandError("De laatste dag ligt voor de eerste.")
        with transaction.atomic():
            written = 0
            for line in exported(period):
                self.stdout.write(line)
                written += 1
            with acting_as(_who()):
                days = {"van": period.first.isoformat(), "tot": period.last.isoformat(), "regels": written}
                record(Event.DATA_LOG_EXPORTED, "logboek dataverwerkingen", details=days)


def _who() -> Actor:
    """Nobody signed in: in the audit stands the login to the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_user")
        return Actor(id=cursor.fetchone()[0], kind="databaserol")
