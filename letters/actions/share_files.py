"""The encrypted files of shares on disk: the worker of the box writes them, here they are destroyed."""

from pathlib import Path

from django.conf import settings

from letters.actions.storage import LOG
from letters.models import ShareFile
from outreach.kernel import clock
from outreach.kernel.destruction_log import DestructionLog, flush_folder


def files(file: ShareFile) -> list[Path]:
    """The file, and what a killed writer left of it."""
    return files_of(file.file_name())


def files_of(name: str) -> list[Path]:
    """The same, by the name of the file."""
    return sorted(settings.EXPORT_FOLDER.glob(f"{name.removesuffix('.age')}.*"))


def destroy(file: ShareFile) -> None:
    """Remove it, and write that down outside the database first. Raises LogBroken."""
    name = file.file_name()
    about = {"soort": "deling", "bestand": name, "sha256": file.sha256, "op": clock.now().isoformat()}
    DestructionLog(settings.DESTRUCTION_FOLDER, LOG).add(f"{name}:{file.sha256}", about)
    for path in files(file):
        path.unlink(missing_ok=True)
    if settings.EXPORT_FOLDER.exists():
        flush_folder(settings.EXPORT_FOLDER)
