"""Letters of the demo through the stand-in vendor and back, over the API, as with a real one."""

import datetime
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.core.management.base import CommandError
from django.db import transaction

from letters.actions import batches, vendor_clients
from letters.models import Grant, Letter, Scan, ScanOutcome, Vendor, WorkItem
from letters.tasks import sweep_scans
from outreach.actions import rounds as round_actions
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.management.demo import rounds
from outreach.management.demo.deliver import PATIENCE_SECONDS, wait_until
from outreach.models import Handover, Role, Round, User
from outreach.models.round import RoundKind
from tools.drukker.client import Api
from tools.drukker.fates import Shares
from tools.drukker.journal import Journal
from tools.drukker.vendor import Vendor as Drukker
from tools.serve import answers, end_all, launch, parts
from tools.servers import environment
from tools.state import RUN

LETTERS = 80
SEED = 3
# Small piles: the first are taken in while the next are still being scanned.
PILE = 12
# Seconds; a task that waited a minute is gone.
_ASK_AGAIN = 20.0
_HOST = "127.0.0.1"
# More goes wrong than with a real vendor, so that each queue has something in it.
_SHARES = Shares(refused=0.03, spoiled=0.04, returned=0.06, remarked=0.06, struck=0.05, foreign=0.04)


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of the letters that went through the vendor."""

    letters: int
    forms: int
    granted: int
    queued: int


def choose(handover: Handover) -> str:
    """The regeling with the fewest forms that are still enough for the demo."""
    taken = {rounds.LETTERS_ABOUT, rounds.GRANTED_ABOUT, *rounds.VISITS_ABOUT}
    counts = [one for one in round_actions.counts(handover) if one.regeling.pk not in taken]
    enough = [one for one in counts if one.forms >= LETTERS] or counts
    return min(enough, key=lambda one: one.forms).regeling.pk


def make(handover: Handover, today: datetime.date, maker: User, fixer: User) -> Round:
    """A small round of letters, made by one and fixed by another."""
    return rounds.make_and_fix(handover, RoundKind.LETTER, (choose(handover),), today, maker, fixer)


def through_the_vendor(round_: Round, today: datetime.date, composer: User, releaser: User) -> Posted:
    """Compose, release, and let the vendor do all of his work; wait until each scan has been looked at."""
    vendor = Vendor.objects.get_or_create(name="Drukkerij De Proef")[0]
    with acting_as(composer.actor()):
        batch = batches.compose(round_=round_, vendor=vendor, planned_on=today, by=composer)
    with acting_as(releaser.actor()):
        batches.release(batch=batch, by=releaser)
    client_id, secret = _access(vendor)
    with _site() as address:
        api = Api(address, client_id, secret)
        folder = Journal(RUN / "drukker")
        Drukker(api, folder, _SHARES, seed=SEED, pile=PILE, say=lambda text: None).work()
        api.hang_up()
        _wait_for_scans()
    return _posted(round_)


@transaction.atomic
def _access(vendor: Vendor) -> tuple[str, str]:
    """A client for the vendor of the demo. Nobody sees its secret: it is gone with this process."""
    admin = User.objects.filter(role=Role.FUNCTIONEEL_BEHEERDER).earliest("pk")
    with acting_as(admin.actor()):
        issued = vendor_clients.make(vendor=vendor, label="Demo", sandbox=False, by=admin)
    return issued.client.application.client_id, issued.secret


@contextmanager
def _site() -> Iterator[str]:
    """The site on a port of its own, for as long as the vendor works; gives its address."""
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        port = probe.getsockname()[1]
    part = next(part for part in parts(port) if part.name == "site")
    running = {part.name: launch(part, environment(part.role))}
    try:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not answers(port):
            if time.monotonic() > deadline or running[part.name].poll() is not None:
                raise CommandError(f"De site voor de drukker start niet. Kijk in {RUN / 'log'}.")
            time.sleep(0.1)
        yield f"http://{_HOST}:{port}"
    finally:
        end_all(running)


def _wait_for_scans() -> None:
    """Until each is taken in. There is no clock here that asks again for what a busy worker let go by."""
    asked = time.monotonic()

    def done() -> bool:
        nonlocal asked
        if time.monotonic() > asked + _ASK_AGAIN:
            asked = time.monotonic()
            sweep_scans.delay()
        with acting_as(SYSTEM_ACTOR):
            return not Scan.objects.filter(outcome=ScanOutcome.WAITING).exists()

    wait_until(done, "Het verwerken van de scans")


def _posted(round_: Round) -> Posted:
    with acting_as(SYSTEM_ACTOR):
        return Posted(
            letters=Letter.objects.filter(round=round_).printable().count(),
            forms=Scan.objects.filter(letter__round=round_, outcome=ScanOutcome.LINKED).count(),
            granted=Grant.objects.filter(approach__round=round_).count(),
            queued=WorkItem.objects.open().count(),
        )
