"""What a run on a folder leaves behind: one list per regeling and ``verantwoording.json``.

The lists hold no BSN and no source. Their rows are sorted by what they say and by nothing else, all
text by code point, so that the same deliveries give the same bytes.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, TextIO

import psycopg

from eligibility.blackbox.run import SETTINGS, step_parameters

HEADER = "klasse;naam;straat;huisnummer;huisletter;toevoeging;postcode;woonplaats;buurtcode;wijze;personen"
VERANTWOORDING = "verantwoording.json"

_MUST_QUOTE = frozenset(';"\r\n')
_FIELDS = HEADER.count(";")

# The columns that the order does not name come last, so that equal rows can only be wholly equal.
_LINES = """
COPY (
    WITH genoemd AS MATERIALIZED (
        SELECT p.huishouden, p.regeling, i.geboortedatum,
            concat_ws(' ', NULLIF(i.voornamen, ''), NULLIF(i.voorvoegsel, ''), NULLIF(i.geslachtsnaam, ''),
                NULLIF(i.geboortedatum, '')) COLLATE "C" AS persoon
        FROM blackbox.run_kandidaat_persoon_%(run)s p
        JOIN blackbox.inwoner_%(bevolking)s i ON i.regel = p.persoon
    ),
    personen AS (
        SELECT huishouden, regeling, string_agg(persoon, '|' ORDER BY persoon) AS personen
        FROM genoemd
        GROUP BY huishouden, regeling
    )
    SELECT k.regeling, k.klasse,
        concat_ws(' ', NULLIF(a.voornamen, ''), NULLIF(a.voorvoegsel, ''), NULLIF(a.geslachtsnaam, ''))
            COLLATE "C" AS naam,
        a.straat, a.huisnummer, a.huisletter, a.toevoeging, a.postcode, a.woonplaats, a.buurtcode,
        k.wijze, p.personen COLLATE "C" AS personen
    FROM blackbox.run_kandidaat_%(run)s k
    JOIN personen p ON p.huishouden = k.huishouden AND p.regeling = k.regeling
    JOIN blackbox.inwoner_%(bevolking)s a ON a.regel = k.huishouden
    ORDER BY k.regeling, a.postcode, a.huisnummer::integer, a.huisletter, a.toevoeging, naam, k.klasse,
        personen, a.straat, a.woonplaats, a.buurtcode, k.wijze
) TO STDOUT
"""


def write_lists(connection: psycopg.Connection, run: int, folder: Path) -> dict[str, int]:
    """Write ``<regeling>.csv`` into ``folder`` for every regeling of a finished run; the rows of each.

    One row at a time is in memory. The format is in the koppeling: UTF-8 without BOM, ``;``, LF, quotes
    only around a value that holds one of ``;``, ``"``, CR and LF.
    """
    codes = connection.execute(
        "SELECT regeling FROM blackbox.run_regeling WHERE run = %s ORDER BY regeling", (run,)
    )
    written = {code: 0 for (code,) in codes}
    for code in written:
        _open(folder / f"{code}.csv").close()
    for code, rows in groupby(_rows(connection, run), key=itemgetter(0)):
        with _open(folder / f"{code}.csv") as file:
            for row in rows:
                file.write(csv_line(row[1:]))
                written[code] += 1
    return written


def _open(path: Path) -> TextIO:
    file = path.open("w", encoding="utf-8", newline="")
    file.write(HEADER + "\n")
    return file


def _rows(connection: psycopg.Connection, run: int) -> Iterator[Sequence[str]]:
    with connection.transaction(), psycopg.ClientCursor(connection) as cursor:
        cursor.execute(SETTINGS)
        with cursor.copy(_LINES.encode(), step_parameters(connection, run)) as copy:
            yield from copy.rows()


def csv_line(values: Sequence[str]) -> str:
    """One line of a list, its end included."""
    line = ";".join(values)
    if line.count(";") != _FIELDS or '"' in line or "\r" in line or "\n" in line:
        line = ";".join(_quoted(value) for value in values)
    return line + "\n"


def _quoted(value: str) -> str:
    if _MUST_QUOTE.isdisjoint(value):
        return value
    doubled = value.replace('"', '""')
    return f'"{doubled}"'


def read_counts(connection: psycopg.Connection, run: int) -> dict[str, Any]:
    """The counts of a finished run, as they stand in ``verantwoording.json``."""
    rows = connection.execute(
        "SELECT soort, sleutel, onder, aantal FROM blackbox.run_telling WHERE run = %s", (run,)
    )
    counts: dict[str, dict[str, dict[str, int]]] = {}
    for kind, key, under, number in rows:
        counts.setdefault(kind, {}).setdefault(key, {})[under] = number
    codes = connection.execute("SELECT regeling FROM blackbox.run_regeling WHERE run = %s", (run,)).fetchall()
    reasons = {key: under[""] for key, under in counts.get("deelname", {}).items()}
    return {
        "personen": {
            "doet_mee": reasons.pop("doet_mee", 0),
            "doet_niet_mee": reasons,
        },
        "huishoudens": {key: under[""] for key, under in counts.get("huishoudens", {}).items()},
        "instellingen": _single(counts, "instellingen"),
        "kandidaten": {code: _by_class(counts, code) for (code,) in codes},
        "leeftijd_onzeker": _single(counts, "leeftijd_onzeker"),
        "minderjarige_zonder_ouder": _single(counts, "minderjarige_zonder_ouder"),
        "toets_strijdig": _single(counts, "toets_strijdig"),
        "waterval": {code: counts.get("waterval", {}).get(code, {}) for (code,) in codes},
    }


def _single(counts: Mapping[str, Mapping[str, Mapping[str, int]]], kind: str) -> int:
    return counts.get(kind, {}).get("", {}).get("", 0)


def _by_class(counts: Mapping[str, Mapping[str, Mapping[str, int]]], code: str) -> dict[str, int]:
    found = counts.get("kandidaten", {}).get(code, {})
    return {klasse: found.get(klasse, 0) for klasse in ("zeker", "onzeker")}


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write JSON that is the same for the same content: sorted keys, a line end at the end."""
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8", newline="")


@contextmanager
def all_or_nothing(target: Path) -> Iterator[Path]:
    """A folder to write in that becomes ``target`` when the block ends well, and vanishes otherwise.

    Is ``target`` there already, then the files take the places of their namesakes one by one and
    others stay. Raises OSError when the place cannot be written, before the block is entered.
    """
    exists = target.is_dir()
    place = target if exists else target.parent
    place.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".koppel-", dir=place))
    try:
        yield draft
        if exists:
            for file in sorted(draft.iterdir()):
                os.replace(file, target / file.name)
        else:
            os.rename(draft, target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
