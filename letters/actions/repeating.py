"""After an older backup was put back: unlink again what was destroyed after it. The log outside says what."""

import re
from pathlib import Path
from uuid import UUID

from django.conf import settings

from letters.actions import scan_storage, share_files, storage
from letters.models import Part, PartState, Scan, ShareFile
from outreach.audit import Event, record
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.kernel.destruction_log import DestructionLog, flush_folder
from outreach.models import LegalHold
from outreach.models.destruction import RetentionKind

_PART = re.compile(r"ronde-(\d+)-deel-(\d+)\.pdf")
_SHARE = re.compile(r"deling-(\d+)-(\d+)\.csv\.age")


def repeat() -> tuple[int, list[str]]:
    """Unlink all of the log again: how many had come back, and what a hold in the backup keeps.

    Raises LogBroken.
    """
    back, held = 0, []
    for line in list(DestructionLog(settings.DESTRUCTION_FOLDER, storage.LOG).lines()):
        with acting_as(SYSTEM_ACTOR):
            one = _WAYS.get(str(line["soort"]), _part)
            kept, came_back = one(str(line["bestand"]), str(line.get("sha256", "")))
        back += came_back
        held += [f"{line['soort']} {line['bestand']}"] * kept
    return back, held


def _scan(name: str, _sha256: str) -> tuple[bool, bool]:
    key = UUID(name)
    if LegalHold.objects.covers(RetentionKind.SCAN, name):
        return True, False
    there = bool(scan_storage.files(key))
    if Scan.objects.filter(pk=key, destroyed_at=None).update(destroyed_at=clock.now(), reading={}):
        record(Event.DESTRUCTION_REPEATED, "scan", [key])
        there = True
    scan_storage.destroy(key)
    return False, there


def _part(name: str, sha256: str) -> tuple[bool, bool]:
    """A round of the same number may have been made since: its file has another hash, and stays."""
    found = _PART.fullmatch(name)
    if found is None:
        return False, False
    part = Part.objects.filter(round_id=int(found[1]), number=int(found[2])).first()
    if part is not None and part.state == PartState.MADE and part.sha256 != sha256:
        return False, False
    if part is not None and LegalHold.objects.covers(RetentionKind.LETTER_FILE, str(part.pk)):
        return True, False
    there = False
    if part is not None and part.state == PartState.MADE and part.destroyed_at is None:
        Part.objects.filter(pk=part.pk).update(destroyed_at=clock.now())
        record(Event.DESTRUCTION_REPEATED, "deel", [part.pk], details={"sha256": sha256})
        there = True
    return False, _unlinked(sorted(settings.LETTER_FOLDER.glob(f"{name}.*"))) or there


def _share_file(name: str, sha256: str) -> tuple[bool, bool]:
    """A share of the same number may have been made since: its file has another hash, and stays."""
    found = _SHARE.fullmatch(name)
    if found is None:
        return False, False
    file = ShareFile.objects.filter(share=int(found[1]), number=int(found[2])).first()
    if file is not None and file.sha256 != sha256:
        return False, False
    if file is not None and LegalHold.objects.covers(RetentionKind.SHARE_FILE, str(file.pk)):
        return True, False
    there = False
    if file is not None and file.destroyed_at is None:
        ShareFile.objects.filter(pk=file.pk).update(destroyed_at=clock.now())
        record(Event.DESTRUCTION_REPEATED, "deelbestand", [file.pk], details={"sha256": sha256})
        there = True
    return False, _unlinked(share_files.files_of(name)) or there


def _unlinked(files: list[Path]) -> bool:
    """Unlink files of one folder, on the disk too; whether there was any."""
    for path in files:
        path.unlink(missing_ok=True)
    if files:
        flush_folder(files[0].parent)
    return bool(files)


_WAYS = {RetentionKind.SCAN.value: _scan, RetentionKind.SHARE_FILE.value: _share_file}
