"""What a seal of the audit says, and how it is signed.

A seal covers all lines of a range of transactions. It names the seal before it, so that none can be taken
out of the row, and is signed with Ed25519: who checks it needs the public half alone.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

#: The name of the private key in the key folder.
KEY_NAME = "auditzegel"
#: What the first seal names as the one before it.
FIRST = hashlib.sha256(b"bereik|auditzegel|1").hexdigest()


@dataclass(frozen=True)
class Seal:
    """One seal. `start` and `end` are numbers of transactions, the end not included; hashes are in hex."""

    number: int
    cluster: int
    start: int
    end: int
    lines: int
    first: int
    last: int
    digest: str
    former: str
    signature: str = ""

    def message(self) -> bytes:
        """What is signed: everything but the signature."""
        said = {name: value for name, value in asdict(self).items() if name != "signature"}
        return b"bereik|auditzegel|1|" + json.dumps(said, sort_keys=True).encode("ascii")

    def mark(self) -> str:
        """How the next seal names this one."""
        return hashlib.sha256(self.message() + bytes.fromhex(self.signature)).hexdigest()

    def signed(self, key: Ed25519PrivateKey) -> "Seal":
        """The same seal with its signature."""
        return Seal(**{**asdict(self), "signature": key.sign(self.message()).hex()})

    def is_signed_by(self, key: Ed25519PublicKey) -> bool:
        """Whether the signature was made with the other half of this key."""
        try:
            key.verify(bytes.fromhex(self.signature), self.message())
        except InvalidSignature:
            return False
        return True


def public_text(key: Ed25519PublicKey) -> str:
    """The public half in base64, 44 characters: to write down at installation."""
    return base64.b64encode(key.public_bytes_raw()).decode("ascii")


def public_from_text(text: str) -> Ed25519PublicKey:
    """The public half. Raises ValueError for anything else."""
    return Ed25519PublicKey.from_public_bytes(base64.b64decode(text, validate=True))


def from_row(row: Mapping[str, object]) -> Seal:
    """A seal as it stands in a line of the seal file. Raises TypeError when a field is missing or unknown."""
    return Seal(**row)  # type: ignore[arg-type]
