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


@transaction.atomic
def tell(letters: Iterable[UUID], told: Told) -> dict[UUID, Outcome]:
    """Write one fact about each of these letters, and bring the letters up to date. The outcome by letter.

    The letters are locked in the order of their ids, so two who tell at once wait and neither is lost. What
    the same client said before under the same id is left out of the answer. `print_run` is that of the letter
    unless told. Raises ValueError for a code that the axis does not have.
    """
    if told.code not in CODES[told.axis]:
        raise ValueError(f"{told.axis} has no {told.code}")
    locked = {
        letter.pk: letter
        for letter in Letter.objects.select_for_update(of=["self"], no_key=True)
        .filter(pk__in=set(letters))
        .order_by("pk")
    }
    heard = _heard(told, list(locked))
    fresh = [letter for key, letter in locked.items() if key not in heard]
    known = _facts([letter.pk for letter in fresh])
    outcomes, changed = {}, []
    for letter in fresh:
        fact = Fact(told.axis, told.code, told.reason, told.print_run or letter.print_run)
        after = standing(letter.kind, letter.print_run, [*known[letter.pk], fact])
        moved = after != _now(letter)
        outcomes[letter.pk] = Outcome.DONE if moved else Outcome.LATE
        if moved:
            changed.append((letter.pk, after))
    LetterEvent.objects.bulk_create([_event(letter, told, outcomes[letter.pk]) for letter in fresh])
    _write(changed)
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


def _heard(told: Told, letters: Sequence[UUID]) -> set[UUID]:
    if told.message_id is None:
        return set()
    said = LetterEvent.objects.filter(client=told.client, message_id=told.message_id, letter__in=letters)
    return set(said.values_list("letter_id", flat=True))


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
