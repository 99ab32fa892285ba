"""A thousand letters to a vendor in another process and back: his truth beside ours, counted."""

import os
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from io import BytesIO

import pikepdf
import pytest

from letters.actions import parts, recalls, storage
from letters.models import (
    Axis,
    Grant,
    Letter,
    LetterEvent,
    Part,
    Production,
    RecallReason,
    Scan,
    ScanOutcome,
    WorkItem,
    WorkKind,
)
from outreach import settings as production
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Candidacy, HouseholdMember, Person
from tests import factories
from tests.drukker import loop, processes
from tests.letters import rounds, workers
from tests.roles import as_role
from tools.drukker.delivering import FOREIGN
from tools.drukker.fates import ALONE, BLANK, FAINT, SIGNED
from tools.drukker.journal import Journal, Row

pytestmark = [pytest.mark.django_db, pytest.mark.proof]
# In two parts. BEREIK_LETTERS=1000 takes the thousand of the title, and some minutes more.
LETTERS = int(os.environ.get("BEREIK_LETTERS", "510"))
# Seconds without one more scan processed.
STANDSTILL = 600
REGELING = "iit"
SEED = ("--zaad", "20")
# A tenth of the forms is blank, some are returned, spoiled, refused; nine in ten of the others are signed.
SHARES = ("--aandeel-stil", "0.1", "--aandeel-leeg", "0.1", "--aandeel-onbestelbaar", "0.04")
# A form filled so may be granted by itself when who has to sign did and nobody else: why, beside SIGNED.
LIKE_SIGNED = {
    SIGNED: "nothing is amiss",
    FAINT: "a signature that is small and pale is one: all who had to sign did",
    ALONE: "who lives alone signs alone; for two it is excluded by partner_signed",
}
QUEUED = (WorkKind.NO_SIGNATURE, WorkKind.SIGNATURE_DOUBT)


@pytest.fixture(autouse=True)
def folders(settings, tmp_path):
    settings.LETTER_FOLDER = tmp_path / "brieven"
    settings.SCAN_FOLDER = tmp_path / "scans"
    # The site is a process of its own, and knows no quick hash.
    settings.PASSWORD_HASHERS = production.PASSWORD_HASHERS


@as_role("migrate")
def couples(count, handover):
    """Households of two adults who both have to sign, and are both named."""
    made = rounds.households(count, handover, children=1, regeling=REGELING)
    partners = HouseholdMember.objects.filter(household__in=[one.pk for one in made], adult=False)
    Person.objects.filter(memberships__in=list(partners)).update(birth_date="19820601")
    partners.update(adult=True)
    for candidacy in Candidacy.objects.filter(household__in=[one.pk for one in made]):
        candidacy.persons.set(Person.objects.filter(memberships__household=candidacy.household_id))
    return made


def released():
    """A batch of so many letters in parts of 500, half of them zeker, a quarter to couples, released."""
    handover = factories.handover()
    chosen = couples(LETTERS // 4, handover)
    chosen += rounds.households(LETTERS - len(chosen), handover, children=0, regeling=REGELING)
    round_ = rounds.letter_round(chosen, regeling=REGELING)
    parts.plan(round_id=round_.pk)
    for part_id in parts.parts_due():
        assert parts.make(part_id=part_id)
    batch = rounds.compose(round_)
    rounds.release(batch)
    return batch


def ask_back(positions):
    """Ask the letters at these positions of the first part back."""
    with acting_as(SYSTEM_ACTOR):
        first = Part.objects.order_by("number").first()
        asked = [
            recalls.ask(letter=letter, reason=RecallReason.OPTED_OUT)
            for letter in Letter.objects.filter(part=first, position__in=positions)
        ]
    return [recall.pk for recall in asked]


def kill_in_the_middle(address, keys, folder):
    """The vendor is killed with the first piles handed over and the others not."""
    process = processes.start_vendor(address, keys, folder, *SEED, *SHARES)
    journal = Journal(folder)

    def some_are_closed():
        assert process.poll() is None, process.stdout.read()
        return any(pile.closed for pile in journal.piles())

    with process.stdout:
        until = time.monotonic() + STANDSTILL
        while not some_are_closed():
            assert time.monotonic() < until
            time.sleep(0.1)
        process.kill()
        process.wait()
    assert not all(pile.closed for pile in journal.piles())


@dataclass
class Ours:
    """What we know after it all."""

    letters: dict[str, Letter]
    scans: dict[str, Scan]
    granted: set[str]
    queued: dict[str, set[str]] = field(default_factory=dict)
    scans_queued: set[str] = field(default_factory=set)

    @classmethod
    def read(cls):
        with acting_as(SYSTEM_ACTOR):
            work = WorkItem.objects.open().exclude(letter=None).values_list("letter_id", "kind")
            queued: dict[str, set[str]] = {}
            for letter, kind in work:
                queued.setdefault(str(letter), set()).add(kind)
            grants = Grant.objects.filter(by_person=None)
            return cls(
                loop.letters(),
                {str(scan.pk): scan for scan in Scan.objects.all()},
                {str(key) for key in grants.values_list("application__letter_id", flat=True)},
                queued,
                {str(key) for key in WorkItem.objects.open().values_list("scan_id", flat=True)},
            )


def bookmarks():
    """All bookmarks of the files that the vendor got."""
    count = 0
    for part in Part.objects.exclude(batch=None):
        with pikepdf.open(BytesIO(storage.read(part))) as pdf, pdf.open_outline() as outline:
            count += len(outline.root)
    return count


def confirmed():
    with acting_as(SYSTEM_ACTOR):
        told = LetterEvent.objects.filter(axis=Axis.PRODUCTION, code=Production.CONFIRMED)
        return told.values("letter").distinct().count()


def waiting():
    with acting_as(SYSTEM_ACTOR):
        return Scan.objects.filter(outcome=ScanOutcome.WAITING).count()


def wait_for_scans():
    """A thousand scans take minutes on two cores; what matters is that there are fewer each few minutes."""
    left, deadline = waiting(), time.monotonic() + STANDSTILL
    while left:
        assert time.monotonic() < deadline, f"{left} scans worden niet verwerkt"
        time.sleep(1)
        now = waiting()
        left, deadline = now, time.monotonic() + STANDSTILL if now < left else deadline


def test_a_thousand_letters(tmp_path, capsys, unblocked):
    released()
    keys, folder = loop.access(), tmp_path / "journaal"
    with (
        processes.clock(tmp_path),
        workers.celery_worker(tmp_path / "worker.log"),
        processes.site(tmp_path / "site.log") as address,
    ):
        processes.run_vendor(address, keys, folder, *SEED, *SHARES, "--tot", "geprint")
        kept = ask_back([3, 4])
        processes.run_vendor(address, keys, folder, *SEED, *SHARES, "--tot", "gepost")
        gone = ask_back([7])
        kill_in_the_middle(address, keys, folder)
        said = processes.run_vendor(address, keys, folder, *SEED, *SHARES)
        wait_for_scans()
    journal, ours = Journal(folder), Ours.read()
    rows = loop.rows(journal)
    with capsys.disabled():
        tell(f"\n{said}")
        tell(f"brieven gemaakt, in manifesten, in bladwijzers, bevestigd: {numbers(ours, rows)}")
        tell(f"scans: {dict(Counter(scan.outcome for scan in ours.scans.values()))}")
        tell(f"formulieren: {dict(Counter(row.answer for row in rows.values()))}")
    assert set(numbers(ours, rows)) == {LETTERS}
    assert_paper(ours, rows, kept, gone)
    assert_scans(ours, journal)
    with capsys.disabled():
        assert_forms(ours, rows, journal)


def tell(line):
    sys.stdout.write(f"{line}\n")


def numbers(ours, rows):
    return len(ours.letters), len(rows), bookmarks(), confirmed()


def assert_paper(ours, rows, kept, gone):
    """Each letter stands where the vendor really left it."""
    assert set(ours.letters) == set(rows)
    for key, row in rows.items():
        letter = ours.letters[key]
        assert letter.production == paper_of(row)
        assert letter.delivery_reason == row.returned
    with acting_as(SYSTEM_ACTOR):
        answers = dict(recalls.Recall.objects.values_list("pk", "result"))
    assert {answers[key] for key in kept} == {"ingetrokken"}
    assert {answers[key] for key in gone} == {"te_laat"}


def paper_of(row: Row) -> str:
    if row.posted_at:
        return Production.SENT
    return Production.REFUSED if row.refused else Production.WITHDRAWN


def assert_scans(ours, journal):
    """No scan is linked to a letter that it is not the form of, and what is not ours to none."""
    sheets = {sheet.scan: sheet for pile in journal.piles() for sheet in pile.sheets}
    assert set(sheets) == set(ours.scans)
    strangers = {
        key
        for key, scan in ours.scans.items()
        if scan.letter_id is not None and str(scan.letter_id) != sheets[key].letter
    }
    assert not strangers
    assert {ours.scans[key].outcome for key, sheet in sheets.items() if sheet.truth == FOREIGN} == {
        ScanOutcome.REJECTED
    }
    assert all(pile.closed for pile in journal.piles())


def may_be_granted(row: Row, miskeyed: set[str]) -> bool:
    """Signed by who had to and by nobody else, with nothing written beside it, and the right code told of it.

    Of a sheet that was scanned twice one scan with the right code is enough: it is the same paper.
    """
    signed = row.answer in LIKE_SIGNED and row.signed and row.partner_signed == (row.adults > 1)
    return bool(signed and set(row.scans) - miskeyed)


def is_clean(row: Row, miskeyed: set[str]) -> bool:
    """One that a person would not hesitate about either."""
    return row.answer == SIGNED and may_be_granted(row, miskeyed) and not miskeyed & set(row.scans)


def miskeyed_scans(journal):
    """Scans of which the vendor told the code of another."""
    sheets = [sheet for pile in journal.piles() for sheet in pile.sheets]
    return {sheet.scan for sheet in sheets if sheet.told_code and sheet.code not in sheet.told_code}


def is_with_a_person(ours, row):
    """Whether the letter, or a scan of its form, is in a queue for what is wrong with it."""
    return bool(ours.queued.get(row.letter, set()) & set(QUEUED) or ours.scans_queued & set(row.scans))


def assert_forms(ours, rows, journal):
    """Blank ones are with a person, signed zeker ones granted, and nothing else was granted by itself."""
    miskeyed = miskeyed_scans(journal)
    blank = {key for key, row in rows.items() if row.scans and row.answer == BLANK}
    lost = {key for key in blank if not is_with_a_person(ours, rows[key])}
    clean = {
        key for key, row in rows.items() if is_clean(row, miskeyed) and ours.letters[key].klasse == "zeker"
    }
    granted = clean & ours.granted
    tell(f"leeg: {len(blank)}, in de werkvoorraad: {len(blank) - len(lost)}")
    tell(f"zeker en gewoon getekend: {len(clean)}, vanzelf toegekend: {len(granted)}")
    tell(f"anders vanzelf toegekend: {Counter(rows[key].answer for key in ours.granted - clean)}")
    assert blank
    assert not lost
    assert len(granted) >= 0.95 * len(clean)
    wrong = {key: rows[key] for key in ours.granted if not may_be_granted(rows[key], miskeyed)}
    assert not wrong
    assert {ours.letters[key].klasse for key in ours.granted} == {"zeker"}
