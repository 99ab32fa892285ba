"""Lists of what is destroyed, brought to the day on which they are carried out."""

import datetime
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.db import connections

from eligibility.actions import destroying
from eligibility.models import Delivery
from outreach.actions import destruction
from outreach.actions.destruction import Due
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import DestructionItem, DestructionList, RetentionRule, Role, User
from tests import factories
from tests.roles import as_role

LONG_AGO = datetime.date(2020, 1, 1)


def rule(kind: str = "levering", term: int = 24) -> RetentionRule:
    """A rule that the privacy officer agreed to."""
    maker, officer = factories.user(Role.FUNCTIONEEL_BEHEERDER), factories.user(Role.PRIVACY_OFFICER)
    with acting_as(maker.actor()):
        made = destruction.set_rule(kind=kind, term=term, unit="maanden", ground="Besluit 26/12", by=maker)
    with acting_as(officer.actor()):
        destruction.agree(rule=made, by=officer)
    return made


def draft(subjects: Iterable[object], kind: str = "levering", asker: User | None = None) -> DestructionList:
    asker = asker or factories.user(Role.FUNCTIONEEL_BEHEERDER)
    found = [Due(str(one), LONG_AGO, f"{kind} {one}") for one in subjects]
    with acting_as(asker.actor()):
        return destruction.draft(rule=rule(kind), cutoff=LONG_AGO, found=found, by=asker)


def approve(of: DestructionList) -> DestructionList:
    officer = factories.user(Role.PRIVACY_OFFICER)
    with acting_as(officer.actor()):
        destruction.approve(of=of, by=officer)
    of.refresh_from_db()
    return of


def cool_off(of: DestructionList) -> None:
    """As if it was approved eight days ago. Only a deploy may rewrite that."""
    with connections["migrate"].cursor() as cursor:
        cursor.execute(
            "UPDATE outreach_destructionlist SET approved_at = approved_at - interval '8 days',"
            " execute_from = execute_from - interval '8 days' WHERE id = %s",
            [of.pk],
        )


def ready(deliveries: Iterable[Delivery]) -> DestructionList:
    """An approved list of deliveries whose cooling-off is over."""
    made = approve(draft([one.pk for one in deliveries]))
    cool_off(made)
    return made


def carry_out() -> list[int]:
    with as_role("koppel"):
        return destroying.carry_out_due()


def items(of: DestructionList) -> list[DestructionItem]:
    with acting_as(SYSTEM_ACTOR):
        return list(of.items.all())


def log_file() -> Path:
    return Path(settings.DESTRUCTION_FOLDER) / "koppel.jsonl"
