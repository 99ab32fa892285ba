"""The key of one answer to a resident, and the answer itself, opened in memory."""

import hashlib
from pathlib import Path

import pyrage
from django.conf import settings

from letters.actions import storage
from outreach.models import SubjectPack, SubjectRequest


class PackDamaged(Exception):
    """The file is gone, cannot be opened, or is not the one that was made. `str()` is Dutch."""

    def __str__(self) -> str:
        return "Het pakket is weg of beschadigd. Leg het verzoek opnieuw vast: dan komt er een nieuw pakket."


def new_key() -> tuple[str, bytes]:
    """A key for one answer: the public half for the worker, the other one encrypted for the pages."""
    made = pyrage.x25519.Identity.generate()
    sealed = pyrage.encrypt(str(made).encode("ascii"), [storage.identity().to_public()])
    return str(made.to_public()), sealed


def read(request: SubjectRequest, pack: SubjectPack) -> bytes:
    """The PDF. Raises PackDamaged."""
    if request.pack_key is None:
        raise PackDamaged
    try:
        sealed = (Path(settings.EXPORT_FOLDER) / pack.file_name()).read_bytes()
        own = pyrage.decrypt(bytes(request.pack_key), [storage.identity()]).decode("ascii")
        pdf = pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(own)])
    except (OSError, pyrage.DecryptError) as failure:
        raise PackDamaged from failure
    if hashlib.sha256(sealed).hexdigest() != pack.sha256:
        raise PackDamaged
    return pdf
