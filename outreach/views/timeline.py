"""All that happened with a household in one list, the newest first: never a source, nor why it was found."""

import datetime
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django.db.models import Max, Q, QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localdate

from letters.models import Application, ApplicationState, Axis, DeliveryState, Grant, Letter, Production
from outreach.kernel import clock
from outreach.models import Claim, Gesprek, Household, HouseholdMember, Referral, Representative, Task, User
from outreach.models.referral import ReferralQuerySet, ReferralState
from outreach.models.task import TaskState
from outreach.permissions import Permission, may
from outreach.views import household_shown as shown

Line = dict[str, Any]
#: Day first: a gesprek is known by its day, and most other things by their moment too.
_When = tuple[datetime.date, datetime.datetime]

_TASK_VARIANTS: dict[str, str] = {TaskState.DONE: "success", TaskState.DROPPED: "inactive"}
_LETTER_VARIANTS: dict[str, str] = {
    Production.SENT: "success",
    Production.LAPSED: "inactive",
    Production.REFUSED: "inactive",
    Production.WITHDRAWN: "inactive",
}
_APPLICATION_VARIANTS: dict[str, str] = {
    ApplicationState.GRANTED: "success",
    ApplicationState.REFUSED: "inactive",
}


def same_people(household: Household) -> set[UUID]:
    """This household and the others of its adults that the row policy shows; not through children.

    After a divorce the talks of one parent do not stand with the other.
    """
    adults = HouseholdMember.objects.filter(adult=True)
    persons = adults.filter(household=household).values("person")
    return set(adults.filter(person__in=persons).values_list("household_id", flat=True)) | {household.pk}


def lines(
    household: Household,
    about: Iterable[UUID],
    represented: Iterable[Representative],
    user: User,
) -> list[Line]:
    """The lines for `kit/timeline.html`, about all households of `same_people`.

    `represented` are the representatives of `shown.representatives`. Seven queries, for a long history as for
    a short one.
    """
    keys = list(about)
    known = list(Gesprek.objects.with_adults_of(household))
    talks = zip(known, shown.events(known, household, user), strict=True)
    found: list[tuple[_When, Line]] = [((one.happened_on, one.saved_at), line) for one, line in talks]
    for told in (
        _letters(Letter.objects.filter(household__in=keys)),
        _applications(Application.objects.filter(approach__household__in=keys), user),
        _grants(Grant.objects.filter(approach__household__in=keys)),
        _tasks(Task.objects.filter(household__in=keys), user),
        _referrals(Referral.objects.filter(household__in=keys), user),
        _claims(Claim.objects.on(household), user),
        _representatives(represented, user),
    ):
        found += told
    return [line for _, line in sorted(found, key=lambda pair: pair[0], reverse=True)]


def _line(at: datetime.datetime, icon: str, title: str, **more: Any) -> tuple[_When, Line]:
    """One line about a moment; `who`, `text`, `status` and `url` where there is more to say."""
    return _dated(localdate(at), at, icon, title, **more)


def _dated(
    day: datetime.date, at: datetime.datetime, icon: str, title: str, **more: Any
) -> tuple[_When, Line]:
    line = {
        "icon": icon,
        "title": title,
        "when": date_format(day, "D j b Y"),
        "machine_when": day.isoformat(),
        "who": "",
        "text": "",
        "status": None,
        "url": "",
    }
    return (day, at), line | more


def _who(person: User | None, user: User) -> str:
    if person is None:
        return ""
    return "jij" if person.pk == user.pk else person.display_name()


def _badge(label: object, variant: str) -> dict[str, str]:
    return {"label": str(label), "variant": variant}


def _letters(letters: QuerySet[Letter]) -> Iterator[tuple[_When, Line]]:
    """Each letter once, where it is now: on the day it was posted, else of the last that we heard of it."""
    posted = Q(events__axis=Axis.PRODUCTION, events__code=Production.SENT)
    rows = letters.select_related("approach__regeling", "part").annotate(
        posted=Max("events__occurred_at", filter=posted), heard=Max("events__occurred_at")
    )
    for one in rows:
        returned = one.delivery == DeliveryState.RETURNED
        variant = _LETTER_VARIANTS.get(one.production, "active")
        badge = _badge("Kwam terug", "danger") if returned else _badge(one.get_production_display(), variant)
        title = f"Brief: {one.get_kind_display().lower()}, {one.approach.regeling.name}"
        url = reverse("letter", args=[one.pk])
        yield _line(one.posted or one.heard or one.part.planned_at, "letter", title, status=badge, url=url)


def _applications(applications: QuerySet[Application], user: User) -> Iterator[tuple[_When, Line]]:
    """A form that came back, and a refusal. That it was granted is told by the grant."""
    opens = may(user, Permission.APPLICATION_ASSESS)
    for one in applications.select_related("approach__regeling", "decided_by"):
        url = reverse("application", args=[one.pk]) if opens else ""
        regeling = one.approach.regeling.name
        badge = _badge(one.get_state_display(), _APPLICATION_VARIANTS.get(one.state, "active"))
        title = f"Formulier terug: {regeling}"
        yield _dated(one.received_on, one.made_at, "file", title, status=badge, url=url)
        if one.state == ApplicationState.REFUSED and one.decided_at:
            title, who = f"Afgewezen: {regeling}", _who(one.decided_by, user)
            yield _line(one.decided_at, "cross-circle", title, who=who, url=url)


def _grants(grants: QuerySet[Grant]) -> Iterator[tuple[_When, Line]]:
    for one in grants.select_related("approach__regeling"):
        title = f"Toegekend: {one.approach.regeling.name}"
        yield _dated(one.granted_on, one.made_at, "check-circle", title)


def _tasks(tasks: QuerySet[Task], user: User) -> Iterator[tuple[_When, Line]]:
    """Each task on the day it was asked, with how far it is."""
    for one in tasks.select_related("made_by", "gesprek"):
        late = one.is_overdue(clock.today())
        label = "Te laat" if late else one.get_state_display()
        variant = "danger" if late else _TASK_VARIANTS.get(one.state, "active")
        due = f"Uiterlijk {date_format(one.due_on, 'D j b')}."
        dropped = (
            f"Niet meer nodig: {_small(one.get_dropped_because_display())}." if one.dropped_because else ""
        )
        yield _line(
            one.made_at,
            "list",
            f"Taak: {_small(one.title())}",
            who=_who(one.made_by, user),
            text=" ".join(filter(None, (due, one.text, dropped))),
            status=_badge(label, variant),
            url=reverse("task", args=[one.pk]),
        )


def _small(text: str) -> str:
    """For within a sentence: without its first capital, and with those of a name."""
    return text[0].lower() + text[1:]


def _referrals(referrals: ReferralQuerySet, user: User) -> Iterator[tuple[_When, Line]]:
    """What was asked of another organisation, and what it said."""
    for one in referrals.with_refusal().select_related("organisation", "asked_by", "answered_by"):
        url = reverse("referral", args=[one.household_id, one.pk])
        waits = one.state == ReferralState.ASKED
        yield _line(
            one.asked_at,
            "right",
            f"Overgedragen aan {one.organisation.name}",
            who=_who(one.asked_by, user),
            text=one.question,
            status=shown.referral_badge(one) if waits else None,
            url=url,
        )
        if one.answered_at is not None:
            yield _line(
                one.answered_at,
                "check" if one.state == ReferralState.ACCEPTED else "cross",
                f"Antwoord van {one.organisation.name}",
                who=_who(one.answered_by, user),
                text=one.reason,
                status=shown.referral_badge(one),
                url=url,
            )


def _claims(claims: QuerySet[Claim], user: User) -> Iterator[tuple[_When, Line]]:
    """Who was busy here last, and who is. A claim lies on each person: those of one time are one line."""
    now = clock.now()
    told = {(one.by_id, one.taken_at): one for one in claims.select_related("by")}
    for one in told.values():
        title = "Bezig met dit huishouden" if one.until > now else "Was bezig met dit huishouden"
        yield _line(one.taken_at, "person", title, who=_who(one.by, user))


def _representatives(found: Iterable[Representative], user: User) -> Iterator[tuple[_When, Line]]:
    for one in found:
        text = f"Voor {shown.name(one.person)}."
        kind = one.get_kind_display().lower()
        title = f"Vertegenwoordiger vastgelegd: {kind}"
        yield _line(one.set_at, "person", title, who=_who(one.set_by, user), text=text)
        if one.ended_at is not None:
            title = f"Vertegenwoordiger beëindigd: {kind}"
            yield _line(one.ended_at, "person", title, who=_who(one.ended_by, user), text=text)
