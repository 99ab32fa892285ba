"""Planning the letters of a round in parts, and making each part: a merged PDF, encrypted on disk."""

import hashlib
import os
import secrets
from pathlib import Path

import pyrage
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Max
from django.db.models.functions import Now

from letters.actions.contents import layout, letter_data, municipality
from letters.composition.codes import new_code
from letters.composition.model import PartResult
from letters.composition.parts import MAX_LETTERS, LetterRejected, render_part
from letters.models import Letter, LetterKind, Part, PartState
from letters.models.letter import letter_id
from letters.models.part import MAX_ATTEMPTS
from letters.texts.catalog import load_texts
from outreach.audit import Event, record
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Approach, Mode, Round
from outreach.models.approach import Contact
from outreach.models.round import RoundState

# Somebody may opt out between the choice of a household and its letter; then the choice is made again.
OPT_OUT_RETRIES = 5


def rounds_due() -> list[int]:
    """Letter rounds with households that have no letter yet. Costs one query."""
    with acting_as(SYSTEM_ACTOR):
        fixed = Round.objects.letter().filter(state__in=[RoundState.FIXED, RoundState.RUNNING])
        return [round_.pk for round_ in fixed if Approach.objects.due_for_letter(round_).exists()]


def parts_due() -> list[int]:
    """Parts that are planned and not made yet."""
    return list(Part.objects.planned().values_list("pk", flat=True))


def plan(*, round_id: int) -> int:
    """Plan the letters of a round, 500 to a part, in the order of the post. Gives the number of new parts.

    Each part is planned in a transaction of its own under a lock on the round, so that two workers
    plan no letter twice and a killed one leaves whole parts.
    """
    planned = 0
    while _plan_part(round_id):
        planned += 1
    return planned


def _plan_part(round_id: int) -> bool:
    for _ in range(OPT_OUT_RETRIES):
        try:
            with acting_as(SYSTEM_ACTOR):
                return _plan_next(Round.objects.select_for_update().get(pk=round_id))
        except IntegrityError as error:
            if getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") != "geen_contact":
                raise
    raise IntegrityError("opt-outs kept coming in between")


def _plan_next(round_: Round) -> bool:
    """Plan one part; false when nothing is due. The round is locked by now."""
    due = list(
        Approach.objects.due_for_letter(round_)
        .order_by(
            "household__postcode",
            "household__house_number",
            "household__house_letter",
            "household__house_suffix",
            "household_id",
        )
        .values_list("pk", "household_id", "klasse", "mode")[:MAX_LETTERS]
    )
    if not due:
        return False
    last = round_.parts.aggregate(last=Max("number"))["last"] or 0
    part = Part.objects.create(round=round_, number=last + 1, letters_count=len(due))
    Letter.objects.bulk_create(
        Letter(
            id=letter_id(round_.pk, household_id, kind := _kind(mode)),
            round=round_,
            household_id=household_id,
            approach_id=approach_id,
            kind=kind,
            klasse=klasse,
            form_code=new_code(secrets.randbits),
            part=part,
            position=position,
        )
        for position, (approach_id, household_id, klasse, mode) in enumerate(due, start=1)
    )
    Approach.objects.filter(pk__in=[row[0] for row in due]).update(contact=Contact.LETTER)
    record(Event.LETTERS_PLANNED, "deel", [part.pk], details={"brieven": len(due)})
    return True


def _kind(mode: str) -> LetterKind:
    return LetterKind.GRANT if mode == Mode.AMBTSHALVE else LetterKind.FORM


def make(*, part_id: int) -> bool:
    """Make a planned part: render, encrypt, store. False when another worker has it or it is made.

    The row is locked meanwhile; a worker that is killed leaves it planned. The same letters give the same
    PDF. A letter that cannot be made is marked with the reason and left out.
    """
    _count_attempt(part_id)
    with acting_as(SYSTEM_ACTOR):
        part = Part.objects.select_for_update(skip_locked=True).planned().filter(pk=part_id).first()
        if part is None:
            return False
        if part.attempts > MAX_ATTEMPTS:
            Part.objects.filter(pk=part.pk).update(
                state=PartState.STRANDED, problem="Het maken van dit deel is drie keer mislukt."
            )
            return False
        result = _render(part)
        _store(part, result)
        _finish(part, result)
    return True


def _count_attempt(part_id: int) -> None:
    """Counted and committed beforehand: a part that kills its worker must not do so for ever."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE letters_part SET attempts = attempts + 1 WHERE id = (SELECT id FROM letters_part"
            " WHERE id = %s AND state = %s FOR UPDATE SKIP LOCKED)",
            [part_id, PartState.PLANNED],
        )


def _render(part: Part) -> PartResult:
    """The PDF of all letters that can be made. One that cannot is marked, and the rest tried again."""
    letters = list(Letter.objects.filter(part=part).printable().with_contents().order_by("position"))
    contents = {str(letter.pk): letter_data(letter) for letter in letters}
    texts, sender, pages = load_texts(), municipality(), layout()
    while contents:
        try:
            return render_part(contents.values(), pages, texts, sender)
        except LetterRejected as rejected:
            del contents[rejected.letter_id]
            Letter.objects.filter(pk=rejected.letter_id).update(rejected=rejected.code)
    return PartResult(b"", (), hashlib.sha256(b"").hexdigest())


def _path(part: Part) -> Path:
    return settings.LETTER_FOLDER / part.file_name()


def _identity() -> pyrage.x25519.Identity:
    return pyrage.x25519.Identity.from_str(settings.LETTER_IDENTITY)


def _store(part: Part, result: PartResult) -> None:
    """Write the encrypted file whole or not at all; clear text never touches the disk."""
    settings.LETTER_FOLDER.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = _path(part)
    draft = path.with_suffix(f".{os.getpid()}.deel")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pyrage.encrypt(result.pdf, [_identity().to_public()]))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _finish(part: Part, result: PartResult) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE letters_letter SET first_page = m.first_page, pages = m.pages"
            " FROM unnest(%s::uuid[], %s::int[], %s::int[]) AS m (id, first_page, pages)"
            " WHERE letters_letter.id = m.id",
            [
                [row.letter_id for row in result.manifest],
                [row.first_page for row in result.manifest],
                [row.pages for row in result.manifest],
            ],
        )
    Part.objects.filter(pk=part.pk).update(
        state=PartState.MADE,
        letters_count=len(result.manifest),
        pages=result.pages,
        size=len(result.pdf),
        sha256=result.sha256,
        made_at=Now(),
    )
    record(
        Event.PART_MADE, "deel", [part.pk], details={"brieven": len(result.manifest), "sha256": result.sha256}
    )


def fetch(*, part: Part) -> bytes:
    """The PDF of a made part, decrypted in memory; the fetch is audited. Raises Part.DoesNotExist."""
    if part.state != PartState.MADE:
        raise Part.DoesNotExist
    record(Event.PART_FETCHED, "deel", [part.pk], details={"brieven": part.letters_count})
    return pyrage.decrypt(_path(part).read_bytes(), [_identity()])
