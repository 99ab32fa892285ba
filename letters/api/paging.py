"""Lists in pages that lose nothing and show nothing twice, while rows come in and change.

A cursor says after which row to go on, by columns that never change. A row gets its moment when its
transaction begins and is seen when it ends, so a page shows only rows from before the oldest transaction that
still runs: what comes in later always lies further on.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core import signing
from django.db import connection
from django.db.models import Model, Q, QuerySet
from rest_framework.request import Request

from letters.api.problems import CURSOR, INVALID, Fault, FieldFault

SALT = "drukwerk.cursor"
DEFAULT, MOST = 50, 200
#: Seconds after which it is worth asking an empty list again.
EMPTY = 300

_HORIZON = """
SELECT least(clock_timestamp(), min(xact_start)) FROM pg_stat_activity
WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
"""


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one page, the cursor behind the last of them, and whether there are more."""

    rows: list[Any]
    cursor: str | None
    more: bool
    limit: int


def page(request: Request, name: str, rows: QuerySet, keys: tuple[str, str]) -> Page:
    """One page of a list of a vendor, by `?cursor=` and `?limiet=`.

    `keys` are the moment of a row and its key; both never change. Raises Fault for a cursor of another list.
    """
    limit = _limit(request)
    owner = f"{name}:{request.user.client.vendor_id}"
    rows = rows.filter(**{f"{keys[0]}__lt": _horizon()})
    if given := request.query_params.get("cursor"):
        rows = rows.filter(_after(keys, *_read(given, owner)))
    found = list(rows.order_by(*keys)[: limit + 1])
    shown = found[:limit]
    cursor = _write(owner, shown[-1], keys) if shown else None
    return Page(shown, cursor, len(found) > limit, limit)


def _horizon() -> datetime.datetime:
    """Asked in a statement of its own, before the rows: what it lets through is committed by then."""
    with connection.cursor() as cursor:
        cursor.execute(_HORIZON)
        return cursor.fetchone()[0]


def _after(keys: Sequence[str], moment: str, key: str) -> Q:
    first, second = keys
    return Q(**{f"{first}__gt": moment}) | Q(**{first: moment, f"{second}__gt": key})


def _limit(request: Request) -> int:
    given = request.query_params.get("limiet")
    if given is None:
        return DEFAULT
    if not (given.isascii() and given.isdigit() and len(given) <= 3 and 1 <= int(given) <= MOST):
        detail = f"Geef een getal van 1 tot en met {MOST}."
        raise Fault(INVALID, errors=(FieldFault("limiet", "ongeldig", detail),))
    return int(given)


def _write(owner: str, row: Model, keys: Sequence[str]) -> str:
    moment, key = (getattr(row, name) for name in keys)
    return signing.dumps([owner, moment.isoformat(), str(key)], salt=SALT)


def _read(text: str, owner: str) -> tuple[str, str]:
    try:
        written, moment, key = signing.loads(text, salt=SALT)
    except (signing.BadSignature, ValueError) as error:
        raise Fault(CURSOR) from error
    if written != owner:
        raise Fault(CURSOR)
    return moment, key


def links(request: Request, shown: Page) -> dict[str, dict[str, str]]:
    """Where this page is and where it goes on, with the same filters."""
    kept = {name: value for name, value in request.query_params.items() if name != "cursor"}
    found = {"self": {"href": request.get_full_path()}}
    if shown.more:
        found["next"] = {"href": f"{request.path}?{urlencode(kept | {'cursor': shown.cursor})}"}
    return found
