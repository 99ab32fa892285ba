"""Connections and the actor of a transaction.

Every process has one database alias, `default`, with the login role of that process alone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg
from django.db import connection, transaction

from outreach.kernel import trace

SYSTEM = "systeem"


@dataclass(frozen=True)
class Actor:
    """Who acts in a transaction, as the row policies and the audit see him.

    `kind` is a role of a user, or `systeem` for background work. `areas` are the buurt codes
    a buurtteam is bound to; `all_areas` lifts that bound. `municipal` is false for a team outside the
    municipality, which sees no confidential address.
    """

    id: str = ""
    kind: str = ""
    team: str = ""
    areas: tuple[str, ...] = field(default=())
    all_areas: bool = False
    municipal: bool = True


SYSTEM_ACTOR = Actor(id=SYSTEM, kind=SYSTEM, all_areas=True)
NOBODY = Actor()


_SETTINGS = (
    "bereik.actor",
    "bereik.soort",
    "bereik.team",
    "bereik.buurten",
    "bereik.overal",
    "bereik.gemeentelijk",
)
#: Of which trace this is a part: what is written to the audit and beside it is joined by that.
_TRACE = "bereik.spoor"
# The third argument ends the setting with the transaction, so that a pooled connection is clean.
_SET = "SELECT " + ", ".join(["set_config(%s, %s, true)"] * (len(_SETTINGS) + 1))
_GET = "SELECT " + ", ".join(["current_setting(%s, true)"] * len(_SETTINGS))


def dedicated_connection() -> psycopg.Connection:
    """A connection of its own with the credentials of this process, in autocommit.

    For COPY and for session locks: it bypasses Django's connection, so that progress can be
    written and committed beside a long transaction, and a lock ends when the process dies.
    """
    params = connection.get_connection_params()
    for django_only in ("cursor_factory", "context", "prepare_threshold"):
        params.pop(django_only, None)
    return psycopg.connect(**params, autocommit=True)


def set_actor(actor: Actor) -> None:
    """Tell PostgreSQL who acts, until the end of the current transaction.

    Raises TransactionManagementError outside a transaction: a setting that outlived it would
    be seen by the next request on the same connection.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("an actor lives inside one transaction")
    values = (
        actor.id,
        actor.kind,
        actor.team,
        ",".join(actor.areas),
        "ja" if actor.all_areas else "",
        "ja" if actor.municipal else "",
    )
    told = [part for pair in zip(_SETTINGS, values, strict=True) for part in pair]
    at_hand = trace.current()
    with connection.cursor() as cursor:
        cursor.execute(_SET, [*told, _TRACE, at_hand.setting() if at_hand else ""])


def current_actor() -> Actor:
    """The actor of the current transaction; NOBODY when none was set."""
    with connection.cursor() as cursor:
        cursor.execute(_GET, _SETTINGS)
        actor, kind, team, areas, everywhere, municipal = (value or "" for value in cursor.fetchone())
    if not kind:
        return NOBODY
    return Actor(
        id=actor,
        kind=kind,
        team=team,
        areas=tuple(code for code in areas.split(",") if code),
        all_areas=everywhere == "ja",
        municipal=municipal == "ja",
    )


@contextmanager
def acting_as(actor: Actor) -> Iterator[None]:
    """Run a block in a transaction in which `actor` acts; the former actor comes back after it."""
    with transaction.atomic():
        former = current_actor()
        set_actor(actor)
        yield
        set_actor(former)
