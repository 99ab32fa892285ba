"""Pseudonyms, seals and the folder in which their keys lie.

The folder is outside the database and its backups. Each key lies there wrapped under the
master key of the koppel worker; destroying a key is unlinking its file.
"""

import base64
import binascii
import hashlib
import hmac
import os
import re
import zlib
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
PSEUDONYM_BYTES = 16
_PSEUDONYM_DOMAIN = b"v1|bsn|"
_SEAL_DOMAIN = b"v1|zegel|bsn"
_REASON_MARK = b"v1|reden"
#: What a sealed reason is filled up to; nearly all fit in one.
REASON_BLOCK = 512
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,80}\Z")


class KeyUnavailable(Exception):
    """The key is not in the folder (destroyed, or never made), or the master key is another."""


def new_key() -> bytes:
    """A random key of 32 bytes."""
    return os.urandom(KEY_BYTES)


class Pseudonymiser:
    """Turns a BSN into the pseudonym of one cycle: the first 16 bytes of an HMAC-SHA256.

    An unkeyed hash of a BSN is worthless: all valid numbers can be tried in a minute.
    """

    def __init__(self, key: bytes) -> None:
        self._keyed = hmac.new(key, _PSEUDONYM_DOMAIN, hashlib.sha256)

    def pseudonym(self, bsn: str) -> bytes:
        keyed = self._keyed.copy()
        keyed.update(bsn.encode("ascii"))
        return keyed.digest()[:PSEUDONYM_BYTES]


class Sealer:
    """Seals a BSN with AES-256-GCM, so that the worker alone can read it again."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, bsn: str) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, bsn.encode("ascii"), _SEAL_DOMAIN)

    def open(self, sealed: bytes) -> str:
        """The BSN. Raises KeyUnavailable when it was sealed under another key."""
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _SEAL_DOMAIN).decode(
                "ascii"
            )
        except InvalidTag:
            raise KeyUnavailable("sealed under another key") from None


class ReasonSealer:
    """Seals why somebody came out of one koppeling, under the key of that koppeling alone (AES-256-GCM).

    A seal says nothing by its length: what it holds is packed and filled up to whole blocks. It opens for the
    person and the koppeling that it was made for and for no other, so rows that are exchanged are noticed.
    """

    def __init__(self, key: bytes, run: int) -> None:
        self._cipher = AESGCM(key)
        self._run = run
        #: What every seal of a koppeling begins with: by it a search for what is left finds them.
        self.mark = _REASON_MARK + run.to_bytes(8, "big")

    def seal(self, person: UUID, text: str) -> bytes:
        packed = zlib.compress(text.encode(), 6)
        filled = len(packed).to_bytes(4, "big") + packed
        filled += bytes(-len(filled) % REASON_BLOCK)
        nonce = os.urandom(NONCE_BYTES)
        return self.mark + nonce + self._cipher.encrypt(nonce, filled, self._bound_to(person))

    def open(self, person: UUID, sealed: bytes) -> str:
        """The text. Raises KeyUnavailable when it was sealed under another key, or for somebody else."""
        start = len(self.mark)
        nonce, content = sealed[start : start + NONCE_BYTES], sealed[start + NONCE_BYTES :]
        try:
            filled = self._cipher.decrypt(nonce, content, self._bound_to(person))
        except InvalidTag:
            raise KeyUnavailable("sealed under another key, or for another person") from None
        size = int.from_bytes(filled[:4], "big")
        return zlib.decompress(filled[4 : 4 + size]).decode()

    def _bound_to(self, person: UUID) -> bytes:
        return self.mark + person.bytes


class KeyFolder:
    """Named keys, wrapped under a master key, one file each (mode 0600)."""

    def __init__(self, folder: Path, master_key: bytes) -> None:
        self._folder = folder
        self._wrap = AESGCM(master_key)

    @classmethod
    def from_text(cls, folder: str, master_key: str) -> "KeyFolder":
        """Open a folder with a master key in base64. Raises ValueError for a key of another length."""
        try:
            master = base64.b64decode(master_key, validate=True)
        except binascii.Error:
            raise ValueError("MASTER_KEY is not base64") from None
        if len(master) != KEY_BYTES:
            raise ValueError("MASTER_KEY must hold 32 bytes")
        return cls(Path(folder), master)

    def _path(self, name: str) -> Path:
        if not _NAME.match(name):
            raise ValueError("a key name is lower case letters, digits and hyphens")
        return self._folder / f"{name}.key"

    def store(self, name: str, secret: bytes) -> None:
        """Wrap and store a new key. Raises FileExistsError: a key is never overwritten."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._path(name)
        nonce = os.urandom(NONCE_BYTES)
        draft = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(nonce + self._wrap.encrypt(nonce, secret, name.encode()))
                file.flush()
                os.fsync(file.fileno())
            # A link fails when the name exists, where a rename would overwrite: the first writer wins.
            os.link(draft, path)
        finally:
            draft.unlink()

    def load(self, name: str) -> bytes:
        """The key. Raises KeyUnavailable when it is not there or cannot be unwrapped."""
        try:
            wrapped = self._path(name).read_bytes()
            return self._wrap.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], name.encode())
        except FileNotFoundError:
            raise KeyUnavailable(f"no key {name}") from None
        except InvalidTag:
            raise KeyUnavailable(f"key {name} is wrapped under another master key") from None

    def load_or_make(self, name: str) -> bytes:
        """The key, made on first use; two processes at once end up with the same one."""
        try:
            return self.load(name)
        except KeyUnavailable:
            if self.exists(name):
                raise
        with suppress(FileExistsError):
            self.store(name, new_key())
        return self.load(name)

    def exists(self, name: str) -> bool:
        return self._path(name).exists()

    def destroy(self, name: str) -> bool:
        """Unlink the key; whether there was one."""
        try:
            self._path(name).unlink()
        except FileNotFoundError:
            return False
        return True


def cycle_key_name(reference_year: int) -> str:
    """The name of the pseudonym key of one cycle; a cycle is one refertejaar."""
    return f"cyclus-{reference_year}"


SEAL_KEY_NAME = "zegel"
