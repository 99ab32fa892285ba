"""Letters that answer an application: a request for what is missing, a refusal, a grant."""

import datetime
import secrets
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max

from letters.actions.reprints import open_part
from letters.composition.codes import new_code
from letters.models import Application, Letter, LetterKind, ResponseState
from letters.models.letter import WITH_FORM, letter_id
from outreach.audit import Event, record
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Round
from outreach.policies import NotNow

_WEEKEND = (6, 7)


def collected_at(now: datetime.datetime) -> datetime.datetime:
    """When the letters that are planned now are made: at the end of this working day, or of the next one.

    They go together, since each part is a file and a job for the vendor. Source: LETTERS_COLLECTED_AT.
    """
    local = now.astimezone(ZoneInfo(settings.TIME_ZONE))
    end = datetime.time.fromisoformat(settings.LETTERS_COLLECTED_AT)
    day = local.date() + datetime.timedelta(days=local.time() >= end)
    while day.isoweekday() in _WEEKEND:
        day += datetime.timedelta(days=1)
    return datetime.datetime.combine(day, end, local.tzinfo)


@transaction.atomic
def plan(
    *, application: Application, kind: LetterKind, points: Sequence[Mapping[str, object]] = ()
) -> Letter:
    """Plan a letter about an application; it is made at the end of the day, with the others of its round.

    `points` are what it lists: a `code` of the text (`<kind>.punten`), with `bedrag` and `grens` where the
    sentence names them. A closed round sends it too: who applied is owed a decision (Awb 4:13). One letter
    of a kind per household and round: raises NotNow when there is one already.
    """
    with acting_as(SYSTEM_ACTOR):
        approach = application.approach
        round_ = Round.objects.select_for_update(no_key=True).get(pk=approach.round_id)
        key = letter_id(round_.pk, approach.household_id, kind)
        if Letter.objects.filter(pk=key).exists():
            raise NotNow("Zo’n brief ging al naar dit huishouden. Bel het huishouden.")
        part = open_part(round_, collected_at(clock.now()))
        last = part.letters.aggregate(last=Max("position"))["last"] or 0
        letter = Letter.objects.create(
            id=key,
            round=round_,
            household_id=approach.household_id,
            approach=approach,
            kind=kind,
            klasse=approach.klasse,
            form_code=new_code(secrets.randbits),
            part=part,
            position=last + 1,
            points=[dict(point) for point in points],
            response=ResponseState.OPEN if kind in WITH_FORM else ResponseState.NONE,
        )
        part.letters_count = F("letters_count") + 1
        part.save(update_fields=["letters_count"])
        record(Event.LETTERS_PLANNED, "deel", [part.pk], details={"brieven": 1, "soort": kind.value})
    return letter
