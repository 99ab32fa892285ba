"""The encrypted image of a scan: whole or not at all, and clear pixels never touch the disk.

The name of a file is the id of its scan, which is random and says nothing about anybody. The key is that of
the letters: who may make them may read what comes back.
"""

import os
from pathlib import Path
from uuid import UUID

import pyrage
from django.conf import settings

from letters.actions.storage import LOG, identity
from outreach.kernel import clock
from outreach.kernel.destruction_log import DestructionLog, flush_folder


class ImageGone(Exception):
    """The image of a scan is not there, or cannot be opened. `str()` is Dutch."""

    def __str__(self) -> str:
        return (
            "Het beeld van deze scan is weg of beschadigd. Vraag de technisch beheerder om de map met scans"
            " uit de back-up terug te zetten."
        )


def write(scan_id: UUID, content: bytes) -> None:
    """Encrypt and keep the image of a scan, flushed to the disk, in the place of an earlier one."""
    path = _path(scan_id)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    draft.unlink(missing_ok=True)
    sealed = pyrage.encrypt(content, [identity().to_public()])
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    flush_folder(path.parent)


def read(scan_id: UUID) -> bytes:
    """The image of a scan, decrypted in memory. Raises ImageGone."""
    try:
        return pyrage.decrypt(_path(scan_id).read_bytes(), [identity()])
    except (OSError, pyrage.DecryptError) as error:
        raise ImageGone from error


def files(scan_id: UUID) -> list[Path]:
    """The file of an image, and what a killed writer left of it."""
    path = _path(scan_id)
    return sorted(path.parent.glob(f"{path.stem}.*"))


def destroy(scan_id: UUID) -> None:
    """Remove the image of a scan, and write that down outside the database first. Raises LogBroken."""
    about = {"soort": "scan", "bestand": str(scan_id), "op": clock.now().isoformat()}
    DestructionLog(settings.DESTRUCTION_FOLDER, LOG).add(str(scan_id), about)
    for left in files(scan_id):
        left.unlink(missing_ok=True)
    if settings.SCAN_FOLDER.exists():
        flush_folder(settings.SCAN_FOLDER)


def _path(scan_id: UUID) -> Path:
    return settings.SCAN_FOLDER / f"{UUID(str(scan_id))}.age"
