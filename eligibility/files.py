"""Delivered files on disk: always encrypted (age, x25519), never in clear, not even for a moment.

A file is written under a name that starts with a dot, and gets its own name once it is whole. Reading
gives a stream; the clear bytes only pass through a pipe.
"""

import hashlib
import io
import os
import queue
import threading
import time
import uuid
from collections.abc import Callable, Collection
from pathlib import Path
from typing import BinaryIO

import pyrage
from django.conf import settings

from outreach.kernel.destruction_log import flush_folder

#: Gives the clear bytes from the beginning, each time it is called.
OpenStream = Callable[[], BinaryIO]

SUFFIX = ".age"
_PART = ".part"
#: A part that nobody has written to for this long belongs to an upload that died.
ORPHAN_SECONDS = 3600.0
_WAITING_PIECES = 8
_GIVE_UP_SECONDS = 0.5


class StoredFileBroken(Exception):
    """The stored file is not there, was cut off or was changed. `str()` is Dutch."""

    def __str__(self) -> str:
        return "Het opgeslagen bestand kan niet worden ontsleuteld. Lever het bestand opnieuw."


class StorageFailed(Exception):
    """The file could not be written, for example because the disk is full. `str()` is Dutch."""

    def __str__(self) -> str:
        return "Het bestand kon niet worden opgeslagen. Probeer het later opnieuw."


class _Aborted(Exception):
    """Ends the encryption of a file that is thrown away."""


class _Feed:
    """What the encryption reads from: pieces that another thread puts in."""

    def __init__(self) -> None:
        self.pieces: queue.Queue[bytes | None] = queue.Queue(_WAITING_PIECES)
        self.aborted = False
        self._piece = io.BytesIO()

    def read(self, size: int) -> bytes:
        """At most `size` bytes; none at the end."""
        taken = self._piece.read(size)
        if not taken:
            self._piece = io.BytesIO(self.pieces.get() or b"")
            taken = self._piece.read(size)
        if self.aborted:
            raise _Aborted
        return taken


class EncryptedWriter:
    """Encrypts to one public key while the bytes come in, in constant memory.

    `sha256` and `size` are those of the clear bytes. Call `finish` and then `keep`; `close` throws away
    what was not kept. Raises StorageFailed when the disk does not take it.
    """

    def __init__(self, public_key: str) -> None:
        self.name = f"{uuid.uuid4().hex}{SUFFIX}"
        self.size = 0
        self.kept = False
        self._digest = hashlib.sha256()
        self._folder = Path(settings.UPLOAD_FOLDER)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._part = self._folder / f".{self.name}{_PART}"
        self._failed: Exception | None = None
        self._feed = _Feed()
        descriptor = os.open(self._part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        recipient = pyrage.x25519.Recipient.from_str(public_key)
        self._thread = threading.Thread(target=self._encrypt, args=(descriptor, recipient), daemon=True)
        self._thread.start()

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def write(self, piece: bytes) -> None:
        self._digest.update(piece)
        self.size += len(piece)
        self._put(piece)

    def finish(self) -> None:
        """Wait until all of it is encrypted and on disk."""
        self._put(None)
        self._thread.join()
        if self._failed:
            raise StorageFailed from self._failed

    def keep(self) -> None:
        """Give the finished file its own name, for good."""
        os.rename(self._part, self._folder / self.name)
        _sync_folder(self._folder)
        self.kept = True

    def close(self) -> None:
        """Throw away what was not kept. May be called at any moment, and more than once."""
        if self._thread.is_alive():
            self._feed.aborted = True
            while self._thread.is_alive():
                self._offer(None)
        if not self.kept:
            self._part.unlink(missing_ok=True)

    def _encrypt(self, descriptor: int, recipient: pyrage.x25519.Recipient) -> None:
        try:
            with os.fdopen(descriptor, "wb") as file:
                pyrage.encrypt_io(self._feed, file, [recipient])
                file.flush()
                os.fsync(file.fileno())
        except (OSError, pyrage.EncryptError) as error:
            self._failed = error

    def _put(self, piece: bytes | None) -> None:
        """Hand a piece to the encryption; a thread that died would leave us waiting for ever."""
        while not self._offer(piece):
            if not self._thread.is_alive():
                raise StorageFailed from self._failed

    def _offer(self, piece: bytes | None) -> bool:
        try:
            self._feed.pieces.put(piece, timeout=_GIVE_UP_SECONDS)
        except queue.Full:
            return False
        return True


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class _ClearStream(io.RawIOBase):
    """The clear bytes of a stored file, decrypted by a thread into a pipe."""

    def __init__(self, path: Path, identity: pyrage.x25519.Identity) -> None:
        super().__init__()
        self._failed: Exception | None = None
        self._reading, writing = os.pipe()
        self._thread = threading.Thread(target=self._decrypt, args=(path, identity, writing), daemon=True)
        self._thread.start()

    def _decrypt(self, path: Path, identity: pyrage.x25519.Identity, writing: int) -> None:
        try:
            with os.fdopen(writing, "wb") as pipe, path.open("rb") as file:
                pyrage.decrypt_io(file, pipe, [identity])
        except (OSError, pyrage.DecryptError) as error:
            self._failed = error

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        count = os.readv(self._reading, [buffer])
        if not count:
            # The end may also be where the decryption gave up.
            self._thread.join()
            if self._failed:
                raise StoredFileBroken from self._failed
        return count

    def close(self) -> None:
        if not self.closed:
            os.close(self._reading)
            self._thread.join()
        super().close()


def open_clear(name: str, identity: str) -> BinaryIO:
    """The clear bytes of a stored file; `identity` is the private half of its key.

    Reading raises StoredFileBroken when the file is not there, not whole or not under this key.
    """
    path = Path(settings.UPLOAD_FOLDER) / name
    return io.BufferedReader(_ClearStream(path, pyrage.x25519.Identity.from_str(identity)), 1 << 16)


def remove(name: str) -> None:
    """Unlink a stored file, if it is still there, on the disk too."""
    path = Path(settings.UPLOAD_FOLDER) / name
    if path.exists():
        path.unlink(missing_ok=True)
        flush_folder(path.parent)


def remove_orphans(known: Collection[str]) -> int:
    """Unlink what uploads left that died: parts, and whole files that no delivery knows; how many.

    Only what was left alone for an hour counts, so that no upload under way is touched.
    """
    removed = 0
    before = time.time() - ORPHAN_SECONDS
    for path in Path(settings.UPLOAD_FOLDER).glob("*"):
        ours = path.name.endswith((_PART, SUFFIX)) and path.name not in known
        if ours and path.stat().st_mtime < before:
            path.unlink(missing_ok=True)
            removed += 1
    if removed:
        flush_folder(Path(settings.UPLOAD_FOLDER))
    return removed
