"""The rounds of the demo: made by one person, fixed by another; and a few gesprekken to look at."""

import datetime
import uuid
from random import Random

from letters.actions import parts
from letters.models import Part
from letters.tasks import sweep_letters
from outreach.actions import gesprekken, rounds
from outreach.actions.gesprekken import Attempt, Said
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.management.demo import months
from outreach.management.demo.deliver import wait_until
from outreach.models import Approach, Handover, Klasse, LooplijstItem, Regeling, Role, Round, User
from outreach.models.gesprek import AttemptKind, DayPart, GesprekResult
from outreach.models.gesprek_said import Outcome
from outreach.models.round import RoundKind

LETTERS_ABOUT = "scholierenvergoeding"
VISITS_ABOUT = ("czv", "iit", "ov_ouderen")
GRANTED_ABOUT = "stadspas"
REPLY_WITHIN = datetime.timedelta(weeks=6)
VISITED_SHARE = 0.15

# How the first days at the door went, so that the lists look like work in progress.
_OUTCOMES: tuple[tuple[bool, GesprekResult | None], ...] = (
    (False, None),
    (False, None),
    (True, GesprekResult.HELPED),
    (True, GesprekResult.INFORMED),
    (True, GesprekResult.COME_BACK),
    (True, GesprekResult.NO_HELP),
)


def make_and_fix(
    handover: Handover,
    kind: RoundKind,
    regelingen: tuple[str, ...],
    today: datetime.date,
    maker: User,
    fixer: User,
    klassen: tuple[Klasse, ...] = tuple(Klasse),
) -> Round:
    """A round for all classes unless told otherwise, made by one and fixed by the other."""
    names = Regeling.objects.filter(pk__in=regelingen)
    subject = f"Brieven {names[0].name}" if kind == RoundKind.LETTER else "Bezoek aan de deur"
    with acting_as(maker.actor()):
        round_ = rounds.make(
            name=f"{subject} {today.year}",
            kind=kind,
            handover=handover,
            regelingen=names,
            klassen=list(klassen),
            reply_before=today + REPLY_WITHIN if kind == RoundKind.LETTER else None,
            by=maker,
        )
    with acting_as(fixer.actor()):
        return rounds.fix(round_=round_, by=fixer)


def make_letters(round_: Round) -> int:
    """Wait until the office worker has made all letters of a round; how many there are."""
    sweep_letters.delay()

    def made() -> bool:
        mine = Part.objects.filter(round=round_)
        return mine.exists() and not mine.planned().exists() and round_.pk not in parts.rounds_due()

    wait_until(made, "Het maken van de brieven")
    return sum(Part.objects.filter(round=round_).values_list("letters_count", flat=True))


def hold_some_gesprekken(round_: Round, today: datetime.date) -> int:
    """Let each team go past its first addresses, since the round was fixed; how many attempts."""
    rng = Random(7)  # noqa: S311 - which door opens is not a secret
    saved = 0
    for worker in User.objects.filter(role=Role.BUURTTEAM).select_related("team"):
        with acting_as(SYSTEM_ACTOR):
            items = list(
                LooplijstItem.objects.filter(round=round_, looplijst__team=worker.team)
                .select_related("household")
                .order_by("position")
            )
        walked = items[: int(len(items) * VISITED_SHARE)]
        for number, item in enumerate(walked):
            reached, result = rng.choice(_OUTCOMES)
            day_part = rng.choice(list(DayPart))
            day = today - datetime.timedelta(days=months.VISITS_AGO * (len(walked) - number) // len(walked))
            with acting_as(worker.actor()):
                said = _said(item, rng) if result == GesprekResult.HELPED else frozenset()
                attempt = Attempt(AttemptKind.VISIT, day_part, day, reached, result, said=said)
                gesprekken.save(
                    submission=uuid.UUID(int=rng.getrandbits(128), version=4),
                    household=item.household,
                    item=item,
                    attempt=attempt,
                    by=worker,
                )
            saved += 1
    return saved


def _said(item: LooplijstItem, rng: Random) -> frozenset[Said]:
    """What became of each regeling of somebody who was helped: the first one is asked for."""
    brought = Approach.objects.filter(round=item.round_id, household=item.household_id)
    regelingen = sorted(brought.values_list("regeling", flat=True))
    others = [Outcome.HAS_IT, Outcome.WANTS, Outcome.NO_RIGHT]
    outcomes = [Outcome.HELPED, *(rng.choice(others) for _ in regelingen[1:])]
    return frozenset(Said(*pair) for pair in zip(regelingen, outcomes, strict=True))
