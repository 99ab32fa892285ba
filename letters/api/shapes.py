"""Rows as they go over the wire. Moments are in UTC; wire_out.py says what each name means."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from letters.actions.vendor_messages import placed_letters
from letters.api import BASE
from letters.models import Batch, FormerPrint, Letter, LetterEvent, Part, Recall, Scan, ScanDelivery
from letters.models.batch import BatchState
from letters.models.letter import WITH_FORM
from letters.models.scan import ScanOutcome
from letters.models.vendor import OnPaper
from letters.vendor_codes import STATUS_OF

Wire = dict[str, Any]


def moment(when: datetime.datetime | None) -> str | None:
    """A moment as the contract has it."""
    return when.astimezone(datetime.UTC).isoformat().replace("+00:00", "Z") if when else None


def sheets(pages: int, duplex: bool) -> int:
    """Sheets of paper, of pages as they were made: what a vendor wants by now changes nothing of those.

    A letter has an even number of pages, so that it begins on a sheet of its own.
    """
    return (pages + 1) // 2 if duplex else pages


def link(path: str) -> Wire:
    return {"href": f"{BASE}{path}"}


def batch_row(batch: Batch, path: str = "") -> Wire:
    """A batch in the list. `parts_n`, `letters_n`, `pages_n` and `sheets_n` are counted by the query."""
    return {
        "partijId": str(batch.pk),
        "status": batch.state,
        "tijdstipVrijgave": moment(batch.released_at),
        "printdatum": batch.planned_on.isoformat(),
        "aantalDelen": batch.parts_n,  # type: ignore[attr-defined]
        "aantalBrieven": batch.letters_n or 0,  # type: ignore[attr-defined]
        "aantalPaginas": batch.pages_n or 0,  # type: ignore[attr-defined]
        "aantalBladen": batch.sheets_n or 0,  # type: ignore[attr-defined]
        "_links": {"self": link(path or f"/partijen/{batch.pk}")},
    }


def envelope(paper: OnPaper, return_envelope: bool) -> Wire:
    """How the pages are laid out: the parts of a released batch are all alike."""
    return {
        "venster": paper.window,
        "retourenvelop": return_envelope,
        "retourvenster": paper.return_window,
        "dubbelzijdig": paper.duplex,
        "codezoneMm": paper.code_zone,
    }


def batch_out(batch: Batch, parts: Sequence[Part]) -> Wire:
    """A batch with its parts and what can be done with it."""
    return batch_row(batch) | {
        "envelop": envelope(parts[0] if parts else batch.vendor, batch.return_envelope),
        "delen": [part_row(part, batch) for part in parts],
        "mogelijkheden": abilities(batch, parts),
    }


def part_row(part: Part, batch: Batch) -> Wire:
    here = f"/partijen/{batch.pk}/delen/{part.number}"
    return {
        "nummer": part.number,
        "versie": part.version,
        "sha256": part.sha256,
        "grootte": part.size,
        "aantalBrieven": part.letters_count,
        "aantalPaginas": part.pages,
        "aantalBladen": sheets(part.pages or 0, part.duplex),
        "tijdstipBevestiging": moment(part.confirmed_at),
        "_links": {
            "manifest": link(f"{here}/manifest"),
            "document": link(f"{here}/document"),
            "bevestiging": link(f"{here}/bevestiging"),
        },
    }


def abilities(batch: Batch, parts: Iterable[Part]) -> Wire:
    """What may be done now, and if not, why not."""
    there = [part for part in parts if not part.destroyed_at]
    confirmed = batch.state == BatchState.CONFIRMED
    return {
        "ophalen": _ability(bool(there), "De bestanden zijn vernietigd."),
        "bevestigen": _ability(not confirmed, "Alle delen zijn bevestigd."),
        "melden": _ability(True, ""),
    }


def _ability(may: bool, why_not: str) -> Wire:
    return {"mag": True} if may else {"mag": False, "reden": why_not}


def manifest(part: Part) -> Wire:
    """All letters in the file of a part. Four queries, whatever the number of letters."""
    batch = batch_of(part)
    rows = _placed(part)
    letters = [
        {
            "briefId": str(key),
            "volgnummer": number,
            "druk": run,
            "eerstePagina": rows[key]["first_page"],
            "aantalPaginas": rows[key]["pages"],
            "bladen": sheets(rows[key]["pages"], part.duplex),
            "retourenvelop": batch.return_envelope and rows[key]["form"],
        }
        | ({"formuliercode": rows[key]["code"]} if rows[key]["form"] else {})
        for number, (key, run) in enumerate(placed_letters(part), start=1)
    ]
    return {
        "partijId": str(batch.pk),
        "deel": part.number,
        "versie": part.version,
        "sha256": part.sha256,
        "aantalBrieven": part.letters_count,
        "aantalPaginas": part.pages,
        "aantalBladen": sheets(part.pages or 0, part.duplex),
        "dubbelzijdig": part.duplex,
        "brieven": letters,
    }


def batch_of(part: Part) -> Batch:
    """The batch of a part that a vendor has. Raises ValueError for a part that is in none."""
    if part.batch is None:
        raise ValueError("a part of a vendor is in a batch")
    return part.batch


def _placed(part: Part) -> dict[UUID, Mapping[str, Any]]:
    """Where each letter is in the file, also one that has moved on to a later print run."""
    now = Letter.objects.filter(part=part, first_page__isnull=False).select_related("reminder_of")
    then = FormerPrint.objects.filter(part=part).select_related("letter__reminder_of")
    rows: list[tuple[Letter, int | None, int | None]] = [
        (one.letter, one.first_page, one.pages) for one in then
    ]
    rows += [(one, one.first_page, one.pages) for one in now]
    return {
        letter.pk: {
            "first_page": first,
            "pages": pages,
            "form": letter.kind in WITH_FORM,
            "code": letter.form_code,
        }
        for letter, first, pages in rows
    }


def confirmation(part: Part) -> Wire:
    return {
        "partijId": str(part.batch_id),
        "deel": part.number,
        "sha256": part.sha256,
        "aantalBrieven": part.letters_count,
        "aantalPaginas": part.pages,
        "tijdstipBevestiging": moment(part.confirmed_at),
    }


def message(event: LetterEvent) -> Wire:
    """What we recorded of a message."""
    row: Wire = {
        "meldingId": str(event.message_id),
        "briefId": str(event.letter_id) if event.letter_id else None,
        "druk": event.print_run,
        "status": STATUS_OF.get((event.axis, event.code), event.code),
        "tijdstip": moment(event.occurred_at),
        "tijdstipOntvangst": moment(event.received_at),
        "resultaat": event.outcome,
    }
    return row | ({"reden": event.reason} if event.reason else {})


def recall(one: Recall) -> Wire:
    """A letter that we ask back, and the answer if there is one. `place` is where it stands in print."""
    part: Part | None = one.place  # type: ignore[attr-defined]
    row: Wire = {
        "intrekkingId": str(one.pk),
        "briefId": str(one.letter_id),
        "druk": one.print_run,
        "partijId": str(part.batch_id) if part else None,
        "deel": part.number if part else None,
        "tijdstipVraag": moment(one.asked_at),
    }
    if one.result:
        row |= {"resultaat": one.result, "tijdstipAntwoord": moment(one.answered_at)}
    return row


def delivery(pile: ScanDelivery) -> Wire:
    return {
        "aanleveringId": str(pile.pk),
        "aantalScans": pile.expected,
        "ontvangenTotEnMet": pile.received_until.isoformat(),
        "tijdstipAfsluiting": moment(pile.closed_at),
    }


def counts(found: Mapping[str, int]) -> Wire:
    """How many scans of a pile ended how."""
    return {
        "aantalScans": sum(found.values()),
        "aantalGekoppeld": found[ScanOutcome.LINKED],
        "aantalDubbel": found[ScanOutcome.DOUBLE],
        "aantalUitval": found[ScanOutcome.REJECTED],
        "aantalWacht": found[ScanOutcome.WAITING],
    }


def processed(scan: Scan) -> Wire:
    row: Wire = {"scanId": str(scan.pk), "verwerking": scan.outcome}
    return row | ({"uitvalcode": scan.problem} if scan.outcome == ScanOutcome.REJECTED else {})
