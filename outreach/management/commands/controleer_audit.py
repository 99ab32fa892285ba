"""Checks the audit against its seals. For an operator with the address of `migrate`."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

from outreach.actions.seal_checks import Finding, Report, check, read_seal_file
from outreach.kernel import clock


class Command(BaseCommand):
    """Says which range somebody was in; ends with an error when there is one, or no seals are made."""

    help = "Controleer de audit: is er een regel veranderd, verwisseld, weg of afgekapt?"

    def add_arguments(self, parser: CommandParser) -> None:
        """Where the seals of the second channel lie, and the key that was written down."""
        parser.add_argument(
            "--zegels", type=Path, default=Path(settings.AUDIT_SEAL_FILE), help="het bestand met de zegels"
        )
        parser.add_argument(
            "--sleutel", action="append", help="openbare sleutel van de zegels; mag vaker worden opgegeven"
        )

    def handle(self, *args: object, **options: object) -> None:
        """Read all lines in one snapshot, and change nothing."""
        trusted = options["sleutel"] or settings.AUDIT_PUBLIC_KEYS
        try:
            shipped = read_seal_file(options["zegels"])
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(
                    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;"
                    " SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, YMD'"
                )
                report = check(shipped, trusted)
        except ValueError as error:
            raise CommandError(f"Controleren lukt niet: {error}.") from error
        self._show(report, bool(shipped))

    def _show(self, report: Report, has_file: bool) -> None:
        self.stdout.write(f"{report.lines} regels in {report.seals} zegels bekeken.")
        if report.unsealed:
            since = f"{report.unsealed_since:%d-%m-%Y %H.%M} UTC"
            self.stdout.write(f"{report.unsealed} regels zijn nog niet verzegeld (de oudste van {since}).")
        for key in sorted(report.keys):
            self.stdout.write(f"Openbare sleutel: {key}")
        if report.unpinned and report.keys:
            self.stdout.write(
                self.style.WARNING(
                    "Deze sleutel komt uit het bestand zelf. Geef met --sleutel of AUDIT_PUBLIC_KEY de"
                    " sleutel op die bij de installatie is opgeschreven."
                )
            )
        if not has_file:
            self.stdout.write(
                self.style.WARNING("Er is geen bestand met zegels: afkappen aan het einde is niet te zien.")
            )
        for finding in report.findings:
            self.stdout.write(self.style.ERROR(f"FOUT: {finding.text}{_lines(finding)}."))
        if report.findings:
            raise CommandError("De audit klopt niet. Meld dit als incident.")
        if report.stopped(clock.now()):
            raise CommandError(
                "Er wordt niet verzegeld. Loopt de werker wel, en staat er geen transactie open?"
            )
        if not report.seals:
            self.stdout.write(self.style.WARNING("Er is nog niets verzegeld: er is niets te controleren."))
            return
        self.stdout.write(self.style.SUCCESS("De audit klopt."))


def _lines(finding: Finding) -> str:
    if finding.first is None:
        return ""
    return f" (regel {finding.first} tot en met {finding.last})"
