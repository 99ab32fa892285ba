"""The keys of deliveries, cycles and seals. Only the worker of the box can open the folder they lie in."""

import pyrage
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from eligibility.intake.load import Keys
from eligibility.models import DeliveryKey
from outreach.kernel.keys import SEAL_KEY_NAME, KeyFolder, Pseudonymiser, Sealer, cycle_key_name, new_key

#: A supply for one busy morning: a yearly delivery of every bron is some thirty-five files.
READY = 40


class NoKeyReady(Exception):
    """The worker has not made keys yet, or does not run. `str()` is Dutch."""

    def __str__(self) -> str:
        return "Er ligt nog geen sleutel klaar voor dit bestand. Probeer het over een minuut opnieuw."


def key_folder() -> KeyFolder:
    """The folder with the private keys. Raises ImproperlyConfigured in a process that has no right to it."""
    if not settings.KEY_FOLDER or not settings.MASTER_KEY:
        raise ImproperlyConfigured(
            "KEY_FOLDER en MASTER_KEY ontbreken: alleen de werker van de wachtrij koppel heeft ze. Start"
            " hem met de omgeving van de rol koppel. Zie docs/operations.md."
        )
    return KeyFolder.from_text(settings.KEY_FOLDER, settings.MASTER_KEY)


def keep_ready() -> int:
    """Fill the supply of free key pairs; how many were made. For the worker.

    The private half is stored first: a public key in the database can always be opened.
    """
    missing = READY - DeliveryKey.objects.filter(taken=False).count()
    folder = key_folder()
    for _ in range(missing):
        identity = pyrage.x25519.Identity.generate()
        name = f"levering-{new_key().hex()[:32]}"
        folder.store(name, str(identity).encode("ascii"))
        DeliveryKey.objects.create(name=name, public_key=str(identity.to_public()))
    return max(missing, 0)


@transaction.atomic
def take() -> DeliveryKey:
    """A free key pair, for one upload alone. Raises NoKeyReady."""
    free = DeliveryKey.objects.filter(taken=False).order_by("made_at", "name")
    key = free.select_for_update(skip_locked=True).first()
    if key is None or not DeliveryKey.objects.filter(pk=key.pk, taken=False).update(taken=True):
        raise NoKeyReady
    return key


def give_back(key: DeliveryKey) -> None:
    """Nothing was kept under this key, so the next upload may have it."""
    DeliveryKey.objects.filter(pk=key.pk, delivery__isnull=True).update(taken=False)


def identity_of(key_name: str) -> str:
    """The private half of a delivery's key. Raises KeyUnavailable when it was destroyed."""
    return key_folder().load(key_name).decode("ascii")


def keys_of_cycle(cycle: int) -> Keys:
    """The key of a cycle (one per refertejaar) and the key of the seals, made on first use."""
    folder = key_folder()
    return Keys(
        pseudonymiser=Pseudonymiser(folder.load_or_make(cycle_key_name(cycle))),
        sealer=Sealer(folder.load_or_make(SEAL_KEY_NAME)),
    )
