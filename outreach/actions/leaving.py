"""Somebody stops working here: he is out at once, and what was on his name goes to somebody else."""

from dataclasses import asdict, dataclass, replace

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet

from outreach.actions import drafts, giving, handing_over, notifications, tasks
from outreach.actions.giving import Target
from outreach.audit import Event, record
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, Actor, acting_as
from outreach.models import Claim, Looplijst, Role, Sheet, Team, User
from outreach.models.looplijst import TO_DO
from outreach.permissions import Permission, check
from outreach.policies import NotNow
from outreach.sessions import end_all_of
from outreach.transitions import FIELDWORKERS, StateChanged


@dataclass(frozen=True, slots=True)
class InHand:
    """What is on somebody's name: how many lists, tasks, answers of organisations that he waits for and
    claims, prints that are not shredded, and gesprekken that he began to write down."""

    lists: int
    tasks: int
    referrals: int
    claims: int
    sheets: int
    drafts: int

    @property
    def to_give(self) -> bool:
        """Whether there is work that somebody else must get when he goes to another team. Claims end by
        themselves, paper is with who printed it, and an answer is awaited from wherever he works."""
        return bool(self.lists or self.tasks)

    @property
    def to_take_over(self) -> bool:
        """Whether somebody must take over when he leaves: also what he was writing or waits for."""
        return self.to_give or bool(self.referrals or self.drafts)


def staff_of(by: User) -> QuerySet[User]:
    """Who still works here, as far as this user may let them leave: never himself.

    A functioneel beheerder lets anybody leave, a teamleider who works with people in his team; one without a
    team all of these.
    """
    found = User.objects.filter(is_active=True).exclude(pk=by.pk).select_related("team")
    if by.role == Role.TEAMLEIDER:
        found = found.filter(role__in=FIELDWORKERS)
        if by.team_id and not by.actor().all_areas:
            found = found.filter(team=by.team_id)
    return found.order_by("team__name", "last_name", "first_name", "username")


def successors(user: User) -> list[User]:
    """Colleagues who may take over: those of his team, and those who work everywhere."""
    people = User.objects.filter(is_active=True, role__in=FIELDWORKERS).exclude(pk=user.pk)
    found = people.select_related("team").order_by("last_name", "first_name", "username")
    return [one for one in found if one.team_id in (None, user.team_id) or one.actor().all_areas]


def in_hand(*, user: User, by: User) -> InHand:
    """What is on his name. Counts only, so whoever asks need not see anybody."""
    _check(user, by)
    with acting_as(everywhere(by)):
        return _in_hand(user)


@transaction.atomic
def leave(*, user: User, to: User | Team | None, by: User) -> InHand:
    """Let him leave: signed out everywhere, his claims given back, his lists, tasks and the rest with `to`.

    With a team the lists go back to the team that each is of. Nothing is done when one of them cannot go.
    Raises PermissionDenied, NotNow when `to` cannot take something over or nobody does, StateChanged when he
    left already.
    """
    _check(user, by)
    user, to = _locked(user, to)
    if not user.is_active:
        raise StateChanged
    with acting_as(everywhere(by)):
        found = _in_hand(user)
        if found.to_take_over and to is None:
            raise NotNow("Kies wie het werk overneemt.")
        if to is not None:
            _hand_over(user, to)
        _claims(user).update(until=clock.now())
    User.objects.filter(pk=user.pk).update(is_active=False)
    end_all_of(user.pk)
    record(Event.USER_LEFT, "gebruiker", [user.pk], details={**asdict(found), "aan": _name(to)})
    return found


def _locked(user: User, to: User | Team | None) -> tuple[User, User | Team | None]:
    """Both read again behind locks in one order: who takes over may be leaving himself."""
    keys = {user.pk, to.pk} if isinstance(to, User) else {user.pk}
    found = User.objects.select_for_update(of=("self",)).select_related("team").filter(pk__in=keys)
    locked = {one.pk: one for one in found.order_by("pk")}
    return locked[user.pk], locked[to.pk] if isinstance(to, User) else to


def _check(user: User, by: User) -> None:
    check(by, Permission.STAFF_LEAVE)
    # Also of somebody who left already: whoever clicks twice is told that, and not that he may not.
    if not _may_leave(user, by):
        raise PermissionDenied


def _may_leave(user: User, by: User) -> bool:
    if user.pk == by.pk:
        return False
    if by.role != Role.TEAMLEIDER:
        return True
    own = by.actor().all_areas or user.team_id == by.team_id
    return own and user.role in FIELDWORKERS


def everywhere(by: User) -> Actor:
    """Sees all that is on a name, also for who sees no people; the audit still says who it was."""
    return replace(SYSTEM_ACTOR, id=str(by.pk))


def _in_hand(user: User) -> InHand:
    return InHand(
        lists=_lists(user).count(),
        tasks=tasks.open_of(user).count(),
        referrals=handing_over.open_of(user).count(),
        claims=_claims(user).values("household").distinct().count(),
        sheets=Sheet.objects.around().filter(made_by=user).count(),
        drafts=drafts.count_of(user),
    )


def _lists(user: User) -> QuerySet[Looplijst]:
    return Looplijst.objects.open().filter(assigned_to=user).select_related("team", "round").order_by("pk")


def _claims(user: User) -> QuerySet[Claim]:
    return Claim.objects.in_force(clock.now()).filter(by=user)


def _hand_over(user: User, to: User | Team) -> None:
    """Lists, tasks, answers to wait for and drafts, all or none."""
    lists = list(_lists(user))
    if isinstance(to, User):
        for each in lists:
            left = list(each.items.filter(state__in=TO_DO).select_related("household"))
            if problem := giving.unseen([item.household for item in left], Target(person=to), each.team):
                raise NotNow(f"Looplijst {each.pk}: {problem}")
    Looplijst.objects.filter(pk__in=[each.pk for each in lists]).update(
        assigned_to=to if isinstance(to, User) else None
    )
    if lists:
        record(Event.LOOPLIJST_GIVEN, "looplijst", [each.pk for each in lists], details={"aan": _name(to)})
        notifications.list_given(lists, to)
    tasks.hand_over(keys=tasks.open_of(user).values_list("pk", flat=True), to=to)
    handing_over.pass_on(of=user, to=to)
    drafts.pass_on(of=user, to=_people(to, user))


def _people(to: User | Team, leaver: User) -> list[User]:
    """Who that are: of a team everybody who goes to the doors."""
    if isinstance(to, User):
        return [to]
    found = User.objects.filter(is_active=True, role__in=FIELDWORKERS, team=to).exclude(pk=leaver.pk)
    return list(found.select_related("team").order_by("pk"))


def _name(to: User | Team | None) -> str:
    if to is None:
        return ""
    return f"gebruiker {to.pk}" if isinstance(to, User) else f"team {to.pk}"
