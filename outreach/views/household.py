"""One household: who live there, what it may have a right to, and what was said before."""

from collections.abc import Iterable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from outreach.actions.reopening import may_reopen, why_not
from outreach.actions.representatives import may_set, represented
from outreach.audit import Event, record
from outreach.kernel import clock
from outreach.models import Draft, Household, Representative, Task, User
from outreach.models.task import TaskKind
from outreach.permissions import Permission, may
from outreach.policies import can_call, can_visit
from outreach.views import household_shown as shown
from outreach.views import looplijst_shown, safety_shown, tasks_shown, timeline
from outreach.views.access import require, signed_in
from outreach.views.walk import FROM_TASK, Walk, walk_to

#: In the address of the gesprek form: the resident called or came to the desk himself.
THEMSELVES = "zelf"
#: In the same address: somebody calls the resident, or speaks with him at the desk, and nobody goes past.
BY_PHONE = "bellen"
NO_BREAK_SPACE = "\u00a0"


def get_household(user: User, pk: UUID) -> Household:
    """A household in the area of this user. Raises Http404 for another's, as for one that does not exist."""
    return get_object_or_404(Household.objects.for_user(user).with_page_data(), pk=pk)


@require_safe
@require(Permission.HOUSEHOLD_SEE)
def household(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The page of one household. Opening it is written down; when that fails, nothing is shown."""
    household = get_household(request.user, pk)
    walk = walk_to(request, household)
    # Earlier households of the same people are read along, so they are written down along.
    about = timeline.same_people(household)
    record(Event.HOUSEHOLD_SEEN, "huishouden", [household.pk, *sorted(about - {household.pk})])
    acting = represented_by(household)
    task = _came_from(request, household)
    refused = household.refuses_contact()
    context = {
        **heading(household, walk),
        "refused": refused,
        "refused_names": [] if refused else shown.refused_names(household),
        "members": shown.members(household, clock.today()),
        "rights": [] if refused else shown.rights(household, clock.today()),
        "events": timeline.lines(household, about, acting, request.user),
        "claim": shown.claim(household, request.user, walk),
        "gesprek_url": gesprek_url(request.user, household, walk),
        "call_leads": not walk.from_list and (task is None or task.kind == TaskKind.CALL_BACK),
        **({"back_url": reverse("task", args=[task.pk]), "back_label": "Taak"} if task else {}),
        "reopen_url": _reopen_url(request.user, household, walk),
        "not_reopened": why_not(household=household, item=walk.item, by=request.user),
        **_without_visit(request.user, household, walk),
        **_tasks(request.user, household, walk),
        **_representatives(acting, request.user, household, walk),
        **_safety(request.user, household, walk),
        "wishes_said": shown.wishes(household),
        "opt_out_url": _opt_out_url(request.user, household, walk),
        "call_first": call_first(request.user, [household.pk]).get(household.pk, ""),
    }
    return render(request, "outreach/household.html", context)


def _came_from(request: HttpRequest, household: Household) -> Task | None:
    """The task from which somebody opened this page: he goes back there, and may go past the door for it."""
    named = request.GET.get(FROM_TASK, "")
    if not named.isdecimal() or len(named) > 18:
        return None
    return Task.objects.filter(pk=named, household=household).first()


def represented_by(household: Household) -> list[Representative]:
    """Who acts or acted for somebody here, as far as this user may know. Seeing one is written down."""
    found = shown.representatives(household)
    if found:
        keys = [one.pk for one in found]
        record(Event.REPRESENTATIVE_SEEN, "huishouden", [household.pk], details={"vertegenwoordigers": keys})
    return found


def call_first(user: User, households: Iterable[UUID]) -> dict[UUID, str]:
    """Where a team outside the municipality does not go before it called: it does not see who acts there.

    One query for any number of households, and none for the municipality.
    """
    if user.actor().municipal:
        return {}
    return dict.fromkeys(represented(households), "Er is een vertegenwoordiger: bel eerst de gemeente")


def _representatives(
    found: Iterable[Representative], user: User, household: Household, walk: Walk
) -> dict[str, object]:
    """Who acts for somebody here now or later, and for who may: where to set and end it."""
    today = clock.today()
    sets = may_set(user) and bool(household.adults())
    return {
        "representatives": [
            {
                **shown.representative(one, today),
                "end_url": walk.url("representative_end", household.pk, one.pk)
                if sets and not one.ended()
                else "",
            }
            for one in found
            if shown.acts(one, today)
        ],
        "representative_url": walk.url("representative_new", household.pk) if sets else "",
    }


def _reopen_url(user: User, household: Household, walk: Walk) -> str:
    """Where a teamleider takes an address up again that is done; empty when he cannot."""
    reopens = may_reopen(household=household, item=walk.item, by=user)
    return walk.url("item_reopen", household.pk) if reopens else ""


def _opt_out_url(user: User, household: Household, walk: Walk) -> str:
    """Where to write down what somebody here does not want; empty for who may not."""
    sets = may(user, Permission.OPT_OUT_SET) and bool(household.adults())
    return walk.url("opt_out", household.pk) if sets else ""


def _safety(user: User, household: Household, walk: Walk) -> dict[str, object]:
    """Instructions that wait or hold, and where to write one, or to hand the household over."""
    live = safety_shown.live(household)
    may_refer = may(user, Permission.REFERRAL_MAKE) and not household.refuses_sharing()
    return {
        "instructions": [{**one, "url": walk.url("safety", household.pk, one["pk"])} for one in live],
        "safety_url": walk.url("safety_new", household.pk) if may(user, Permission.SAFETY_PROPOSE) else "",
        "referral_url": walk.url("referral_new", household.pk) if may_refer and household.adults() else "",
    }


def _tasks(user: User, household: Household, walk: Walk) -> dict[str, object]:
    """What still has to be done here, and for who may: where to add to it."""
    found = (
        Task.objects.with_adults_of(household)
        .open()
        .with_refusal()
        .select_related("owner", "team", "gesprek")
    )
    may_ask = may(user, Permission.TASK_DO) and not household.refuses_contact()
    return {
        "tasks": tasks_shown.on_household(found, user, clock.today()),
        "task_url": walk.url("task_new", household.pk) if may_ask else "",
    }


def heading(household: Household, walk: Walk) -> dict[str, object]:
    """What stands above each page about a household: the address, how far it is, the way back."""
    item = walk.item
    shown_state = item is not None and not household.refuses_contact()
    agreed = looplijst_shown.appointments([household.pk]).get(household.pk) if shown_state else None
    number = household.address_line().removeprefix(household.street).strip()
    return {
        "household": household,
        # The parts of the number stay together on one line.
        "title": f"{household.street} {number.replace(' ', NO_BREAK_SPACE)}",
        "sub": household.postcode_line(),
        "warnings": safety_shown.warnings(household),
        "badge": looplijst_shown.status(item, agreed) if item and shown_state else None,
        "next_try": looplijst_shown.next_try(item, agreed) if item and shown_state else "",
        "back_url": walk.back_url,
        "back_label": looplijst_shown.title(item.looplijst) if item and walk.from_list else "Zoeken",
    }


def _without_visit(user: User, household: Household, walk: Walk) -> dict[str, str]:
    """A call or a talk at the desk, and that somebody sought contact himself, which he may always do; where
    nobody may go past any more also what one began to write."""
    if not may(user, Permission.GESPREK_SAVE):
        return {}
    url = walk.url("gesprek", household.pk)
    more = "&" if "?" in url else "?"
    way = {"themselves_url": f"{url}{more}{THEMSELVES}=1"}
    if can_call(household):
        way["call_url"] = f"{url}{more}{BY_PHONE}=1"
    if can_visit(household, walk.item):
        return way
    return way | {"draft_url": url if Draft.objects.waiting(household, user).exists() else ""}


def came_themselves(request: HttpRequest) -> bool:
    """Whether the form is about a resident who called or came himself."""
    return THEMSELVES in request.GET


def by_phone(request: HttpRequest) -> bool:
    """Whether the form is about a call to a resident, or a talk with him at the desk."""
    return BY_PHONE in request.GET


def may_open_gesprek(request: HttpRequest, household: Household, walk: Walk) -> bool:
    """Whether there is something to write down: somebody may go past or call, he came, or a draft waits."""
    if can_visit(household, walk.item) or came_themselves(request):
        return True
    if by_phone(request) and can_call(household):
        return True
    return Draft.objects.waiting(household, signed_in(request)).exists()


def gesprek_url(user: User, household: Household, walk: Walk) -> str:
    """Where this user writes down a gesprek; empty when he may not, or the state of things forbids it."""
    if not can_visit(household, walk.item) or not may(user, Permission.GESPREK_SAVE):
        return ""
    return walk.url("gesprek", household.pk)
