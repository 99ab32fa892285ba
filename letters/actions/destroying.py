"""Destroying files of letters and shares, and images of scans: unlink, search, and say so.

The office worker does it. Each step may be done again: a worker that is killed leaves a row that says
what is due. Letters and scans are encrypted to the key of the letters, a share to that of its receiver, and
those live on; so a copy that somebody kept can still be opened.
"""

import hashlib
import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from uuid import UUID

from django.conf import settings

from letters.actions import scan_storage, share_files, storage
from letters.actions.batches import destroy_file
from letters.actions.expiring import stays
from letters.models import Part, Scan, ShareFile
from outreach.actions import destruction
from outreach.audit import Event, record
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.kernel.destruction_log import LogBroken
from outreach.kernel.remains import Needles, Searched, search
from outreach.models import DestructionItem
from outreach.models.destruction import RetentionKind
from outreach.policies import NotNow
from outreach.transitions import StateChanged

KINDS = (RetentionKind.LETTER_FILE, RetentionKind.SCAN, RetentionKind.SHARE_FILE)
#: The beginning of an age file: random for each, so it says which file it is and nothing of what is in it.
_HEAD_BYTES = 200
_AGE = b"age-encryption.org/v1\n-> X25519 "

UNREAD = "Een map is niet te lezen of te schrijven."

_logger = logging.getLogger(__name__)


def carry_out_due() -> list[int]:
    """Destroy what is due, and close the lists on which nothing is left; which lists.

    All files go first and are searched for in one look: a look for each would read the folder as often as
    there are files in it.
    """
    with acting_as(SYSTEM_ACTOR):
        due = destruction.due_items(*KINDS)
    folders = {
        RetentionKind.LETTER_FILE: settings.LETTER_FOLDER,
        RetentionKind.SCAN: settings.SCAN_FOLDER,
        RetentionKind.SHARE_FILE: settings.EXPORT_FOLDER,
    }
    for kind, folder in folders.items():
        gone = [item for item in due if item.kind == kind and _attempt(item, _unlink)]
        found = search([Path(folder)], _needles(gone)) if gone else Searched()
        for item in gone:
            # When something was found, it is asked of which.
            own = search([Path(folder)], _needles([item])).hits if found.hits else 0
            _attempt(item, partial(_say, found=replace(found, hits=own)))
    with acting_as(SYSTEM_ACTOR):
        return destruction.close_finished(*KINDS)


def _attempt(item: DestructionItem, do: Callable[[DestructionItem], bool]) -> bool:
    """One thing that cannot go now does not keep the others; its page says why."""
    try:
        return do(item)
    except StateChanged:
        # Another worker was first.
        return False
    except (NotNow, LogBroken, OSError) as failure:
        _logger.error("vernietiging %s: %s", item.pk, type(failure).__name__)
        with acting_as(SYSTEM_ACTOR):
            destruction.note(item, UNREAD if isinstance(failure, OSError) else str(failure))
        return False


def _unlink(item: DestructionItem) -> bool:
    """Say that it begins, and unlink; false when there is nothing to do. May be done again."""
    if not _begun(item):
        return False
    if item.kind == RetentionKind.SCAN:
        scan_storage.destroy(UUID(item.subject))
    elif item.kind == RetentionKind.SHARE_FILE:
        share_files.destroy(ShareFile.objects.get(pk=int(item.subject)))
    else:
        with acting_as(SYSTEM_ACTOR):
            part = Part.objects.get(pk=int(item.subject))
        storage.destroy(part)
    return True


def _begun(item: DestructionItem) -> bool:
    """In one transaction, in which the database refuses what is held."""
    with acting_as(SYSTEM_ACTOR):
        if item.begun_at is not None:
            return True
        of = {RetentionKind.SCAN: Scan, RetentionKind.SHARE_FILE: ShareFile}.get(item.kind, Part)
        if not of.objects.filter(pk=item.subject, destroyed_at=None).exists():
            destruction.was_gone(item)
            return False
        if of is Scan and stays(UUID(item.subject)):
            destruction.needed_again(item)
            return False
        return destruction.begin(item, _facts(_files(item)))


def _files(item: DestructionItem) -> list[Path]:
    if item.kind == RetentionKind.SCAN:
        return scan_storage.files(UUID(item.subject))
    if item.kind == RetentionKind.SHARE_FILE:
        return share_files.files(ShareFile.objects.get(pk=int(item.subject)))
    return storage.versions(Part.objects.get(pk=int(item.subject)))


def _facts(files: Iterable[Path]) -> dict[str, object]:
    contents = [path.read_bytes() for path in files]
    return {
        "bestanden": len(contents),
        "bestand_bytes": sum(map(len, contents)),
        "bestand_sha256": ", ".join(hashlib.sha256(one).hexdigest() for one in contents),
        "koppen": [one[:_HEAD_BYTES].hex() for one in contents],
        "sporen_vooraf": len(contents),
    }


def _needles(items: Iterable[DestructionItem]) -> list[Needles]:
    """The beginnings of all their files; those of age begin alike, and are found in one go."""
    heads = frozenset(bytes.fromhex(head) for item in items for head in item.facts["koppen"] if head)
    alike = frozenset(head for head in heads if head.startswith(_AGE))
    others = [Needles(head, frozenset({head})) for head in sorted(heads - alike)]
    return [Needles(_AGE, alike), *others] if alike else others


def _say(item: DestructionItem, *, found: Searched) -> bool:
    """In one transaction: what it was about is gone, and what was searched. Raises NotNow when it is not."""
    if found.hits:
        raise NotNow("Er ligt nog een kopie van dit bestand. Laat de technisch beheerder die weghalen.")
    with acting_as(SYSTEM_ACTOR):
        if item.kind == RetentionKind.SCAN:
            key = UUID(item.subject)
            # What was read from it goes with it.
            Scan.objects.filter(pk=key).update(destroyed_at=clock.now(), reading={})
            record(Event.SCAN_DESTROYED, "scan", [key], details={"lijst": item.listed_on_id})
        elif item.kind == RetentionKind.SHARE_FILE:
            ShareFile.objects.filter(pk=int(item.subject)).update(destroyed_at=clock.now())
            details = {"lijst": item.listed_on_id}
            record(Event.SHARE_FILE_DESTROYED, "deelbestand", [item.subject], details=details)
        else:
            destroy_file(Part.objects.select_for_update(no_key=True).get(pk=int(item.subject)))
        facts = {
            "gezocht_bestanden": found.files,
            "gezocht_bytes": found.size,
            "gezocht_naar": len(item.facts["koppen"]),
            "gevonden": found.hits,
        }
        destruction.destroyed(item, facts)
    return True
