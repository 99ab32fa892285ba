"""Telling somebody that there is something for him, in the transaction of what happened.

A notification is a kind and a number. Who may not see the thing (any more) learns nothing from it: the page
that it leads to asks again.
"""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils.timezone import localdate, localtime

from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as, current_actor
from outreach.models import (
    Breach,
    DailyMail,
    DestructionList,
    Draft,
    Household,
    Looplijst,
    Notification,
    Referral,
    Role,
    SafetyInstruction,
    Sheet,
    SubjectRequest,
    Task,
    Team,
    User,
)
from outreach.models.breach import REPORT_WITHIN, BreachState
from outreach.models.notification import KEPT_FOR, ONCE_A_YEAR, NotificationKind
from outreach.models.owned import OwnedQuerySet
from outreach.models.subject_request import OPEN_REQUESTS
from outreach.permissions import Permission, roles_with
from outreach.transitions import FIELDWORKERS

#: A draft that lies there longer than this is one that its writer forgot.
DRAFT_FORGOTTEN = datetime.timedelta(hours=24)
#: So long before the 72 hours of a breach are over its watchers are told, and who they are.
BREACH_WARNED = datetime.timedelta(hours=24)
BREACH_WATCHERS = (Role.PRIVACY_OFFICER, Role.FUNCTIONEEL_BEHEERDER)
#: So long before the last day of an answer to a resident the privacy officer is told.
REQUEST_WARNED = datetime.timedelta(days=7)
#: So long before the last day of a safety instruction those who can extend it are told.
SAFETY_WARNED = datetime.timedelta(days=14)
#: So long before it those who have not approved its extension yet are told again.
SAFETY_URGENT = datetime.timedelta(days=3)
#: Rows of one statement.
BATCH = 1000
HOURS = 24


def tell(
    kind: NotificationKind,
    about: Iterable[int],
    to: Collection[int],
    *,
    day: datetime.date | None = None,
) -> None:
    """Tell these users (their keys) of these things, each once for this day (today), and not who did it."""
    wanted = set(to)
    if not wanted:
        return
    wanted -= {int(actor) for actor in (current_actor().id,) if actor.isdecimal()}
    day = day or clock.today()
    rows = [Notification(user_id=user, kind=kind, about=one, day=day) for one in about for user in wanted]
    # Nothing comes back: who tells may not read what is told to another.
    Notification.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)


def task_given(keys: Iterable[int], to: object) -> None:
    """Tasks are somebody's from now on. Those of a team are nobody's yet, and told to nobody."""
    if isinstance(to, User):
        tell(NotificationKind.TASK_GIVEN, keys, {to.pk})


def task_changed(task: Task) -> None:
    """A task was moved or ended: its owner hears of it when another did that."""
    if task.owner_id is not None:
        tell(NotificationKind.TASK_CHANGED, [task.pk], {task.owner_id})


def list_given(lists: Iterable[Looplijst], to: object) -> None:
    """Looplijsten are somebody's from now on. Those of a team are told to nobody."""
    if isinstance(to, User):
        tell(NotificationKind.LIST_GIVEN, [one.pk for one in lists], {to.pk})


def referral_answered(referral: Referral) -> None:
    """Whoever waits for the answer of an organisation, or all of the team that does, hears of it."""
    waiting = {referral.owner_id} if referral.owner_id else Staff.now().members.get(referral.team_id or 0, ())
    tell(NotificationKind.REFERRAL_ANSWERED, [referral.pk], waiting)


def referrals_given(keys: Iterable[int], to: object) -> None:
    """Somebody waits for these answers from now on. Those of a team are told to nobody."""
    if isinstance(to, User):
        tell(NotificationKind.REFERRAL_GIVEN, keys, {to.pk})


def referral_changed(referral: Referral) -> None:
    """An answer was given on or moved: who waited for it hears of it when another did that."""
    if referral.owner_id is not None:
        tell(NotificationKind.REFERRAL_CHANGED, [referral.pk], {referral.owner_id})


def safety_waits(instruction: SafetyInstruction) -> None:
    """The teamleiders who see the address; where there is none but the writer, the consulenten who do."""
    told = Seeing.now().who_decides(instruction.household, but={instruction.made_by_id})
    tell(NotificationKind.SAFETY_WAITS, [instruction.pk], told)


def breach_reported(breach: Breach) -> None:
    """The privacy officers, and who leads the team whose list it is."""
    officers = User.objects.filter(role=Role.PRIVACY_OFFICER, is_active=True).values_list("pk", flat=True)
    with acting_as(SYSTEM_ACTOR):
        # Also when the list went to a team since that who lost the paper does not see.
        team = Sheet.objects.filter(pk=breach.sheet_id).values_list("looplijst__team", flat=True).first()
    tell(NotificationKind.BREACH_REPORTED, [breach.pk], {*officers, *Staff.now().leaders(team)})


def working_with(permission: Permission) -> set[int]:
    """The keys of all who work here and have this permission."""
    working = User.objects.filter(is_active=True, role__in=roles_with(permission))
    return set(working.values_list("pk", flat=True))


def list_waits(of: DestructionList, by: User) -> None:
    """A list is approved by another than who asked for it: all who may hear of it."""
    others = working_with(Permission.DESTRUCTION_APPROVE) - {by.pk}
    tell(NotificationKind.LIST_WAITS, [of.pk], others)


def codes_guessed(by: User) -> None:
    """The privacy officers, once for each hour in which somebody was stopped; `hour` reads the number."""
    officers = User.objects.filter(role=Role.PRIVACY_OFFICER, is_active=True).values_list("pk", flat=True)
    about = by.pk * HOURS + localtime(clock.now()).hour
    tell(NotificationKind.CODES_GUESSED, [about], set(officers))


def hour(about: int) -> tuple[int, int]:
    """Of a melding about guessed codes: who was stopped (his key), and in which hour of its day."""
    return divmod(about, HOURS)


@dataclass(frozen=True, slots=True)
class Seeing:
    """Who works in the field, to tell which of them see an address."""

    users: list[User]
    buurten: dict[int, set[str]]

    @classmethod
    def now(cls) -> "Seeing":
        """Read in two queries, for any number of addresses."""
        users = list(User.objects.filter(is_active=True, role__in=FIELDWORKERS).select_related("team"))
        buurten: dict[int, set[str]] = defaultdict(set)
        for team, code in Team.buurten.through.objects.values_list("team", "buurt"):
            buurten[team].add(code)
        return cls(users, buurten)

    def of(self, household: Household, roles: Collection[str] = FIELDWORKERS) -> set[int]:
        """Users of these roles in whose area the household is."""
        return {user.pk for user in self.users if user.role in roles and self._sees(user, household)}

    def who_decides(self, household: Household, *, but: Collection[int] = ()) -> set[int]:
        """The teamleiders who see it; where there is none but these, the consulenten who do."""
        for role in (Role.TEAMLEIDER, Role.CONSULENT):
            if found := self.of(household, (role,)) - set(but):
                return found
        return set()

    def _sees(self, user: User, household: Household) -> bool:
        """As `User.actor` says it: who walks sees the buurten of his team (CHECK user_buurtteam_has_team)."""
        team, walks = user.team, user.role == Role.BUURTTEAM
        if team is None:
            return True
        here = (team.all_areas and not walks) or household.buurt_code in self.buurten.get(team.pk, ())
        return here and (team.municipal or not household.confidential)


@dataclass(frozen=True, slots=True)
class Staff:
    """Who works where: teamleiders and all fieldworkers by team. `everywhere` leads no one team."""

    leading: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    members: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    everywhere: set[int] = field(default_factory=set)

    @classmethod
    def now(cls) -> "Staff":
        """Read in one query."""
        staff = cls()
        working = User.objects.filter(is_active=True, role__in=FIELDWORKERS)
        for key, role, team, all_areas in working.values_list("pk", "role", "team", "team__all_areas"):
            if team is not None:
                staff.members[team].add(key)
            if role == Role.TEAMLEIDER:
                (staff.everywhere if team is None or all_areas else staff.leading[team]).add(key)
        return staff

    def leaders(self, team: int | None) -> set[int]:
        """Who leads this team; where nobody does, who leads all."""
        return self.leading.get(team or 0) or self.everywhere


def sweep() -> None:
    """Tell of terms that are over and of drafts that were forgotten, and remove what was told long ago.

    Once each, however often it runs.
    """
    today = clock.today()
    with acting_as(SYSTEM_ACTOR):
        staff = Staff.now()
        _tell_all(NotificationKind.TASK_LATE, _late_tasks(staff, today))
        _tell_all(NotificationKind.REFERRAL_LATE, _late_referrals(staff, today))
        _tell_all(NotificationKind.SHEET_LATE, _late_sheets(staff, today))
        _tell_all(NotificationKind.SAFETY_ENDS, _ending_instructions(today))
        _tell_all(NotificationKind.SAFETY_WAITS, _extensions_that_wait(today))
        for kind in (NotificationKind.BREACH_DUE, NotificationKind.BREACH_LATE):
            _tell_all(kind, _breaches(kind, clock.now()))
        old = Notification.objects.filter(made_at__lt=clock.now() - KEPT_FOR)
        old.exclude(kind__in=ONCE_A_YEAR, day__year=today.year).delete()
        DailyMail.objects.filter(day__lt=today - KEPT_FOR).delete()
    _forgotten_drafts()
    _requests_to_answer(today)


#: The number of a thing, the day that it is about, and to whom it is told.
Term = tuple[int, datetime.date, Iterable[int]]


def _tell_all(kind: NotificationKind, terms: Iterable[Term]) -> None:
    """Tell of all these terms at once, in one statement for each `BATCH` of rows."""
    rows = [
        Notification(user_id=user, kind=kind, about=about, day=day) for about, day, to in terms for user in to
    ]
    Notification.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)


def _late_tasks(staff: Staff, today: datetime.date) -> Iterator[Term]:
    """Its owner, or all of its team while nobody took it, and who leads them."""
    return _late(Task.objects.overdue(today), staff)


def _late_referrals(staff: Staff, today: datetime.date) -> Iterator[Term]:
    """Who waits for an answer that did not come, and who leads him."""
    return _late(Referral.objects.overdue(today), staff)


def _late(found: OwnedQuerySet[Any], staff: Staff) -> Iterator[Term]:
    late = found.values_list("pk", "due_on", "owner", "owner__team", "team")
    for key, due_on, owner, owner_team, team in late:
        doers = {owner} if owner else staff.members.get(team, set())
        yield key, due_on, doers | staff.leaders(owner_team if owner else team)


def _late_sheets(staff: Staff, today: datetime.date) -> Iterator[Term]:
    """Who printed it, and who leads the team whose list it is."""
    for sheet in Sheet.objects.late(today).select_related("looplijst"):
        yield (
            sheet.pk,
            sheet.shred_before(),
            {sheet.made_by_id} | staff.leaders(sheet.looplijst.team_id),
        )


def _ending_instructions(today: datetime.date) -> Iterator[Term]:
    """Its writer and who approved it, as far as they still see the address, and who leads there.

    Told ahead: after its last day it warns nobody any more.
    """
    ending = SafetyInstruction.objects.in_force(today).filter(ends_on__lte=today + SAFETY_WARNED)
    found = list(ending.with_place())
    if not found:
        return
    seeing, homes = Seeing.now(), Household.objects.in_bulk({one.place for one in found})
    for one in found:
        home = homes[one.place]
        own = seeing.of(home) & {one.made_by_id, one.decided_by_id}
        yield one.pk, one.ends_on, own | seeing.who_decides(home)


def _extensions_that_wait(today: datetime.date) -> Iterator[Term]:
    """Who decides on an extension, once more when what it takes the place of is nearly over.

    Who wrote it trusts that it was extended, and until another approves it nobody is warned after that day.
    """
    near = SafetyInstruction.objects.in_force(today).filter(ends_on__lte=today + SAFETY_URGENT)
    ending = list(near.select_related("household"))
    waiting = SafetyInstruction.objects.waiting(today).select_related("household").with_place()
    found = [(new, old) for new in (waiting if ending else ()) for old in ending if new.says_the_same_as(old)]
    if not found:
        return
    seeing, homes = Seeing.now(), Household.objects.in_bulk({new.place for new, _ in found})
    for new, old in found:
        yield new.pk, old.ends_on, seeing.who_decides(homes[new.place], but={new.made_by_id})


def _breaches(kind: NotificationKind, now: datetime.datetime) -> Iterator[Term]:
    """Who watches over the 72 hours, of breaches not notified: a day before their end, or after."""
    over = Q(discovered_at__lte=now - REPORT_WITHIN)
    near = Q(discovered_at__lte=now - REPORT_WITHIN + BREACH_WARNED) & ~over
    waiting = Breach.objects.filter(over if kind == NotificationKind.BREACH_LATE else near)
    watchers = list(
        User.objects.filter(is_active=True, role__in=BREACH_WATCHERS).values_list("pk", flat=True)
    )
    for breach in waiting.filter(state=BreachState.REPORTED, ap__isnull=True):
        yield breach.pk, localdate(breach.deadline()), watchers


def _forgotten_drafts() -> None:
    """Asked as each user himself: nobody else may know that he has one."""
    before = clock.now() - DRAFT_FORGOTTEN
    for user in User.objects.filter(is_active=True, role__in=FIELDWORKERS).select_related("team"):
        with acting_as(user.actor()):
            found = Draft.objects.filter(by=user, saved_at__lt=before)
            rows = [
                Notification(
                    user=user,
                    kind=NotificationKind.DRAFT_LEFT,
                    about=key,
                    day=localdate(saved_at),
                )
                for key, saved_at in found.values_list("pk", "saved_at")
            ]
            Notification.objects.bulk_create(rows, ignore_conflicts=True)


def _requests_to_answer(today: datetime.date) -> None:
    """Asked as each privacy officer himself: background work reads nothing of what residents ask.

    A week before the last day of an answer, and once it is over. Source: AVG art. 12, lid 3.
    """
    for officer in User.objects.filter(is_active=True, role=Role.PRIVACY_OFFICER):
        with acting_as(officer.actor()):
            waiting = SubjectRequest.objects.filter(
                state__in=OPEN_REQUESTS, due_on__lte=today + REQUEST_WARNED
            )
            rows = [
                Notification(user=officer, kind=_request_kind(due_on, today), about=key, day=due_on)
                for key, due_on in waiting.values_list("pk", "due_on")
            ]
            Notification.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)


def _request_kind(due_on: datetime.date, today: datetime.date) -> NotificationKind:
    return NotificationKind.REQUEST_LATE if due_on < today else NotificationKind.REQUEST_DUE


def unread(user: User) -> int:
    """How many notifications this user has not opened; a request that has no actor (yet) acts as him."""
    if connection.in_atomic_block:
        return Notification.objects.unread_of(user).count()
    with acting_as(user.actor()):
        return Notification.objects.unread_of(user).count()


def read(found: Iterable[int], by: User) -> None:
    """These notifications (their keys) of this user are read, from now on."""
    Notification.objects.unread_of(by).filter(pk__in=list(found)).update(read_at=clock.now())


def read_all(by: User, until: int) -> int:
    """All of this user up to this number are read: not one that came after he looked. How many there were."""
    return Notification.objects.unread_of(by).filter(pk__lte=until).update(read_at=clock.now())
