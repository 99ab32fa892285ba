"""The invented town of the demo, read from its files: every BSN in it, and people who must stay inside."""

import csv
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from eligibility.town import generate

ROOT = Path(__file__).resolve().parents[2]
_BSN_COLUMNS = ("bsn", "bsn_partner", "bsn_ouder1", "bsn_ouder2", "bsn_kind")
_SURNAMES = ("geslachtsnaam", "geslachtsnaam_partner")
_PLAIN = re.compile(r"[A-Za-z]{7,}")
_MAX_CANARIES = 40
# Where a word may stand for reasons of its own.
_OUR_WORDS = ("templates", "letters/texts", "outreach", "eligibility/views", "static/js")


@dataclass(frozen=True)
class Town:
    """`bsns` of nine digits, right or wrong; `rows` of the BRP file; `bytes_of` each file by name."""

    bsns: frozenset[str]
    rows: list[dict[str, str]]
    bytes_of: dict[str, bytes]


def read_town(folder: Path, **arguments: object) -> Town:
    """Make the same town as `manage.py demo` did, by the same arguments, and read it."""
    generate(folder, **arguments)
    bsns: set[str] = set()
    rows: list[dict[str, str]] = []
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.DictReader(file, delimiter=";"))
        bsns |= {line[name] for line in lines for name in _BSN_COLUMNS if line.get(name)}
        rows = lines if path.name == "brp.csv" else rows
    whole = frozenset(bsn.zfill(9) for bsn in bsns if bsn.isdecimal())
    return Town(whole, rows, {path.name: path.read_bytes() for path in sorted(folder.iterdir())})


def canaries(town: Town, handed_over: set[str]) -> list[str]:
    """Surnames that one inhabitant bears, who did not come out: they may be nowhere outside the box.

    Left out is what could stand somewhere for another reason: part of another name or street, or a word of
    our own pages and code.
    """
    named = Counter(row[column] for row in town.rows for column in _SURNAMES)
    everything = "\n".join(sorted({text for row in town.rows for text in row.values()})).lower()
    other = "\n".join([*sorted(handed_over), *_our_texts()]).lower()
    alone = [
        name
        for name, times in sorted(named.items())
        if times == 1 and _PLAIN.fullmatch(name) and everything.count(name.lower()) == 1
    ]
    return [name for name in alone if name.lower() not in other][:_MAX_CANARIES]


def telling(names: set[str]) -> list[str]:
    """Of the people who came out, the surnames that cannot stand in a log or address by chance."""
    other = "\n".join(_our_texts()).lower()
    return [name for name in sorted(names) if _PLAIN.fullmatch(name) and name.lower() not in other]


def _our_texts() -> list[str]:
    paths = (path for folder in _OUR_WORDS for path in sorted((ROOT / folder).rglob("*")))
    return [
        path.read_text(encoding="utf-8")
        for path in paths
        if path.suffix in (".py", ".html", ".toml", ".js", ".sql", ".txt") and path.is_file()
    ]
