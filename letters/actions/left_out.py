"""Letters that were left out of their part for something that a person can mend: a name, an address, a text.

Nobody gets such a letter until somebody sees to it, so each one is work. What mends itself or is somebody's
wish is none: who opted out, a letter that is not needed any more, and one that waits for a legal basis.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from letters.actions import dates, editions, representing, work
from letters.actions.contents import layout, municipality, read_part
from letters.actions.ledger import Told, tell
from letters.actions.recheck import ENDS_WITH_ROUND, NOT_OUT, ROUND_CLOSED, failing
from letters.actions.reprints import into_open_part
from letters.composition.parts import LetterRejected, render_part
from letters.models import Axis, Letter, Part, Production, Rejection, WorkItem, WorkKind
from letters.texts.catalog import NO_TEXTS
from outreach.audit import Event, record
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Round, User
from outreach.models.round import RoundState
from outreach.permissions import Permission, check
from outreach.policies import NotNow

#: Why a letter may be left out that a person can do something about.
MENDABLE = (
    Rejection.ADDRESS,
    Rejection.NAME,
    Rejection.GLYPH,
    Rejection.PERSONS,
    Rejection.DATA,
    Rejection.CODE,
    Rejection.TEXT,
    Rejection.TEXT_TOO_LONG,
    Rejection.FAULT,
    Rejection.ADDRESSEE,
)
_OF_THE_TEXT = (Rejection.TEXT, Rejection.TEXT_TOO_LONG)
#: How an item ends whose letter is planned anew.
PLANNED_ANEW = "opnieuw_gepland"
_WITH_OWNER = ("part__round__made_by", "part__batch__made_by")


def letters() -> QuerySet[Letter]:
    """Letters that are in no file, for a reason that a person can mend."""
    out = Letter.objects.filter(rejected__in=MENDABLE, production__in=(*NOT_OUT, Production.WITHDRAWN))
    return out.exclude(ENDS_WITH_ROUND, round__state=RoundState.CLOSED)


def to_settle() -> QuerySet[Letter]:
    """The same, without who may get no letter any more, and without those of which a person said that none
    goes: they are not put before him again."""
    settled = WorkItem.objects.filter(
        letter=OuterRef("pk"),
        kind=WorkKind.REJECTED_LETTER,
        closed_at__isnull=False,
        closed_by__isnull=False,
    ).exclude(resolution=PLANNED_ANEW)
    found = letters().exclude(Exists(settled))
    return found.exclude(pk__in=list(failing(found)))


def put_before_a_person(left: Iterable[UUID] | None = None) -> int:
    """Open work for those of these letters that are some; of all letters without an argument. How many new.

    Needs an actor who sees all households.
    """
    keys = None if left is None else list(left)
    if keys == []:
        return 0
    found = to_settle() if keys is None else to_settle().filter(pk__in=keys)
    return work.open_items(WorkKind.REJECTED_LETTER, found.select_related(*_WITH_OWNER))


@transaction.atomic
def plan_anew(*, item: WorkItem, by: User) -> None:
    """Plan the letter of an item again, now that its cause is gone: it goes into the next part of its round.

    It is made once to see that it can be, so that it does not come back within a minute. Raises
    PermissionDenied, AlreadySettled, and NotNow: the cause is still there, the round is closed, or the
    household may get no letter any more.
    """
    check(by, Permission.WORK_SETTLE)
    if item.kind != WorkKind.REJECTED_LETTER or item.letter is None:
        raise NotNow("Dit werk gaat niet over een uitgevallen brief.")
    with acting_as(SYSTEM_ACTOR):
        round_ = Round.objects.select_for_update(no_key=True).get(pk=item.letter.round_id)
        letter = Letter.objects.select_for_update(of=["self"], no_key=True).get(pk=item.letter.pk)
        _check_can_plan(letter, round_)
        _without_its_text(letter)
        [part] = into_open_part(round_, [letter.pk])
        if letter.production == Production.WITHDRAWN:
            Letter.objects.filter(pk=letter.pk).update(print_run=F("print_run") + 1)
        tell([letter.pk], Told(Axis.PRODUCTION, Production.PLANNED))
        _check_can_be_made(part, letter.pk)
    work.settle(item=item, resolution=PLANNED_ANEW, by=by)
    record(Event.LETTER_PLANNED_ANEW, "brief", [letter.pk], details={"reden": letter.rejected})


def _check_can_plan(letter: Letter, round_: Round) -> None:
    if not letter.rejected:
        raise NotNow("Deze brief is intussen al opnieuw gepland.")
    if letters().filter(pk=letter.pk).exists():
        if failing(Letter.objects.filter(pk=letter.pk)):
            raise NotNow("Dit huishouden krijgt deze brief niet meer. Sluit dit werk af.")
        return
    closed = round_.state == RoundState.CLOSED
    raise NotNow(ROUND_CLOSED if closed else "Deze brief gaat niet meer uit. Sluit dit werk af.")


def _without_its_text(letter: Letter) -> None:
    """What was left out for its text is written with the texts that are approved by now, unless an earlier
    print of it is at the household."""
    if letter.rejected in _OF_THE_TEXT and letter.print_run == 1:
        Letter.objects.filter(pk=letter.pk).update(edition=None, template=None)


def _check_can_be_made(part: Part, key: UUID) -> None:
    """Raises NotNow with what is still wrong; what was planned is then undone with the transaction."""
    part = Part.objects.select_related("round__handover").get(pk=part.pk)
    editions.pin(part)
    representing.pin(part)
    dates.fix(part)
    others = part.letters.exclude(pk=key).values_list("pk", flat=True)
    data = read_part(part, left_out=[str(other) for other in others]).get(str(key))
    if data is None:
        raise NotNow(_still(Rejection.ADDRESSEE))
    if data.texts is None:
        raise NotNow(_still(Rejection.TEXT))
    try:
        render_part([data], layout(part), NO_TEXTS, municipality())
    except LetterRejected as fault:
        code = Rejection(fault.code) if fault.code in Rejection.values else Rejection.FAULT
        raise NotNow(_still(code)) from None


def _still(why: Rejection) -> str:
    return f"De brief kan nog niet worden gemaakt. {why.label}. Los dat eerst op."
