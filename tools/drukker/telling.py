"""Telling how it went: messages that come late, twice and in the wrong order, as they do."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

from tools.drukker.fates import Shares
from tools.drukker.journal import PartPage, Row

NAMESPACE = uuid.UUID("4f4f3a1d-0b60-4c0e-8f3c-3a61c7b5a0d2")
#: At most so many in one call; the contract allows a thousand.
IN_ONE_CALL = 200

Message = dict[str, Any]


def message_id(*words: object) -> str:
    """The id of a message or of something else of ours: the same after a kill."""
    return str(uuid.uuid5(NAMESPACE, "|".join(str(word) for word in words)))


def of_part(page: PartPage, rng: Random) -> list[Message]:
    """All that is to be told about the letters of a part that went through the press and to the post."""
    single = [message for row in page.rows for message in _of_letter(page, row, rng.random() < 0.3)]
    told = {(message["briefId"], message["status"]) for message in single}
    for status, moment in (("geprint", "printed_at"), ("verzonden", "posted_at")):
        done = [row for row in page.rows if getattr(row, moment) and (row.letter, status) not in told]
        for run in _runs(done):
            single.append(_of_run(page, run, status, getattr(run[0], moment)))
    return single


def _of_letter(page: PartPage, row: Row, alone: bool) -> Iterator[Message]:
    """What is told about one letter by itself. One that was spoiled is never told about in a run."""
    known: list[tuple[str, str, str]] = []
    if row.refused:
        known.append(("geweigerd", row.printed_at or page_moment(page), row.refused))
    if row.spoiled:
        known.append(("beschadigd", row.printed_at, ""))
    if (alone or row.spoiled) and not row.refused:
        known += [("geprint", row.printed_at, ""), ("verzonden", row.posted_at, "")]
    if row.returned and row.posted_at:
        known.append(("onbestelbaar", row.posted_at, row.returned))
    for status, moment, reason in known:
        if moment:
            yield _message(
                message_id(page.name, row.position, status), status, moment, reason, {"briefId": row.letter}
            )


def astray(page: PartPage, shares: Shares, rng: Random) -> list[Message]:
    """Messages about letters of another customer, which come to us by mistake."""
    moment = page_moment(page)
    return [
        _message(
            message_id(page.name, number, "verdwaald"),
            "verzonden",
            moment,
            "",
            {"briefId": message_id(page.name, number, "brief van een ander")},
        )
        for number in range(len(page.rows))
        if moment and rng.random() < shares.astray
    ]


def page_moment(page: PartPage) -> str:
    """When the part went through the press."""
    return next((row.printed_at for row in page.rows if row.printed_at), "")


def _of_run(page: PartPage, run: Sequence[Row], status: str, moment: str) -> Message:
    first, last = run[0].position, run[-1].position
    about = {"partijId": page.batch, "deel": page.number, "volgnummers": {"van": first, "tot": last}}
    return _message(message_id(page.name, first, last, status), status, moment, "", about)


def _message(key: str, status: str, moment: str, reason: str, about: Message) -> Message:
    message = {"meldingId": key, "status": status, "tijdstip": moment, **about}
    if reason:
        message["reden"] = reason
    if status == "onbestelbaar":
        message["medium"] = "digitaal"
    return message


def _runs(rows: Sequence[Row]) -> list[list[Row]]:
    """Rows that stand one behind the other, together."""
    runs: list[list[Row]] = []
    for row in rows:
        if runs and runs[-1][-1].position == row.position - 1:
            runs[-1].append(row)
        else:
            runs.append([row])
    return runs


def disorder(messages: Sequence[Message], shares: Shares, rng: Random) -> tuple[list[Message], list[Message]]:
    """The messages for now, shuffled and some of them twice, and those that are only told after the scans."""
    late: list[Message] = []
    now: list[Message] = []
    for message in messages:
        (late if rng.random() < shares.late else now).append(message)
    twice = [message for message in now if rng.random() < shares.repeated]
    rng.shuffle(now)
    rng.shuffle(late)
    return now + twice, late


def calls(messages: Sequence[Message]) -> Iterator[Sequence[Message]]:
    """The messages in as many calls as needed."""
    for start in range(0, len(messages), IN_ONE_CALL):
        yield messages[start : start + IN_ONE_CALL]
