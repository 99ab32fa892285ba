"""What is searched for after a destruction, kept meanwhile, and what is said when something is found."""

import json

from outreach.kernel.remains import Needles, Searched


class RemainsFound(Exception):
    """Something that was destroyed is still somewhere. `str()` is Dutch and says where to look."""

    def __init__(self, found: Searched) -> None:
        super().__init__(
            f"Na het vernietigen zijn er nog {found.hits} sporen gevonden. Laat de technisch beheerder zoeken"
            " naar kopieën in de mappen van uploads, sleutels en database."
        )


def packed(needles: list[Needles]) -> bytes:
    """As they lie, wrapped, in the key folder while their source goes."""
    return json.dumps([[one.prefix.hex(), sorted(w.hex() for w in one.whole)] for one in needles]).encode()


def unpacked(text: bytes) -> list[Needles]:
    return [
        Needles(bytes.fromhex(prefix), frozenset(bytes.fromhex(one) for one in whole))
        for prefix, whole in json.loads(text)
    ]
