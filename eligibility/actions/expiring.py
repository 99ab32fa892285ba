"""What of the deliveries and koppelingen is older than its term: for the draft of a list."""

import datetime
from collections.abc import Iterable, Iterator

from django.db import connection
from django.db.models import Q
from django.utils.timezone import localdate

from eligibility.models import (
    WORKING,
    Agreement,
    Delivery,
    DeliveryState,
    Layout,
    Run,
    RunSeal,
)
from outreach.actions.destruction import Due
from outreach.kernel import clock
from outreach.models import DestructionItem, RetentionRule, Round
from outreach.models.destruction import DestructionState, RetentionKind, Unit
from outreach.models.round import RoundState

#: What has rows, a file and a key. What was refused lost those at once, and so did what was withdrawn before
#: a koppeling used it (`Delivery.objects.withdrawn_after_use`).
KEPT = (DeliveryState.LOADED, DeliveryState.HELD)


def deliveries(cutoff: datetime.date) -> list[Due]:
    """Deliveries that came in on the day of the cutoff or before, or of which the agreement says: no longer.

    What was withdrawn after a koppeling used it is due at once: it counts no more, and nobody ends it alone.
    Not those of a koppeling that is under way, and not the newest list of who wants no contact: until the
    next list comes, it is the one place where that stands of people who never came out. While a round is not
    closed, the newest of each bron and year stay too: they say who died, left or has it already.
    """
    newest_list = Delivery.objects.accepted().filter(bron__layout=Layout.OPTOUT).order_by("-peildatum", "-pk")
    old = (
        Delivery.objects.filter(state__in=KEPT)
        .exclude(runs__in=Run.objects.open())
        .exclude(pk__in=newest_list.values("pk")[:1])
        .select_related("bron")
        .order_by("pk")
    )
    agreed = list(Agreement.objects.exclude(retention_months=None))
    found = (_over(one, cutoff, agreed) for one in old.exclude(pk__in=_speaking()))
    return [*_withdrawn(), *(one for one in found if one is not None)]


def _withdrawn() -> list[Due]:
    unused = Delivery.objects.withdrawn_after_use().exclude(runs__in=Run.objects.open())
    return [
        Due(str(one.pk), localdate(one.received_at), f"{named(one)} (ingetrokken)")
        for one in unused.select_related("bron").order_by("pk")
    ]


def is_kept(delivery: Delivery) -> bool:
    """Whether it has rows, a file and a key that only a list may destroy."""
    return delivery.state in KEPT or delivery.waits_for_list()


def _over(one: Delivery, cutoff: datetime.date, agreed: Iterable[Agreement]) -> Due | None:
    """The shorter term counts: that of the rule, or that of the agreement under which it came in."""
    since = localdate(one.received_at)
    mine = (kept for kept in agreed if kept.bron_id == one.bron_id and kept.in_force(since))
    months = min((kept.retention_months for kept in mine if kept.retention_months), default=None)
    shorter = RetentionRule(term=months, unit=Unit.MONTHS).cutoff(clock.today()) if months else cutoff
    if since > max(cutoff, shorter):
        return None
    why = f" (afspraak: {months} maanden)" if shorter > cutoff else ""
    return Due(str(one.pk), since, f"{named(one)}{why}")


def named(one: Delivery) -> str:
    """`Levering 12: Kwijtschelding 2025`, for who reads a list or places a hold."""
    return f"Levering {one.pk}: {one.bron.name}{_of(one.year)}"


def _speaking() -> set[int]:
    if not Round.objects.exclude(state__in=(RoundState.CLOSED, RoundState.WITHDRAWN)).exists():
        return set()
    newest = Delivery.objects.accepted().order_by("bron_id", "year", "-peildatum", "-pk")
    return set(newest.distinct("bron_id", "year").values_list("pk", flat=True))


def cycles(cutoff: datetime.date) -> list[Due]:
    """Refertejaren of which the last day of use, the end of the year after, is the cutoff or before.

    Not while a delivery of it is still there, or a koppeling under way: those go first.
    """
    return [
        Due(str(cycle), end, f"Sleutel van refertejaar {cycle}")
        for cycle, end in _ended(cutoff)
        if not in_use(cycle) and not _gone_since(cycle)
    ]


def reasons(cutoff: datetime.date) -> list[Due]:
    """Koppelingen of which the reasons were sealed on the day of the cutoff or before.

    Not while somebody may still object, nor while data of somebody among them stay (`reasons_wait`).
    """
    old = RunSeal.objects.filter(destroyed_at=None, sealed_at__date__lte=cutoff).order_by("run_id")
    return [
        Due(str(one.run_id), localdate(one.sealed_at), f"Verzegelde redenen van koppeling {one.run_id}")
        for one in old
        if not reasons_wait(one.run_id)
    ]


#: What the reasons of a koppeling wait for, by what the database calls it (`poort.redenen_wachten_op`).
WAITS = {
    "ronde": "Er loopt nog een ronde van deze koppeling. Die wordt eerst afgesloten.",
    "verzoek": "Er loopt nog een verzoek om te ontzegelen bij deze koppeling. Dat gaat eerst.",
    "bezwaar": "Tegen een besluit na deze koppeling kan nog bezwaar worden gemaakt.",
    "inwoner": "Van iemand uit deze koppeling moeten de gegevens nog bewaard blijven.",
}


def reasons_wait(run: int) -> str:
    """Why the reasons of a koppeling may not go yet, in a sentence; empty when they may."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT poort.redenen_wachten_op(%s)", [run])
        found = cursor.fetchone()[0]
    return WAITS[found] if found else ""


def in_use(cycle: int) -> bool:
    """Whether something that was made, or may be made, with the key of a cycle is there."""
    withdrawn = Q(pk__in=Delivery.objects.withdrawn_after_use().order_by().values("pk"))
    delivered = Delivery.objects.filter(Q(state__in=(*KEPT, *WORKING)) | withdrawn)
    running = Run.objects.open().filter(peildatum__year=cycle + 1)
    return delivered.filter(Q(cycle=cycle) | Q(peildatum__year=cycle + 1)).exists() or running.exists()


def _ended(cutoff: datetime.date) -> Iterator[tuple[int, datetime.date]]:
    years = {
        year
        for model in (Delivery, Run)
        for year in model.objects.order_by().values_list("peildatum__year", flat=True).distinct()
    }
    for year in sorted(years):
        end = datetime.date(year, 12, 31)
        if end <= cutoff:
            yield year - 1, end


def _gone_since(cycle: int) -> bool:
    """Whether the key was destroyed, and nothing came in after that for which it would be made again."""
    gone = DestructionItem.objects.filter(
        kind=RetentionKind.CYCLE, subject=str(cycle), state=DestructionState.DESTROYED
    ).order_by("-destroyed_at")
    at = gone.values_list("destroyed_at", flat=True).first()
    if at is None:
        return False
    later = Delivery.objects.filter(peildatum__year=cycle + 1, received_at__gt=at)
    return not (later.exists() or Run.objects.filter(peildatum__year=cycle + 1, asked_at__gt=at).exists())


def _of(year: int | None) -> str:
    return f" {year}" if year else ""
