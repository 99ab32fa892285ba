"""A channel is a place where people's data could have ended up: it is searched, counted and controlled."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.remains.needles import Needles


@dataclass
class Channel:
    """What was looked at in one place and what was found there.

    `wanted` are words that must be there, else the search looked in the wrong place. `hits` says where and
    which kind, never the value. `planted` are the kinds of our own leak that were found.
    """

    name: str
    wanted: frozenset[str] = frozenset()
    looked: int = 0
    size: int = 0
    hits: list[tuple[str, str]] = field(default_factory=list)
    planted: Counter[str] = field(default_factory=Counter)
    found: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._bytes = {word: word.encode() for word in self.wanted}

    @property
    def missing(self) -> set[str]:
        return set(self.wanted) - self.found

    def line(self) -> str:
        """The figures, for who runs the proof."""
        return (
            f"{self.name}: {self.looked} bekeken, {self.size / 1e6:.1f} MB, {len(self.hits)} treffers;"
            f" controles {len(self.found)}/{len(self.wanted)},"
            f" geplant gevonden: {dict(sorted(self.planted.items()))}"
        )


@dataclass(frozen=True)
class Search:
    """Looks for what must be nowhere (`secret`) and, by the same way, for what we planted ourselves."""

    secret: Needles
    planted: Needles

    def look(
        self, channel: Channel, where: str, content: str | bytes, *, disk: bool = False, packed: bool = True
    ) -> set[str]:
        """Search one text, file or message; gives the kinds of secret that were in it.

        A text that is large, and of which the parts are searched elsewhere, need not be looked at as base64.
        """
        channel.looked += 1
        channel.size += len(content)
        channel.found |= {
            word
            for word, raw in channel._bytes.items()
            if (raw in content if isinstance(content, bytes) else word in content)
        }
        channel.planted.update(_kinds(self.planted, content, disk, packed))
        kinds = _kinds(self.secret, content, disk, packed)
        channel.hits += [(where, kind) for kind in sorted(kinds)]
        return kinds

    def look_at_all(self, channel: Channel, contents: Iterable[tuple[str, str | bytes]]) -> None:
        for where, content in contents:
            self.look(channel, where, content)


def _kinds(needles: Needles, content: str | bytes, disk: bool, packed: bool) -> set[str]:
    if isinstance(content, str):
        return needles.text_in(content, int(packed))
    return needles.disk_in(content) if disk else needles.bytes_in(content)
