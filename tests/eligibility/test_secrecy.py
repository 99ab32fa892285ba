"""An address that becomes protected closes in the older koppelingen too; with real handovers and roles."""

import datetime
import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from eligibility.actions import facts
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Household, LooplijstItem, Role, User
from tests import factories
from tests.eligibility import deliver
from tests.outreach import visits
from tests.roles import as_role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places")]

BEA, CARL = (deliver.bsn(number) for number in (50000100, 50000200))
LATER = datetime.date(2026, 4, 1)


def town(geheim: str = "0") -> bytes:
    bea = deliver.resident(BEA, voornamen="Bea", geslachtsnaam="Zomerhof", geheim=geheim)
    return deliver.brp([bea, deliver.resident(CARL, voornamen="Carl", geslachtsnaam="Winterdijk")])


@pytest.fixture
def out(manager: User) -> User:
    deliver.deliver(town(), "brp", by=manager)
    deliver.deliver(deliver.client_file([BEA, CARL]), "bijstand", 2025, by=manager)
    assert deliver.run_through(manager).state == "klaar"
    assert protected() == {"Bea": [False], "Carl": [False]}
    return manager


def protected() -> dict[str, list[bool]]:
    """Per person whether his households are protected, the oldest first."""
    found: dict[str, list[bool]] = {}
    with as_role("migrate"):
        rows = Household.objects.order_by("handover_id").values_list(
            "members__person__given_names", "confidential"
        )
        for name, confidential in rows:
            found.setdefault(name, []).append(confidential)
    return found


def tell() -> None:
    with as_role("koppel"):
        facts.tell_due()


def test_a_newer_koppeling_closes_the_household_of_the_older_one(out: User):
    deliver.deliver(town("3"), "brp", by=out, peildatum=LATER)
    assert deliver.run_through(out, LATER).state == "klaar"
    assert protected() == {"Bea": [True, True], "Carl": [False, False]}


def test_a_newer_delivery_closes_it_without_a_koppeling(out: User):
    deliver.deliver(town("3"), "brp", by=out, peildatum=LATER)
    tell()
    assert protected() == {"Bea": [True], "Carl": [False]}


def test_it_is_never_opened_again_by_itself(out: User):
    deliver.deliver(town("3"), "brp", by=out, peildatum=LATER)
    tell()
    deliver.deliver(town("0"), "brp", by=out, peildatum=datetime.date(2026, 5, 1))
    tell()
    assert protected() == {"Bea": [True], "Carl": [False]}


def shown_to(client: Client, household: Household, item: LooplijstItem) -> dict[str, bool]:
    """Whether each way to this address shows it."""
    rows = client.get(reverse("looplijst", args=[item.looplijst_id])).content.decode()
    found = client.post(reverse("search"), {"zoek": "Zomerhof"}).content.decode()
    return {
        "page": client.get(reverse("household", args=[household.pk])).status_code == 200,
        "list": str(household.pk) in rows,
        "search": str(household.pk) in found,
    }


def test_a_team_outside_the_municipality_finds_it_no_more(out: User):
    with as_role("migrate"):
        bea = Household.objects.select_related("handover").get(members__person__given_names="Bea")
    team = factories.team("Wijkteam", buurten=[bea.buurt_code], municipal=False)
    round_ = visits.visit_round(bea.handover, ["stadspas"])
    with acting_as(SYSTEM_ACTOR):
        item = LooplijstItem.objects.get(round=round_, household=bea)
    client = Client()
    client.force_login(factories.user(Role.BUURTTEAM, team=team))
    assert shown_to(client, bea, item) == {"page": True, "list": True, "search": True}
    deliver.deliver(town("3"), "brp", by=out, peildatum=LATER)
    tell()
    assert shown_to(client, bea, item) == {"page": False, "list": False, "search": False}


def test_one_column_crosses_and_no_other():
    text = (settings.BASE_DIR / "eligibility" / "blackbox" / "secrecy.sql").read_text(encoding="utf-8")
    text = re.sub(r"--[^\n]*", "", text).replace("FOR NO KEY UPDATE", "")
    assert re.findall(r"(?:INSERT INTO|DELETE FROM|UPDATE) public\.(\w+) p SET\s+([^\n]+)", text) == [
        ("outreach_household", "confidential = true")
    ]
    assert len(re.findall(r"(?:INSERT|UPDATE|DELETE|COPY)\s", text)) == 1
