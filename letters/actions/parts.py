"""Planning the letters of a round in parts, and making each part: a merged PDF, encrypted on disk."""

import hashlib
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max, Q
from django.db.models.functions import Now

from letters import transitions
from letters.actions import dates, editions, left_out, representing, storage
from letters.actions.contents import layout, municipality, read_part
from letters.actions.ledger import Told, tell
from letters.actions.recheck import Lapse, by_reason, failing, lock_adults, rejections
from letters.composition.codes import new_code
from letters.composition.fonts import load_fonts
from letters.composition.layout import LayoutProfile
from letters.composition.model import LetterData, LetterFault, PartResult
from letters.composition.parts import MAX_LETTERS, LetterRejected, render_part
from letters.composition.prepare import prepare
from letters.models import Axis, Letter, LetterKind, Part, PartState, Production, Rejection
from letters.models.letter import letter_id
from letters.models.part import MAX_ATTEMPTS, PartQuerySet
from letters.models.vendor import ON_PAPER
from letters.permissions import check_fetches, check_releases
from letters.texts.catalog import NO_TEXTS, TextMissing
from outreach.audit import Event, record
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Approach, Mode, Round, User
from outreach.models.approach import ApproachQuerySet, Contact
from outreach.models.regeling import SHARED
from outreach.models.round import RoundState
from outreach.transitions import RUN, StateChanged, apply, leaves

# For pg_try_advisory_lock(class, key); 7101 to 7104 are those of the box and its deliveries.
LOCK_PART = 7105
_KEYS = 2**31
_OPEN = (RoundState.FIXED, RoundState.RUNNING)
_POSTAL_ORDER = (
    "household__postcode",
    "household__house_number",
    "household__house_letter",
    "household__house_suffix",
    "household_id",
)

_INSERT_LETTERS = """
INSERT INTO letters_letter
  (id, round_id, household_id, approach_id, kind, klasse, form_code, part_id, position, rejected,
   print_run, production, delivery, delivery_reason, response)
SELECT n.id, %s, n.household, n.approach, n.kind, n.klasse, n.code, %s, n.position, '',
  1, 'gepland', 'onbekend', '', CASE n.kind WHEN 'aanvraag' THEN 'open' ELSE 'nvt' END
FROM unnest(%s::uuid[], %s::uuid[], %s::bigint[], %s::text[], %s::text[], %s::text[]) WITH ORDINALITY
  AS n (id, household, approach, kind, klasse, code, position)
"""
_WRITE_PAGES = """
UPDATE letters_letter l SET first_page = m.first_page, pages = m.pages
FROM unnest(%s::uuid[], %s::int[], %s::int[]) AS m (id, first_page, pages) WHERE l.id = m.id
"""
_WRITE_REJECTED = """
UPDATE letters_letter l SET rejected = m.code, first_page = NULL, pages = NULL
FROM unnest(%s::uuid[], %s::text[]) AS m (id, code) WHERE l.id = m.id
"""


def due(round_: Round) -> ApproachQuerySet:
    """Approaches of a letter round that have no letter and may get one."""
    return Approach.objects.due_for_letter(round_).filter(letters=None)


def rounds_due() -> list[int]:
    """Letter rounds with households that have no letter yet, and an approved text for each of them.

    One query, and three more per open round.
    """
    with acting_as(SYSTEM_ACTOR):
        open_rounds = Round.objects.letter().filter(state__in=_OPEN)
        return [one.pk for one in open_rounds if due(one).exists() and not editions.lacking_of(one)]


def parts_due() -> list[int]:
    """Parts that are planned and not made yet, and of which the moment has come; a full one waits no more.

    One with a letter of which a text was not approved waits for that.
    """
    come = Q(planned_at__lte=Now()) | Q(letters_count__gte=MAX_LETTERS)
    keys = list(_open_parts().filter(come).order_by("pk").values_list("pk", flat=True))
    waiting = editions.lacking_in(keys)
    return [key for key in keys if key not in waiting]


def _open_parts() -> PartQuerySet:
    """A closed round too still has letters about decisions to make; all others lapse when they are made."""
    return Part.objects.planned().filter(round__state__in=(*_OPEN, RoundState.CLOSED))


def plan(*, round_id: int) -> int:
    """Plan the letters of a round, 500 to a part, in the order of the post. Gives the number of new parts.

    None while a text that the round needs was not approved: the page of the round says which. Each part is
    planned in a transaction of its own under a lock on the round, and looks again at what is due by then: two
    workers plan no letter twice, and a killed one leaves whole parts.
    """
    with acting_as(SYSTEM_ACTOR):
        round_ = Round.objects.get(pk=round_id)
        if editions.lacking_of(round_):
            return 0
        keys = list(due(round_).order_by(*_POSTAL_ORDER).values_list("pk", "household_id"))
    chunks = (keys[start : start + MAX_LETTERS] for start in range(0, len(keys), MAX_LETTERS))
    return sum(_plan_part(round_id, chunk) for chunk in chunks)


def _plan_part(round_id: int, keys: Sequence[tuple]) -> bool:
    """Plan one part of these approaches and their households; false when none of them is due any more."""
    with acting_as(SYSTEM_ACTOR):
        round_ = Round.objects.select_for_update(no_key=True).get(pk=round_id)
        if round_.state not in _OPEN:
            return False
        lock_adults([household for _, household in keys])
        rows = list(
            due(round_)
            .filter(pk__in=[approach for approach, _ in keys])
            .order_by(*_POSTAL_ORDER)
            .values_list("pk", "household_id", "klasse", "mode")
        )
        if not rows:
            return False
        last = round_.parts.aggregate(last=Max("number"))["last"] or 0
        part = Part.objects.create(round=round_, number=last + 1, letters_count=len(rows))
        _insert_letters(part, rows)
        editions.pin(part)
        record(Event.LETTERS_PLANNED, "deel", [part.pk], details={"brieven": len(rows)})
    return True


def _insert_letters(part: Part, rows: Sequence[tuple]) -> None:
    approaches, households, klassen, modes = _columns(rows)
    kinds = [_first(part.round, mode) for mode in modes]
    ids = [letter_id(part.round_id, *pair) for pair in zip(households, kinds, strict=True)]
    codes = [new_code(secrets.randbits) for _ in rows]
    columns = [ids, households, approaches, [kind.value for kind in kinds], klassen, codes]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT_LETTERS, [part.round_id, part.pk, *columns])


def _first(round_: Round, mode: str) -> LetterKind:
    """What a household gets first in a round."""
    if SHARED in round_.regelingen:
        return LetterKind.SHARE_NOTICE
    return LetterKind.GRANT if mode == Mode.AMBTSHALVE else LetterKind.FORM


def make(*, part_id: int) -> bool:
    """Make a planned part: render, encrypt, store. False when another worker has it, or it is not to be made.

    A worker that is killed leaves the part planned, and the next one starts it anew; after three attempts it
    is stranded and waits for a person. The same letters give the same PDF. A letter that cannot be made,
    or whose household opted out since, is marked with the reason and left out. A part of which a text was
    not approved stays as it is.
    """
    with alone_with(part_id) as alone:
        waits = alone and part_id in editions.lacking_in([part_id])
        return alone and not waits and _count_attempt(part_id) and _make(part_id)


@contextmanager
def alone_with(part_id: int) -> Iterator[bool]:
    """Whether no other worker is busy with this part. The lock ends with this process at the latest."""
    key = [LOCK_PART, part_id % _KEYS]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", key)
        alone = cursor.fetchone()[0]
        try:
            yield alone
        finally:
            if alone and connection.is_usable():
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", key)


def _count_attempt(part_id: int) -> bool:
    """Count and commit an attempt beforehand: a part that kills its worker must not do so for ever."""
    with transaction.atomic(durable=True), acting_as(SYSTEM_ACTOR):
        return _count_or_strand(part_id)


def _count_or_strand(part_id: int) -> bool:
    part = _open_parts().select_for_update(of=["self"], no_key=True).filter(pk=part_id).first()
    if part is None:
        return False
    if part.attempts < MAX_ATTEMPTS:
        Part.objects.filter(pk=part.pk).update(attempts=part.attempts + 1)
        return True
    problem = f"Het maken van dit deel is {MAX_ATTEMPTS} keer mislukt."
    apply(part, transitions.STRAND, problem=problem)
    return False


def _make(part_id: int) -> bool:
    with acting_as(SYSTEM_ACTOR):
        part = (
            Part.objects.select_for_update(of=["self"], no_key=True)
            .select_related("round__handover")
            .planned()
            .get(pk=part_id)
        )
        editions.pin(part)
        representing.pin(part)
        _date(part)
        dates.fix(part)
        rejected = _lapsed(part)
        result = _render(read_part(part, left_out=rejected), rejected, layout(part))
        draft = storage.write(part, result.pdf) if result.manifest else None
        _finish(part, result, rejected)
        # Last of all: a maker that lost its connection fails before this, and leaves the name to the next.
        if draft:
            storage.publish(part, draft)
    return True


def _date(part: Part) -> None:
    """What is made before its time, since it is full or somebody asked for it, has the date of now.

    So has what could not be made on its own day.
    """
    if part.planned_at > clock.now() or dates.letter_day(part) < clock.today():
        part.planned_at = clock.now()
        part.save(update_fields=["planned_at"])


def _lapsed(part: Part) -> dict[str, Rejection]:
    """Letters planned for who may not get one any more. None of the others can opt out until we are done."""
    planned = Letter.objects.filter(part=part).printable()
    lock_adults(planned.values_list("household_id", flat=True))
    lapsed = failing(planned)
    tell_lapsed(lapsed)
    return {str(key): why for key, why in rejections(lapsed).items()}


def tell_lapsed(lapsed: Mapping[UUID, Lapse]) -> None:
    """Say of these letters that they are not sent, and why."""
    for why, letters in by_reason(lapsed).items():
        tell(letters, Told(Axis.PRODUCTION, Production.LAPSED, reason=why.value))


def _render(
    contents: Mapping[str, LetterData | None], rejected: dict[str, Rejection], pages: LayoutProfile
) -> PartResult:
    """The PDF of the letters that can be made, empty when there are none; the others go to `rejected`."""
    rejected |= {key: Rejection.ADDRESSEE for key, letter in contents.items() if letter is None}
    letters = {key: letter for key, letter in contents.items() if letter is not None}
    texts, sender = NO_TEXTS, municipality()
    while letters:
        try:
            return render_part(letters.values(), pages, texts, sender)
        except LetterRejected as fault:
            # All others that can be told beforehand too: with many, one by one would take the day.
            refused = {fault.letter_id: _reason(fault.code)} | _unfit(letters, pages)
            rejected |= refused
            letters = {key: letter for key, letter in letters.items() if key not in refused}
    return PartResult(b"", (), hashlib.sha256(b"").hexdigest())


def _unfit(letters: Mapping[str, LetterData], pages: LayoutProfile) -> dict[str, Rejection]:
    texts, sender, fonts = NO_TEXTS, municipality(), load_fonts()
    found = {}
    for key, letter in letters.items():
        try:
            prepare(letter, pages, texts, sender, fonts)
        except (LetterFault, TextMissing) as fault:
            found[key] = _reason(fault.code)
    return found


def _reason(code: str) -> Rejection:
    return Rejection(code) if code in Rejection.values else Rejection.FAULT


def _finish(part: Part, result: PartResult, rejected: Mapping[str, Rejection]) -> None:
    """Write what was made of the part, of its letters and of the approaches they belong to."""
    made = len(result.manifest)
    _write_letters(result, rejected)
    left_out.put_before_a_person(UUID(key) for key in rejected)
    tell((UUID(row.letter_id) for row in result.manifest), Told(Axis.PRODUCTION, Production.MADE, part=part))
    Approach.objects.filter(letters__part=part, letters__rejected="").update(contact=Contact.LETTER)
    apply(
        part,
        transitions.MAKE,
        details={"brieven": made, "uitgevallen": len(rejected), "sha256": result.sha256},
        letters_count=made,
        rejected_count=part.rejected_count + len(rejected),
        pages=result.pages,
        size=len(result.pdf),
        sha256=result.sha256,
        made_at=clock.now(),
    )
    _begin_round(part.round)


def _write_letters(result: PartResult, rejected: Mapping[str, Rejection]) -> None:
    """On which pages each letter stands, and which ones stand on none."""
    with connection.cursor() as cursor:
        if result.manifest:
            rows = ((row.letter_id, row.first_page, row.pages) for row in result.manifest)
            cursor.execute(_WRITE_PAGES, _columns(rows))
        if rejected:
            cursor.execute(_WRITE_REJECTED, [list(rejected), [code.value for code in rejected.values()]])


def _columns(rows: Iterable[tuple]) -> list[list]:
    """Rows turned into columns, for unnest."""
    return [list(column) for column in zip(*rows, strict=True)]


def _begin_round(round_: Round) -> None:
    """With its first part a round is on its way; of two workers with a first part, one says so."""
    if leaves(round_, RUN):
        with suppress(StateChanged):
            apply(round_, RUN)


def remake(part: Part, leaving: Mapping[UUID, Rejection]) -> dict[UUID, Rejection]:
    """Make a made part again without these letters, laid out as it says: the next version. Gives all that
    left it.

    A letter that cannot be made any more leaves with them. For inside a transaction in which SYSTEM_ACTOR
    acts and the row of the part is locked. The file of before goes once the new one is committed.
    """
    rejected = {str(key): why for key, why in leaving.items()}
    result = _render(read_part(part, left_out=rejected), rejected, layout(part))
    before, part.version = part.file_name(), part.version + 1
    draft = storage.write(part, result.pdf) if result.manifest else None
    _write_letters(result, rejected)
    left_out.put_before_a_person(UUID(key) for key in rejected)
    _take_back_contact(rejected)
    made = len(result.manifest)
    part.letters_count, part.pages, part.size = made, result.pages, len(result.pdf)
    part.rejected_count += len(rejected)
    part.sha256 = result.sha256
    part.save(
        update_fields=["version", "letters_count", "rejected_count", "pages", "size", "sha256", *ON_PAPER]
    )
    details = {"brieven": made, "eruit": len(rejected), "versie": part.version, "sha256": result.sha256}
    record(Event.PART_REMADE, "deel", [part.pk], details=details)
    transaction.on_commit(lambda: storage.discard(before))
    if draft:
        storage.publish(part, draft)
    return {UUID(key): why for key, why in rejected.items()}


def _take_back_contact(letters: Iterable[str]) -> None:
    """A first letter that is not sent is no contact."""
    first = Letter.objects.filter(pk__in=letters, print_run=1, kind__in=(LetterKind.FORM, LetterKind.GRANT))
    Approach.objects.filter(letters__in=first, contact=Contact.LETTER).update(contact=Contact.NONE)


def hurry(*, part: Part, by: User) -> bool:
    """Have a part made now that waits for the end of the day; false when it does not wait any more.

    Raises PermissionDenied.
    """
    check_releases(by)
    waiting = Part.objects.planned().filter(pk=part.pk, planned_at__gt=Now())
    hurried = bool(waiting.update(planned_at=Now()))
    if hurried:
        record(Event.PART_HURRIED, "deel", [part.pk])
    return hurried


def retry(*, part: Part, by: User) -> None:
    """Offer a stranded part to the workers again.

    Raises PermissionDenied, and StateChanged when it is not stranded any more.
    """
    check_fetches(by)
    apply(part, transitions.RETRY, by=by, attempts=0, problem="")


def fetch(*, part: Part, by: User) -> bytes:
    """The PDF of a made part, decrypted in memory; the fetch is audited.

    Raises PermissionDenied, Part.DoesNotExist when there is no file to fetch, and FileDamaged.
    """
    check_fetches(by)
    if part.state != PartState.MADE or not part.letters_count or part.destroyed_at:
        raise Part.DoesNotExist
    pdf = storage.read(part)
    record(Event.PART_FETCHED, "deel", [part.pk], details={"brieven": part.letters_count})
    return pdf
