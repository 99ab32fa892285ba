"""Keeping what somebody began to write: no lost connection and no ended sign-in loses it."""

import datetime
from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Draft, Household, User
from outreach.models.draft import KEPT_FOR, WRITTEN_BY, DraftForm
from outreach.permissions import Permission, check
from outreach.policies import NotNow

Fields = dict[str, list[str]]


@transaction.atomic
def keep(
    *, submission: UUID, household: Household, fields: Fields, by: User, turn: int = 0
) -> datetime.datetime:
    """Keep what stands in a form now; gives the moment. What was kept of this form before is replaced, unless
    that was sent later (`turn`, in milliseconds): then the moment of that is given.

    `fields` hold no BSN and are not too large: outreach.forms.draft sees to that. Raises PermissionDenied.
    """
    check(by, Permission.GESPREK_SAVE)
    said = {"fields": fields, "saved_at": clock.now(), "turn": turn}
    draft, created = Draft.objects.select_for_update().get_or_create(
        by=by,
        submission=submission,
        defaults={"household": household, "form": DraftForm.GESPREK, **said},
    )
    if not created and draft.turn <= turn:
        for name, value in said.items():
            setattr(draft, name, value)
        draft.save(update_fields=list(said))
    return draft.saved_at


def discard(*, submissions: Iterable[UUID], by: User) -> None:
    """Throw drafts of this user away: their gesprek was saved, or he does not want them any more."""
    Draft.objects.filter(by=by, submission__in=list(submissions)).delete()


def count_of(user: User) -> int:
    """How many drafts are waiting for him, of households that he sees. Says nothing of what is in them."""
    with acting_as(user.actor()):
        return Draft.objects.unsaved(user).count()


@transaction.atomic
def pass_on(*, of: User, to: Iterable[User]) -> None:
    """Give the drafts of who leaves to who takes over, with his name; they are kept no longer for it.

    Each reads only his own, so whoever of a team takes over has one, and the first to save it ends it. Raises
    NotNow when nobody of them sees a household that one is about.
    """
    with acting_as(of.actor()):
        left = list(Draft.objects.unsaved(of).order_by("pk"))
    placed: set[int] = set()
    for one in to if left else ():
        with acting_as(one.actor()):
            about = Household.objects.for_user(one).filter(pk__in={draft.household_id for draft in left})
            seen = set(about.values_list("pk", flat=True))
            theirs = [draft for draft in left if draft.household_id in seen]
            Draft.objects.bulk_create([_copy(draft, of, one) for draft in theirs], ignore_conflicts=True)
        placed.update(draft.pk for draft in theirs)
    if len(placed) < len(left):
        raise NotNow("Er is een concept van een adres dat diegene niet mag zien. Kies iemand anders.")
    with acting_as(of.actor()):
        Draft.objects.filter(pk__in=placed).delete()


def _copy(draft: Draft, of: User, to: User) -> Draft:
    return Draft(
        by=to,
        household_id=draft.household_id,
        form=draft.form,
        submission=draft.submission,
        fields={**draft.fields, WRITTEN_BY: [of.display_name()]},
        turn=draft.turn,
        saved_at=draft.saved_at,
    )


def sweep() -> int:
    """Remove drafts that nobody came back for; gives how many."""
    with acting_as(SYSTEM_ACTOR):
        return Draft.objects.filter(saved_at__lt=clock.now() - KEPT_FOR).delete()[0]
