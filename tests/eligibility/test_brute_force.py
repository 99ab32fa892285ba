"""Who has a dump and the code, and no key, finds no BSN by trying all: nothing is a plain hash of one.

There are 91 million BSNs, so whatever hangs on a BSN alone is found in minutes. Tried first are the BSNs of
which rows are in the dump: when these are not found, trying the rest finds nothing either. After them the
search walks on through all numbers: so many in the suite, and for BRUTE_FORCE_SECONDS where that is set.
"""

import base64
import binascii
import hashlib
import hmac
import os
import re
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connections

from letters.models.letter import NAMESPACE
from outreach.kernel import keys
from outreach.kernel.bsn import is_valid
from outreach.models import User
from tests.eligibility import deliver
from tests.eligibility.test_handover import ANNA, BEA, CARL, CHILD, town
from tools.postgres import binary
from tools.servers import environment
from tools.state import ServersError

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places"), pytest.mark.proof]

#: A digest is compared by so many bytes, so that a longer one is known by its beginning too.
COMPARED = 16
TRIES = 10_000
FIRST = 100_000_000
#: Somebody who is on no list of the attacker: his walk comes by.
ON_THE_WAY = next(bsn for bsn in map(str, count(FIRST + TRIES // 2)) if is_valid(bsn))
INSIDE = (ANNA, BEA, CARL, CHILD)

Way = Callable[[bytes], bytes]
_HASHES = (hashlib.sha256, hashlib.md5, hashlib.sha1)
# What the code writes before a BSN, and what somebody might call a key that is none.
_PREFIXES = (b"", keys._PSEUDONYM_DOMAIN, keys._SEAL_DOMAIN)
_NO_KEYS = (b"", bytes(keys.KEY_BYTES), keys._PSEUDONYM_DOMAIN, b"cyclus-2025", keys.SEAL_KEY_NAME.encode())
_HEX = re.compile(rb"[0-9a-f]{32,}", re.IGNORECASE)
_UUID = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{22,88}")


def _ways() -> dict[str, Way]:
    """Every plain way by name: what anybody can do who has the code."""
    ways: dict[str, Way] = {"uuid5": lambda bsn: uuid.uuid5(NAMESPACE, bsn.decode()).bytes}
    for hashed in _HASHES:
        name = hashed().name
        for prefix in _PREFIXES:
            ways[f"{name} {prefix!r}"] = lambda bsn, h=hashed, p=prefix: h(p + bsn).digest()
        for key in _NO_KEYS:
            keyed = hmac.new(key, b"", hashed)
            ways[f"hmac-{name} {key!r}"] = _hmac(keyed, b"")
            ways[f"hmac-{name} {key!r} with the prefix"] = _hmac(keyed, keys._PSEUDONYM_DOMAIN)
    return ways


def _hmac(empty: hmac.HMAC, prefix: bytes) -> Way:
    begun = empty.copy()
    begun.update(prefix)

    def digest(bsn: bytes) -> bytes:
        keyed = begun.copy()
        keyed.update(bsn)
        return keyed.digest()

    return digest


WAYS = _ways()


class Dump:
    """What pg_dump writes of the database of the tests, rows of unlogged tables too."""

    def __init__(self, file: Path) -> None:
        admin = urlsplit(environment("admin")["DATABASE_ADMIN_URL"])
        url = urlunsplit(admin._replace(path=f"/{connections['migrate'].settings_dict['NAME']}"))
        program = Path(binary("pg_ctl", file.parent)).parent / "pg_dump"
        done = subprocess.run([program, "-f", str(file), url], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        self._written = file.read_bytes()

    def digests(self) -> set[bytes]:
        """The beginning of everything in it that could be a digest: bytea, hex, UUID, base64, any field."""
        found = {binascii.unhexlify(hit[: COMPARED * 2]) for hit in _HEX.findall(self._written)}
        found |= {binascii.unhexlify(hit.replace(b"-", b"")) for hit in _UUID.findall(self._written)}
        for hit in _BASE64.findall(self._written):
            padded = hit[: len(hit) // 4 * 4] if len(hit) % 4 == 1 else hit + b"=" * (-len(hit) % 4)
            found.add(base64.urlsafe_b64decode(padded.replace(b"+", b"-").replace(b"/", b"_"))[:COMPARED])
        return found


@dataclass(frozen=True)
class Attack:
    """What was found by which way, and how much was tried."""

    found: frozenset[tuple[str, str]]
    numbers: int
    seconds: float


def _numbers() -> Iterator[str]:
    """Those who are in the dump, and then everybody."""
    yield from INSIDE
    yield from (bsn for bsn in map(str, count(FIRST)) if is_valid(bsn))


def _bounded(numbers: Iterator[str]) -> Iterable[str]:
    seconds = float(os.environ.get("BRUTE_FORCE_SECONDS", "0"))
    yield from islice(numbers, TRIES)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        yield from islice(numbers, 1000)


def attack(dump: Dump) -> Attack:
    """Try each number by each way against all that is in the dump."""
    began, numbers, found = time.monotonic(), 0, set()
    digests = dump.digests()
    for bsn in _bounded(_numbers()):
        numbers += 1
        written = bsn.encode()
        for name, way in WAYS.items():
            if way(written)[:COMPARED] in digests:
                found.add((name, bsn))
    return Attack(frozenset(found), numbers, time.monotonic() - began)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A place for a dump, which only who may do anything can make."""
    try:
        environment("admin")
    except ServersError:
        pytest.skip("no superuser on servers from outside")
    (tmp_path / "dump").mkdir()
    return tmp_path / "dump" / "dump.sql"


def _live(manager: User) -> None:
    """Fill casework and box with all that a BSN leaves: pseudonyms, seals, an opt-out, who came out."""
    deliver.deliver(town(), "brp", by=manager)
    deliver.deliver(deliver.client_file([ANNA, BEA, CARL]), "bijstand", 2025, by=manager)
    deliver.deliver(deliver.client_file([f"{BEA};"], "bsn;regeling"), "optout", by=manager)
    assert deliver.run_through(manager).state == "klaar"


def _told(what: str, tried: Attack, capsys: pytest.CaptureFixture[str]) -> None:
    hashes = tried.numbers * len(WAYS)
    with capsys.disabled():
        sys.stdout.write(
            f"\n  {what}: {tried.numbers} BSNs, {hashes} digests in {tried.seconds:.1f} s,"
            f" {len(tried.found)} found"
        )


def test_without_a_key_no_way_finds_anybody(manager: User, file: Path, capsys: pytest.CaptureFixture[str]):
    _live(manager)
    dump = Dump(file)
    pseudonyms, seals = _left(dump)
    assert (pseudonyms >= 6, seals >= 2) == (True, True)
    tried = attack(dump)
    _told("no key", tried, capsys)
    assert tried.found == frozenset()
    assert tried.numbers >= TRIES


def _left(dump: Dump) -> tuple[int, int]:
    """Of all that the search has to come by: pseudonyms in the box, and seals of who came out."""
    with connections["migrate"].cursor() as cursor:
        cursor.execute("SET ROLE bereik_eigenaar")
        try:
            cursor.execute("SELECT bsn FROM blackbox.klant UNION ALL SELECT bsn FROM blackbox.inwoner")
            pseudonyms = [bytes(one) for (one,) in cursor.fetchall()]
            cursor.execute("SELECT zegel FROM blackbox.bekende_persoon")
            seals = [bytes(one) for (one,) in cursor.fetchall()]
        finally:
            cursor.execute("RESET ROLE")
    there = dump.digests()
    assert {one[:COMPARED] for one in (*pseudonyms, *seals)} <= there
    return len(pseudonyms), len(seals)


def test_a_hash_without_a_key_is_found_whichever_it_is(file: Path, capsys: pytest.CaptureFixture[str]):
    with connections["migrate"].cursor() as cursor:
        cursor.execute("CREATE TABLE public.proef_geen_sleutel (rij bytea, tekst text)")
        try:
            for number, way in enumerate(WAYS.values()):
                digest = way((ON_THE_WAY if number % 2 else ANNA).encode())
                cursor.execute("INSERT INTO proef_geen_sleutel VALUES (%s, %s)", _as_stored(digest, number))
            tried = attack(Dump(file))
        finally:
            cursor.execute("DROP TABLE public.proef_geen_sleutel")
    _told("planted", tried, capsys)
    assert {way for way, _ in tried.found} == set(WAYS)
    assert {bsn for _, bsn in tried.found} == {ANNA, ON_THE_WAY}


def _as_stored(digest: bytes, number: int) -> tuple[bytes | None, str | None]:
    """Cut or whole in a column of bytes, or as hex, base64 or a UUID in a text."""
    texts = (digest.hex(), base64.b64encode(digest).decode(), str(uuid.UUID(bytes=digest[:COMPARED])))
    forms = [(digest[:COMPARED], None), (digest, None), *((None, text) for text in texts)]
    return forms[number % len(forms)]


def test_a_key_that_is_not_drawn_by_lot_is_noticed(
    manager: User, file: Path, monkeypatch: pytest.MonkeyPatch
):
    """The product itself, with 32 times nought for a key."""
    monkeypatch.setattr(keys, "new_key", lambda: bytes(keys.KEY_BYTES))
    _live(manager)
    tried = attack(Dump(file))
    assert {bsn for _, bsn in tried.found} >= {ANNA, BEA, CARL}
