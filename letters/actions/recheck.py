"""Who may still get his letter: looked at when it is made, when it is released, and until it is in the post.

The same rules as the triggers `vrijgave` and `vrijgave_gemeld_weg`, which have the last word.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db import connection, models
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When

from letters.models import (
    DeliveryState,
    Letter,
    LetterKind,
    Production,
    Rejection,
    ReminderPause,
    ResponseState,
)
from outreach.kernel import clock
from outreach.models import HouseholdMember, Mode
from outreach.models.approach import TOLD_NOT_NEEDED
from outreach.models.gesprek import GesprekResult, ToldGone
from outreach.models.person import Departed
from outreach.models.round import RoundState


class Lapse(models.TextChoices):
    """Why a letter is not sent any more. The first four are also reasons to ask a released one back."""

    OPTED_OUT = "afgemeld", "Iemand heeft zich afgemeld"
    DIED = "overleden", "Iemand is overleden"
    MOVED = "verhuisd", "Het huishouden is verhuisd"
    HAS_IT = "heeft_al", "Niet meer nodig: het huishouden heeft de regeling al, of is verhuisd"
    ANSWERED = "gereageerd", "Er kwam een formulier terug"
    RETURNED = "onbestelbaar", "De eerste brief kwam terug"
    PAUSED = "pauze", "De herinneringen staan stil"
    CLOSED = "ronde_afgesloten", "De ronde is afgesloten"
    NOT_NEEDED = "niet_nodig", "In een gesprek is gezegd dat deze brief niet nodig is"


#: What still goes out of a closed round, in the words of a page.
ROUND_CLOSED = "Deze ronde is afgesloten. Alleen brieven over een besluit gaan nog uit."

#: A letter that approaches somebody. An answer goes to who opted out as well. Source: poort.brengt_iets.
BRINGS = Q(kind__in=(LetterKind.FORM, LetterKind.REMINDER, LetterKind.SHARE_NOTICE)) | Q(
    kind=LetterKind.GRANT, approach__mode=Mode.AMBTSHALVE
)
#: What no longer goes out of a round that was closed. A decision that was taken is still told (Awb 3:41), so
#: the letter of a grant may be printed again. Source: poort.bewaak_afgesloten.
ENDS_WITH_ROUND = BRINGS & ~Q(kind=LetterKind.GRANT, approach__grant__isnull=False)
#: Not at a vendor yet.
NOT_OUT = (Production.PLANNED, Production.MADE)

# Locked in the order of their ids, so that two who lock several rows never wait for each other. The locks
# are statements of their own: whoever looks after them sees every opt-out that was saved before.
_LOCK_ADULTS = "SELECT id FROM outreach_person WHERE id = ANY (%s) ORDER BY id FOR SHARE"
_LOCK_APPROACHES = "SELECT id FROM outreach_approach WHERE id = ANY (%s) ORDER BY id FOR SHARE"


def to_go() -> QuerySet[Letter]:
    """Letters that are not at a vendor and may still be released; of a closed round those about decisions."""
    waiting = Letter.objects.filter(rejected="", production__in=NOT_OUT)
    return waiting.exclude(ENDS_WITH_ROUND, round__state=RoundState.CLOSED)


def lock_adults(households: Iterable[object]) -> None:
    """Nobody of these households can opt out until the transaction ends.

    Two statements that need no statistics: as one join it took two seconds a part just after a handover.
    """
    adults = HouseholdMember.objects.filter(adult=True, household__in=list(households))
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_ADULTS, [list(adults.values_list("person_id", flat=True))])


def lock_approaches(approaches: Iterable[int]) -> None:
    """No delivery can make these lapse until the transaction ends. After the persons, never before."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_APPROACHES, [list(approaches)])


def failing(letters: QuerySet[Letter]) -> dict[UUID, Lapse]:
    """Which of these letters may not go any more, and why. One query for any number of letters."""
    return _reasons(letters, _refusals() + _over())


def refused(letters: QuerySet[Letter]) -> dict[UUID, Lapse]:
    """The same, without what holds until the release alone: reasons to ask a letter back."""
    return _reasons(letters, _refusals())


def _reasons(letters: QuerySet[Letter], reasons: list[tuple[Q, Lapse]]) -> dict[UUID, Lapse]:
    why = Case(*(When(when, then=Value(reason.value)) for when, reason in reasons), default=Value(""))
    found = letters.filter(BRINGS).annotate(lapse=why).exclude(lapse="").order_by()
    return {pk: Lapse(reason) for pk, reason in found.values_list("pk", "lapse")}


def _refusals() -> list[tuple[Q, Lapse]]:
    adults = HouseholdMember.objects.filter(adult=True, household=OuterRef("household"))
    unwilling = adults.filter(
        Q(person__no_contact=True)
        | Q(person__no_letter=True)
        | Q(person__no_contact_for__contains=[OuterRef("approach__regeling")])
    )
    unshared = Q(kind=LetterKind.SHARE_NOTICE) & Q(Exists(adults.filter(person__no_share=True)))
    return [
        (Q(Exists(unwilling)) | unshared, Lapse.OPTED_OUT),
        (Q(Exists(adults.filter(person__departed=Departed.DIED))), Lapse.DIED),
        (Q(Exists(adults.filter(person__departed=Departed.MOVED))), Lapse.MOVED),
        (Q(approach__lapsed=True), Lapse.HAS_IT),
    ]


def _over() -> list[tuple[Q, Lapse]]:
    """What ends a letter that is not released yet: its round, what was said in a gesprek, and for a reminder
    whatever came back."""
    reminder = Q(kind=LetterKind.REMINDER)
    paused = ReminderPause.objects.filter(household=OuterRef("household"), until__gte=clock.today())
    return [
        (Q(ToldGone(result=GesprekResult.DECEASED)), Lapse.DIED),
        (Q(ToldGone(result=GesprekResult.MOVED)), Lapse.MOVED),
        (Q(round__state=RoundState.CLOSED) & ENDS_WITH_ROUND, Lapse.CLOSED),
        (Q(approach__result__in=TOLD_NOT_NEEDED), Lapse.NOT_NEEDED),
        (reminder & ~Q(reminder_of__response=ResponseState.OPEN), Lapse.ANSWERED),
        (reminder & Q(reminder_of__delivery=DeliveryState.RETURNED), Lapse.RETURNED),
        (reminder & Q(Exists(paused)), Lapse.PAUSED),
    ]


def rejections(lapsed: Mapping[UUID, Lapse]) -> dict[UUID, Rejection]:
    """As it stands on the letters that leave their part."""
    return {
        key: Rejection.OPTED_OUT if why == Lapse.OPTED_OUT else Rejection.LAPSED
        for key, why in lapsed.items()
    }


def by_reason(lapsed: Mapping[UUID, Lapse]) -> dict[Lapse, list[UUID]]:
    """Turned round: a reason is told about all its letters at once."""
    found: defaultdict[Lapse, list[UUID]] = defaultdict(list)
    for key, why in lapsed.items():
        found[why].append(key)
    return found
