"""The vendor beside our rows: a client for him, a day of his work, and his journal beside the database."""

from pathlib import Path

from letters.actions import scans, vendor_clients
from letters.models import Letter, Scan, ScanOutcome
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Role
from tests import factories
from tests.letters import rounds
from tools.drukker.client import Api
from tools.drukker.fates import Shares
from tools.drukker.journal import Journal, Row
from tools.drukker.vendor import Vendor


def access(label: str = "proef") -> tuple[str, str]:
    """The id and the secret of a new client of the vendor of these tests."""
    admin = factories.user(Role.FUNCTIONEEL_BEHEERDER)
    with acting_as(admin.actor()):
        issued = vendor_clients.make(vendor=rounds.vendor(), label=label, sandbox=False, by=admin)
    return issued.client.application.client_id, issued.secret


def vendor(address: str, folder: Path, keys: tuple[str, str], shares: Shares, **options: object) -> Vendor:
    """The vendor with his journal in a folder, who says nothing on the screen."""
    api = Api(address, *keys, sleep=lambda seconds: None)
    return Vendor(api, Journal(folder), shares, say=lambda text: None, **options)


def rows(journal: Journal) -> dict[str, Row]:
    """What the vendor did, by letter."""
    return {row.letter: row for page in journal.parts() for row in page.rows}


def letters() -> dict[str, Letter]:
    """What we know of the letters that went to him, by letter; those about a decision come after."""
    with acting_as(SYSTEM_ACTOR):
        found = Letter.objects.exclude(part__batch=None).select_related("approach", "part")
        return {str(letter.pk): letter for letter in found}


def process_all() -> None:
    """Process every scan that waits, as the worker does."""
    with acting_as(SYSTEM_ACTOR):
        waiting = list(Scan.objects.filter(outcome=ScanOutcome.WAITING).values_list("pk", flat=True))
    for scan in waiting:
        scans.process(scan_id=scan)
