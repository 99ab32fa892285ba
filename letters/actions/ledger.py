"""The one door through which something is told about letters: it is written down, and the letters follow.

Nobody writes `production`, `delivery` or `response` of a letter himself.
"""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection, transaction

from letters.models import Letter, LetterEvent, Outcome, Part, VendorClient
from letters.projection import CODES, Fact, Standing, standing
from outreach.kernel import clock

_UPDATE = """
UPDATE letters_letter l SET production = n.production, delivery = n.delivery,
  delivery_reason = n.delivery_reason, response = n.response
FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[])
  AS n (id, production, delivery, delivery_reason, response)
WHERE l.id = n.id
"""


@dataclass(frozen=True, slots=True)
class Told:
    """What is told: about all letters of one call the same. `occurred_at` is when it happened.

    A message of a vendor has his `client` and his own `message_id`, by which a second one is known.
    """

    axis: str
    code: str
    reason: str = ""
    occurred_at: datetime.datetime | None = None
    part: Part | None = None
    client: VendorClient | None = None
    message_id: UUID | None = None
    print_run: int | None = None
    raw: Mapping[str, object] = field(default_factory=dict)


def tell(letters: Iterable[UUID], told: Told) -> dict[UUID, Outcome]:
    """Write one fact about each of these letters, and bring the letters up to date. The outcome by letter.

    What the same client said before under the same id is left out of the answer. Raises ValueError for a code
    that the axis does not have.
    """
    keys = list(set(letters))
    outcomes = zip(keys, tell_each([(key, told) for key in keys]), strict=True)
    return {key: outcome for key, outcome in outcomes if outcome is not None}


@transaction.atomic
def tell_each(told: Sequence[tuple[UUID, Told]]) -> list[Outcome | None]:
    """Write these facts one after the other, and bring the letters up to date. What was done with each.

    None for what the same client said before under the same id, and for a letter that is not there. The
    letters are locked in the order of their ids, so two who tell at once wait and neither is lost. Without a
    `print_run` it is the letter's own. Raises ValueError for a code that the axis does not have.
    """
    for _, one in told:
        if one.code not in CODES[one.axis]:
            raise ValueError(f"{one.axis} has no {one.code}")
    locked = {
        letter.pk: letter
        for letter in Letter.objects.select_for_update(of=["self"], no_key=True)
        .filter(pk__in={key for key, _ in told})
        .order_by("pk")
    }
    heard = _heard([one for _, one in told], list(locked))
    known, now = _facts(list(locked)), {key: _now(letter) for key, letter in locked.items()}
    outcomes: list[Outcome | None] = []
    events = []
    for key, one in told:
        said = (one.client.pk if one.client else None, one.message_id, key)
        if key not in locked or said in heard:
            outcomes.append(None)
            continue
        if one.message_id is not None:
            heard.add(said)
        letter = locked[key]
        known[key].append(Fact(one.axis, one.code, one.reason, one.print_run or letter.print_run))
        after = standing(letter.kind, letter.print_run, known[key])
        outcome = Outcome.DONE if after != now[key] else Outcome.LATE
        outcomes.append(outcome)
        events.append(_event(letter, one, outcome))
        now[key] = after
    LetterEvent.objects.bulk_create(events)
    _write([(key, after) for key, after in now.items() if after != _now(locked[key])])
    return outcomes


def tell_orphan(told: Told) -> bool:
    """Keep what a vendor says about a letter that we do not know. False when he said it before."""
    _, made = LetterEvent.objects.get_or_create(
        client=told.client,
        message_id=told.message_id,
        letter=None,
        defaults={
            "axis": told.axis,
            "code": told.code,
            "reason": told.reason,
            "occurred_at": told.occurred_at or clock.now(),
            "outcome": Outcome.UNKNOWN,
            "raw": dict(told.raw),
        },
    )
    return made


def _heard(told: Sequence[Told], letters: Sequence[UUID]) -> set[tuple[int | None, UUID | None, UUID]]:
    """What was said before, by client, id of the message and letter."""
    messages = {one.message_id for one in told if one.message_id is not None}
    if not messages:
        return set()
    said = LetterEvent.objects.filter(message_id__in=messages, letter__in=letters)
    return set(said.values_list("client_id", "message_id", "letter_id"))


def _facts(letters: Sequence[UUID]) -> dict[UUID, list[Fact]]:
    found: dict[UUID, list[Fact]] = {letter: [] for letter in letters}
    told = LetterEvent.objects.filter(letter__in=letters).order_by("pk")
    for letter, axis, code, reason, run in told.values_list(
        "letter_id", "axis", "code", "reason", "print_run"
    ):
        found[letter].append(Fact(axis, code, reason, run))
    return found


def _now(letter: Letter) -> Standing:
    return Standing(letter.production, letter.delivery, letter.delivery_reason, letter.response)


def _event(letter: Letter, told: Told, outcome: Outcome) -> LetterEvent:
    return LetterEvent(
        letter=letter,
        part=told.part,
        axis=told.axis,
        code=told.code,
        reason=told.reason,
        print_run=told.print_run or letter.print_run,
        occurred_at=told.occurred_at or clock.now(),
        client=told.client,
        message_id=told.message_id,
        outcome=outcome,
        raw=dict(told.raw),
    )


def _write(changed: Sequence[tuple[UUID, Standing]]) -> None:
    if not changed:
        return
    rows = [(key, s.production, s.delivery, s.delivery_reason, s.response) for key, s in changed]
    with connection.cursor() as cursor:
        cursor.execute(_UPDATE, [list(column) for column in zip(*rows, strict=True)])
