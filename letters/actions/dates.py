"""The date on a form: fixed when its part is made, kept with the letter, and never too near to answer.

Made again the letter has the same date, also when the application goes on or the round has another date by
then. Only a next print, or a release so late that nobody could answer in time, gives it a later one.
"""

import datetime
from collections import defaultdict
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Coalesce

from letters.actions.terms import COMPLETE_WITHIN
from letters.models import Application, ApplicationState, Letter, LetterKind, Part
from letters.models.letter import WITH_FORM
from outreach.models import Round

#: What a form leaves of time at least on the day that it is made, when the round's own date is near or gone.
AT_LEAST = datetime.timedelta(weeks=2)
#: What it still has to leave on the print date; less is made again with a later date. Of the term to complete
#: an application (Awb 4:5) nothing goes off.
AT_RELEASE = datetime.timedelta(weeks=1)


def letter_day(part: Part) -> datetime.date:
    """The day that stands on the letters of a part."""
    return part.planned_at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def on_paper(
    kind: str, round_: Round, day: datetime.date, application: Application | None
) -> datetime.date | None:
    """The date of a form that is made on a day; None for a letter without one.

    An application that waits no longer keeps the date of its asking.
    """
    if kind == LetterKind.MISSING and application is not None:
        asked = application.asked_on + COMPLETE_WITHIN if application.asked_on else None
        return application.paused_until or asked
    if kind not in (LetterKind.FORM, LetterKind.REMINDER) or round_.reply_before is None:
        return None
    return max(round_.reply_before, day + AT_LEAST)


def fix(part: Part) -> None:
    """Write down the date of each form of a part that is about to be made. As SYSTEM_ACTOR.

    A letter that is printed again keeps its date while that leaves time enough. What is asked of an
    application waits at least as long as its letter says.
    """
    day = letter_day(part)
    forms = Letter.objects.filter(part=part, kind__in=WITH_FORM).printable()
    rows = list(forms.values_list("pk", "kind", "reply_by", "approach_id"))
    waiting = _waiting({approach for _, kind, _, approach in rows if kind == LetterKind.MISSING})
    found: defaultdict[datetime.date, list[UUID]] = defaultdict(list)
    for key, kind, kept, approach in rows:
        wanted = part.round.reply_before
        if kind == LetterKind.MISSING:
            wanted = waiting.get(approach) if kept else day + COMPLETE_WITHIN
        dates = [one for one in (kept, wanted) if one is not None]
        if dates:
            found[max(*dates, day + AT_LEAST)].append(key)
    _write(found)


def renew(part: Part, printed_on: datetime.date) -> bool:
    """Give a later date to the forms of a part that leave too little time by their print date; whether there
    were any. The part has to be made again then. As SYSTEM_ACTOR."""
    shown = Coalesce("reply_by", "round__reply_before")
    missing = Q(kind=LetterKind.MISSING)
    late = Q(missing, shown__lt=printed_on + AT_LEAST) | Q(~missing, shown__lt=printed_on + AT_RELEASE)
    forms = Letter.objects.filter(part=part, kind__in=WITH_FORM).printable().annotate(shown=shown)
    keys = list(forms.filter(late).order_by().values_list("pk", flat=True))
    _write({printed_on + AT_LEAST: keys} if keys else {})
    return bool(keys)


def _waiting(approaches: set[int]) -> dict[int, datetime.date | None]:
    if not approaches:
        return {}
    found = Application.objects.filter(approach__in=approaches)
    return dict(found.values_list("approach_id", "paused_until"))


def _write(found: dict[datetime.date, list[UUID]]) -> None:
    for date, keys in found.items():
        Letter.objects.filter(pk__in=keys).exclude(reply_by=date).update(reply_by=date)
        asked = Letter.objects.filter(pk__in=keys, kind=LetterKind.MISSING)
        Application.objects.filter(
            state=ApplicationState.INCOMPLETE,
            paused_until__lt=date,
            approach__in=asked.values("approach"),
        ).update(paused_until=date)
