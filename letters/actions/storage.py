"""The encrypted file of a part: whole or not at all, and clear text never touches the disk."""

import hashlib
import os
from pathlib import Path

import pyrage
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from letters.models import Part
from outreach.kernel import clock
from outreach.kernel.destruction_log import DestructionLog, flush_folder

#: The log of what the office worker destroyed.
LOG = "kantoor"


class FileDamaged(Exception):
    """The file of a part is gone, cannot be opened, or is not the one that was made. `str()` is Dutch."""

    def __str__(self) -> str:
        return (
            "Het bestand van dit deel is weg of beschadigd. Vraag de technisch beheerder om de map met"
            " brieven uit de back-up terug te zetten."
        )


def identity() -> pyrage.x25519.Identity:
    """The key of the letters. Raises ImproperlyConfigured with a sentence that says how to mend it."""
    try:
        return pyrage.x25519.Identity.from_str(settings.LETTER_IDENTITY)
    except pyrage.IdentityError:
        raise ImproperlyConfigured(
            "LETTER_IDENTITY ontbreekt of is geen geldige age-sleutel: daarmee versleutelen we de brieven."
            " Zet hem in de omgeving van de site en de kantoor-werker. Zie docs/operations.md."
        ) from None


def write(part: Part, pdf: bytes) -> Path:
    """Write the encrypted draft of a part, flushed to the disk. Only the maker of the part may do so.

    What a killed maker left of the same part is removed.
    """
    folder = settings.LETTER_FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for left in folder.glob(f"{part.file_name()}.*"):
        left.unlink()
    draft = folder / f"{part.file_name()}.{os.getpid()}"
    sealed = pyrage.encrypt(pdf, [identity().to_public()])
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())
    return draft


def publish(part: Part, draft: Path) -> None:
    """Give the draft the name of the part, in one step, in place of an earlier file."""
    flush_folder(draft.replace(settings.LETTER_FOLDER / part.file_name()).parent)


def discard(name: str) -> bool:
    """Remove one file of the folder; false when it was gone already."""
    try:
        (settings.LETTER_FOLDER / name).unlink()
    except FileNotFoundError:
        return False
    flush_folder(settings.LETTER_FOLDER)
    return True


def versions(part: Part) -> list[Path]:
    """Every file of a part: its versions, and what a killed maker left of it."""
    return sorted(settings.LETTER_FOLDER.glob(f"{part.download_name()}.*"))


def destroy(part: Part) -> None:
    """Remove every version of a part, and write that down outside the database first. Raises LogBroken."""
    name = part.download_name()
    about = {"soort": "brieven", "bestand": name, "sha256": part.sha256, "op": clock.now().isoformat()}
    DestructionLog(settings.DESTRUCTION_FOLDER, LOG).add(f"{name}:{part.sha256}", about)
    for path in versions(part):
        path.unlink(missing_ok=True)
    if settings.LETTER_FOLDER.exists():
        flush_folder(settings.LETTER_FOLDER)


def read(part: Part) -> bytes:
    """The PDF of a made part, decrypted in memory. Raises FileDamaged."""
    try:
        pdf = pyrage.decrypt((settings.LETTER_FOLDER / part.file_name()).read_bytes(), [identity()])
    except (OSError, pyrage.DecryptError) as error:
        raise FileDamaged from error
    if hashlib.sha256(pdf).hexdigest() != part.sha256:
        raise FileDamaged
    return pdf
