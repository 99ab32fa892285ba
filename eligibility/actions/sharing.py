"""Names and addresses for another department: the worker finds who has kwijtschelding, and writes the files.

Who has it stays here: out go the households of which nobody has. The lines are made and encrypted in memory;
what lies on disk opens with the key of the receiver alone. There is no BSN in a file.
"""

import csv
import hashlib
import io
import logging
from uuid import UUID

import psycopg
import pyrage
from django.db import IntegrityError, connection

from eligibility.actions import box as boxes
from eligibility.actions.grant_exports import write_sealed
from eligibility.actions.known_persons import pseudonyms
from eligibility.actions.loading import FAILURES, bring_in, sentence
from eligibility.blackbox.run import LOCK_BROWSER
from eligibility.intake.refusals import FileRefused
from eligibility.locks import LOCK_SHARE, holding
from eligibility.models import Delivery
from outreach.audit import Event, record
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models.regeling import SHARED

#: What is in a file; docs/operations.md says what each column means.
COLUMNS = (
    "regel",
    "voornamen",
    "voorvoegsel",
    "geslachtsnaam",
    "straat",
    "huisnummer",
    "huisletter",
    "toevoeging",
    "postcode",
    "woonplaats",
)
_FAILURES = (*FAILURES, FileRefused)
_logger = logging.getLogger(__name__)


def do_due() -> None:
    """Choose the households of what was signed, and make the files that are due."""
    with holding(LOCK_SHARE, 1) as mine:
        if mine is None:
            return
        choose_due()
        for share, public_key in mine.execute(
            b"SELECT deling, openbare_sleutel FROM poort.deelbestanden_te_maken()"
        ).fetchall():
            _attempt(share, public_key)


def choose_due() -> None:
    """Find the households of each share that was signed. Leaves it while a koppeling is at work."""
    with holding(LOCK_BROWSER, 1) as box:
        if box is None:
            return
        due = box.execute(b"SELECT deling, jaar FROM poort.delingen_te_kiezen()").fetchall()
        for share, year in due:
            try:
                _choose(box, share, year)
            except _FAILURES as failure:
                _logger.warning("deling %s: %s", share, sentence(failure))
                _wait(box, share, sentence(failure))


def _choose(box: psycopg.Connection, share: int, year: int) -> None:
    delivery = (
        Delivery.objects.accepted().filter(bron=SHARED, year=year).order_by("-peildatum", "-pk").first()
    )
    if delivery is None:
        _wait(box, share, f"Er is geen lijst van wie in {year} kwijtschelding heeft.")
        return
    having = _having(box, delivery)
    with acting_as(SYSTEM_ACTOR), connection.cursor() as cursor:
        cursor.execute("SELECT poort.kies_deling(%s, %s::uuid[])", [share, having])
        chosen = cursor.fetchone()[0]
        if chosen is not None:
            record(Event.SHARE_CHOSEN, "deling", [share], details={"huishoudens": chosen})


def _wait(box: psycopg.Connection, share: int, why: str) -> None:
    box.execute(b"SELECT poort.deling_wacht(%s, %s)", (share, why))


def _having(box: psycopg.Connection, delivery: Delivery) -> list[UUID]:
    """Who of those who came out stands in a delivery. After a crash of the server it is loaded anew first."""
    if delivery.cycle is None or not boxes.is_whole(box, delivery.box_number):
        bring_in(box, delivery, delivery.peildatum.year - 1, lambda _rows: None)
    if delivery.cycle is None:
        raise RuntimeError("a delivery is told of after it was loaded")
    known = pseudonyms(box, delivery.cycle)
    query = b"SELECT DISTINCT bsn FROM blackbox.klant WHERE levering = %s"
    rows = box.execute(query, (delivery.box_number,))
    return sorted({known[bytes(bsn)] for (bsn,) in rows if bytes(bsn) in known})


def _attempt(share: int, public_key: str) -> None:
    """One file that cannot be made does not keep the others; its page says how long it waits."""
    try:
        _make(share, public_key)
    except (pyrage.RecipientError, OSError, IntegrityError) as failure:
        _logger.error("deling %s: %s", share, type(failure).__name__)


def _make(share: int, public_key: str) -> None:
    """Make the next file: on disk, and said to be there in the transaction that chose its lines. A worker
    that dies in between leaves no line, and the next one writes the file of that number anew."""
    with acting_as(SYSTEM_ACTOR), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM poort.maak_deelbestand(%s)", [share])
        head, *rows = cursor.fetchall() or [None]
        if head is None:
            return
        number = head[0]
        sealed = pyrage.encrypt(_lines(rows), [pyrage.x25519.Recipient.from_str(public_key)])
        write_sealed(f"deling-{share}-{number}.csv.age", sealed)
        cursor.execute(
            "SELECT poort.deelbestand_gemaakt(%s, %s, %s, %s, %s)",
            [share, number, len(rows), len(sealed), hashlib.sha256(sealed).hexdigest()],
        )
        details = {"bestand": number, "regels": len(rows)}
        record(Event.SHARE_FILE_MADE, "deling", [share], details=details)


def _lines(rows: list[tuple]) -> bytes:
    """The CSV: UTF-8, semicolons, lines end in LF."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    writer.writerow(COLUMNS)
    for _number, *values in rows:
        writer.writerow(values)
    return text.getvalue().encode()
