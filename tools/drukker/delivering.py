"""Bringing the forms back: piles of scans, announced, handed over one by one, closed and followed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any

from PIL import Image

from tools.drukker import scanner
from tools.drukker.client import Api
from tools.drukker.fates import Shares, dice
from tools.drukker.journal import Journal, PilePage, Row, Sheet
from tools.drukker.pages import read_codes
from tools.drukker.telling import message_id

#: So many sheets lie in one pile.
PILE = 60
FOREIGN, BROKEN = "vreemd", "kapot"
_EDGE = "drukker-stapel"


def pile_up(
    rows: Sequence[Row], seed: object, shares: Shares, received_until: str, size: int = PILE
) -> list[PilePage]:
    """Lay the sheets of these letters in mixed piles, with some scanned twice and some that are not ours."""
    rng = dice(seed, "stapels")
    sheets = [sheet for row in rows for sheet in _sheets(row, rng, shares)]
    sheets += [
        Sheet(message_id(seed, FOREIGN, number), FOREIGN)
        for number in range(_many(len(sheets), shares.foreign))
    ]
    rng.shuffle(sheets)
    _mistype(sheets, rng, shares)
    return [
        PilePage(message_id(seed, "aanlevering", start), received_until, sheets=sheets[start : start + size])
        for start in range(0, len(sheets), size)
    ]


def _sheets(row: Row, rng: Random, shares: Shares) -> Iterator[Sheet]:
    """The sheet of one form; now and then twice, as the same picture or as another one of the same paper."""
    twice, same = rng.random() < shares.twice, rng.random() < 0.5
    first = message_id(row.letter, row.first_page, "scan")
    scans = [(first, "")]
    if twice:
        scans.append((message_id(row.letter, row.first_page, "nog een scan"), first if same else ""))
    for scan, same_as in scans:
        row.scans.append(scan)
        yield Sheet(scan, row.answer, same_as, letter=row.letter, code=row.code)


def _many(count: int, share: float) -> int:
    return round(count * share + 0.4999) if count else 0


def _mistype(sheets: Sequence[Sheet], rng: Random, shares: Shares) -> None:
    """Give some sheets the code of another in what the vendor says about them."""
    ours = [sheet for sheet in sheets if sheet.code]
    for sheet in ours:
        if rng.random() < shares.miskeyed and len(ours) > 1:
            other = rng.choice([one for one in ours if one.letter != sheet.letter])
            sheet.told_code = other.code


def feed_sheet(sheet: Sheet, paper: Image.Image, journal: Journal, rng: Random, shares: Shares) -> None:
    """Scan a sheet and note what the picture is: its fingerprint, and the code that the scanner read."""
    how = scanner.feed(rng, shares.turned)
    picture = scanner.scan(paper, how)
    sheet.turned, sheet.sha256 = how.turned, hashlib.sha256(picture).hexdigest()
    if not sheet.told_code:
        sheet.told_code = next(iter(read_codes(scanner.opened(picture))), "")
    journal.picture(sheet.scan).write_bytes(picture)


def hand_over(api: Api, journal: Journal, pile: PilePage) -> None:
    """Announce a pile, hand over its pictures, close it and throw the pictures away."""
    address = f"/aanleveringen/{pile.delivery}"
    prints = [sheet.sha256 for sheet in pile.sheets]
    api.put(
        address,
        {"aantalScans": len(pile.sheets), "ontvangenTotEnMet": pile.received_until, "sha256": prints},
    )
    for sheet in pile.sheets:
        content = journal.picture(sheet.scan).read_bytes()
        body, media_type = _related({"formuliercode": sheet.told_code, "sha256": sheet.sha256}, content)
        headers = {"Content-Type": media_type}
        api.ask("PUT", f"{address}/scans/{sheet.scan}", headers, body, accepted=(200, 201, 202))
    of_all = hashlib.sha256("".join(sorted(prints)).encode("ascii")).hexdigest()
    api.put(f"{address}/afsluiting", {"aantalScans": len(pile.sheets), "sha256": of_all})
    pile.closed = True
    journal.keep_pile(pile)
    for sheet in pile.sheets:
        journal.picture(sheet.scan).unlink(missing_ok=True)


def _related(reading: Mapping[str, Any], picture: bytes) -> tuple[bytes, str]:
    """A reading and its picture as multipart/related, and the media type with its boundary."""
    parts = (
        (b"application/json", json.dumps(reading).encode()),
        (_media_type(picture), picture),
    )
    edge = _EDGE.encode("ascii")
    body = b"".join(
        b"--" + edge + b"\r\nContent-Type: " + kind + b"\r\n\r\n" + content + b"\r\n"
        for kind, content in parts
    )
    return body + b"--" + edge + b"--\r\n", f'multipart/related; type="application/json"; boundary={_EDGE}'


def _media_type(picture: bytes) -> bytes:
    """By its first bytes."""
    known = ((b"%PDF-", b"application/pdf"), (b"II*", b"image/tiff"), (b"\xff\xd8", b"image/jpeg"))
    return next(kind for start, kind in known if picture.startswith(start))


def follow(api: Api, journal: Journal, pile: PilePage) -> int:
    """Ask what became of the scans of a closed pile; how many still wait."""
    told = {
        one["scanId"]: one["verwerking"]
        for one in api.pages(f"/aanleveringen/{pile.delivery}/verwerking", "scans")
    }
    for sheet in pile.sheets:
        sheet.outcome = told.get(sheet.scan, "")
    journal.keep_pile(pile)
    return sum(sheet.outcome in ("", "wacht") for sheet in pile.sheets)
