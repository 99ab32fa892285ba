"""One household: who live there, what it may have a right to, and what was said before."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from outreach.actions.representatives import may_set
from outreach.audit import Event, record
from outreach.kernel import clock
from outreach.models import Gesprek, Household, User
from outreach.permissions import Permission, may
from outreach.policies import can_visit
from outreach.views import household_shown as shown
from outreach.views import looplijst_shown
from outreach.views.access import require
from outreach.views.walk import Walk, walk_to

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
    gesprekken = list(Gesprek.objects.with_adults_of(household))
    # Earlier households of the same people are read along, so they are written down along.
    earlier = {gesprek.household_id for gesprek in gesprekken} - {household.pk}
    record(Event.HOUSEHOLD_SEEN, "huishouden", [household.pk, *sorted(earlier)])
    refused = household.refuses_contact()
    context = {
        **heading(household, walk),
        "refused": refused,
        "refused_names": [] if refused else shown.refused_names(household),
        "members": shown.members(household, clock.today()),
        "rights": [] if refused else shown.rights(household, clock.today()),
        "events": shown.events(gesprekken, household, request.user),
        "letters": shown.letters(household),
        "gesprek_url": gesprek_url(request.user, household, walk),
        **_representatives(request.user, household, walk),
    }
    return render(request, "outreach/household.html", context)


def _representatives(user: User, household: Household, walk: Walk) -> dict[str, object]:
    """Who acts for somebody here, and for who may: where to set and end it. Seeing one is written down."""
    today = clock.today()
    found = shown.representatives(household, today)
    if found:
        keys = [one.pk for one in found]
        record(Event.REPRESENTATIVE_SEEN, "huishouden", [household.pk], details={"vertegenwoordigers": keys})
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
        ],
        "representative_url": walk.url("representative_new", household.pk) if sets else "",
    }


def heading(household: Household, walk: Walk) -> dict[str, object]:
    """What stands above each page about a household: the address, how far it is, the way back."""
    item = walk.item
    number = household.address_line().removeprefix(household.street).strip()
    return {
        "household": household,
        # The parts of the number stay together on one line.
        "title": f"{household.street} {number.replace(' ', NO_BREAK_SPACE)}",
        "sub": household.postcode_line(),
        "badge": looplijst_shown.status(item) if item and not household.refuses_contact() else None,
        "back_url": walk.back_url,
        "back_label": f"Looplijst {item.looplijst.team}" if item else "Looplijsten",
    }


def gesprek_url(user: User, household: Household, walk: Walk) -> str:
    """Where this user writes down a gesprek; empty when he may not, or the state of things forbids it."""
    if not can_visit(household, walk.item) or not may(user, Permission.GESPREK_SAVE):
        return ""
    return walk.url("gesprek", household.pk)
