"""The letters of one round, from the database to encrypted files, beside one document per letter.

Run by tools/bench.py in a process of the pages, on a database with invented households.
"""

import datetime
import os
import time
from collections.abc import Callable

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "outreach.settings")
django.setup()

from letters.actions import parts  # noqa: E402
from letters.composition.fonts import load_fonts  # noqa: E402
from letters.composition.layout import LayoutProfile  # noqa: E402
from letters.composition.letter import PartContext  # noqa: E402
from letters.models import Part  # noqa: E402
from letters.texts.catalog import load_texts  # noqa: E402
from outreach.actions import rounds  # noqa: E402
from outreach.kernel.db import acting_as  # noqa: E402
from outreach.management.demo.texts import approve_shipped  # noqa: E402
from outreach.models import Handover, Klasse, Regeling, Role, Round, User  # noqa: E402
from outreach.models.round import RoundKind  # noqa: E402
from tools.bench_letters import WATERVEEN, naive_pdfs, sample_letters  # noqa: E402

NAIVE = 200


def fixed_round() -> Round:
    """A letter round about one regeling, made by one and fixed by another."""
    maker, fixer = (
        User.objects.create_user(username=name, role=Role.TEAMLEIDER) for name in ("maker", "vaststeller")
    )
    adviser = User.objects.create_user(username="adviseur", role=Role.COMMUNICATIEADVISEUR)
    approve_shipped(adviser, fixer)
    with acting_as(maker.actor()):
        made = rounds.make(
            name="Meting",
            kind=RoundKind.LETTER,
            handover=Handover.objects.latest("pk"),
            regelingen=Regeling.objects.filter(pk="scholierenvergoeding"),
            klassen=list(Klasse),
            reply_before=datetime.date(2026, 5, 1),
            by=maker,
        )
    with acting_as(fixer.actor()):
        return rounds.fix(round_=made, by=fixer)


def timed(work: Callable[[], int]) -> tuple[int, float]:
    """What the work counted, and its seconds by the clock."""
    began = time.perf_counter()
    return work(), time.perf_counter() - began


def make_all() -> int:
    """All parts that are due; the number of letters in them."""
    for part_id in parts.parts_due():
        parts.make(part_id=part_id)
    return sum(Part.objects.values_list("letters_count", flat=True))


def naive() -> int:
    """The reference: a flowing document per letter, without a database."""
    context = PartContext(WATERVEEN, LayoutProfile(), load_texts())
    return sum(1 for _ in naive_pdfs(sample_letters(NAIVE), context, load_fonts()))


def main() -> None:
    round_, fixing = timed_round()
    slow_count, slow = timed(naive)
    planned, planning = timed(lambda: parts.plan(round_id=round_.pk))
    count, making = timed(make_all)
    size = sum(size for size in Part.objects.values_list("size", flat=True) if size)
    merged, reference = count / (planning + making), slow_count / slow
    steps = f"vaststellen {fixing:.1f} s, plannen {planning:.1f} s, maken {making:.1f} s"
    lines = [
        f"{count} brieven in {planned} delen: {steps}",
        f"samengevoegd, met database: {merged:.0f} brieven/s, {size / count:.0f} bytes per brief",
        f"een document per brief, zonder database: {reference:.0f} brieven/s",
        f"verhouding {merged / reference:.1f}x",
    ]
    print("\n".join(lines))


def timed_round() -> tuple[Round, float]:
    """The fixed round and the seconds that fixing took."""
    began = time.perf_counter()
    return fixed_round(), time.perf_counter() - began


if __name__ == "__main__":
    main()
