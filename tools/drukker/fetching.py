"""Fetching a part, in pieces and through broken lines, and holding it against its manifest."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any

import pypdfium2

from tools.drukker.client import Answer, Api, VendorProblem
from tools.drukker.journal import PartPage, Row

PIECE = 1 << 18
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")


class PartDiffers(VendorProblem):
    """The document is not what the manifest says; it is not confirmed and not printed."""


#: What stands for the batch to test with; it has one part, at an address of its own.
TEST = "testpartij"


def part_path(page: PartPage) -> str:
    """The address of a part."""
    return f"/{TEST}" if page.batch == TEST else f"/partijen/{page.batch}/delen/{page.number}"


def take_manifest(api: Api, page: PartPage) -> None:
    """Read the manifest into the page: its letters, pages and fingerprint."""
    manifest = api.get(f"{part_path(page)}/manifest").json()
    page.sha256 = manifest["sha256"]
    page.pages = manifest["aantalPaginas"]
    page.rows = [_row(letter) for letter in manifest["brieven"]]
    if len(page.rows) != manifest["aantalBrieven"]:
        raise PartDiffers("Het manifest noemt een ander aantal brieven dan het opsomt.")


def _row(letter: Mapping[str, Any]) -> Row:
    return Row(
        letter=letter["briefId"],
        position=letter["volgnummer"],
        first_page=letter["eerstePagina"],
        pages=letter["aantalPaginas"],
        code=letter.get("formuliercode") or "",
    )


def take_document(api: Api, page: PartPage, target: Path, rng: Random, cut: float) -> str:
    """Fetch the PDF in pieces behind what is there already; gives the `Repr-Digest` that came with it.

    In a share `cut` of the pieces the line breaks halfway, on purpose; what came is kept.
    """
    digest, total = "", None
    while total is None or _size(target) < total:
        have = _size(target)
        headers = {"Accept": "application/pdf", "Range": f"bytes={have}-{have + PIECE - 1}"}
        if have and page.etag:
            headers["If-Range"] = page.etag
        at_most = PIECE // 2 if rng.random() < cut else None
        answer = api.ask(
            "GET", f"{part_path(page)}/document", headers, accepted=(200, 206, 416), at_most=at_most
        )
        if answer.status == 416:
            # All of it is here already, or what is here belongs to another document.
            target.unlink()
            page.etag, total = "", None
            continue
        page.etag = answer.headers.get("etag", "")
        digest = answer.headers.get("repr-digest", digest)
        total = _append(answer, target, have)
        api.counts["stukken"] += 1
    return digest


def _append(answer: Answer, target: Path, have: int) -> int:
    """Write a piece behind the others, or a whole document in their place; the size of the whole."""
    if answer.status == 200:
        target.write_bytes(answer.body)
        return int(answer.headers["content-length"])
    match = _RANGE.fullmatch(answer.headers.get("content-range", ""))
    if match is None or int(match[1]) != have:
        raise PartDiffers("De gemeente geeft een ander stuk van het document dan gevraagd.")
    with target.open("ab") as file:
        file.write(answer.body)
    return int(match[3])


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def check(page: PartPage, target: Path, digest: str) -> None:
    """Hold the document against manifest and header. Raises PartDiffers, with what differs, in Dutch."""
    found = hashlib.sha256(target.read_bytes()).digest()
    if found.hex() != page.sha256:
        raise PartDiffers("De vingerafdruk van het document is niet die van het manifest.")
    if digest and f"sha-256=:{base64.b64encode(found).decode('ascii')}:" not in digest:
        raise PartDiffers("De vingerafdruk van het document is niet die van Repr-Digest.")
    _check_pages(page)
    document = pypdfium2.PdfDocument(target)
    try:
        _check_document(page, document)
    finally:
        document.close()


def _check_pages(page: PartPage) -> None:
    """The letters lie one behind the other, from page 1 to the last."""
    following, position = 1, 0
    for row in page.rows:
        if row.position <= position or row.first_page != following:
            raise PartDiffers("De brieven in het manifest sluiten niet op elkaar aan.")
        following, position = following + row.pages, row.position
    if following - 1 != page.pages:
        raise PartDiffers("De bladzijden in het manifest tellen niet op tot het totaal.")


def _check_document(page: PartPage, document: pypdfium2.PdfDocument) -> None:
    if len(document) != page.pages:
        raise PartDiffers("Het document heeft een ander aantal bladzijden dan het manifest.")
    marks = []
    for mark in document.get_toc():
        place = mark.get_dest()
        marks.append(None if place is None else place.get_index())
    if marks != [row.first_page - 1 for row in page.rows]:
        raise PartDiffers("De bladwijzers van het document wijzen niet naar de brieven van het manifest.")
