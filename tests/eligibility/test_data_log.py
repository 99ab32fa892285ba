"""A koppeling in the Logboek Dataverwerkingen: who came out, and the mass it looked through."""

import pytest

from outreach.models import Person
from tests.eligibility import deliver
from tests.outreach.logged import LogTail
from tests.roles import as_role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places")]


def test_who_came_out_has_a_line_and_the_mass_one_for_each_delivery(manager):
    numbers = [deliver.bsn(50000000 + 10 * step) for step in range(20)]
    tail = LogTail()
    brp = deliver.deliver(deliver.brp([deliver.resident(number) for number in numbers]), "brp", by=manager)
    aio = deliver.deliver(deliver.client_file(numbers[:3]), "aio", 2025, by=manager)
    loaded = [(line["subject"], line["activity"]) for line in tail.lines()]
    assert loaded == [(str(brp.pk), "bron-brp"), (str(aio.pk), "bron-aio")]
    tail = LogTail()
    run = deliver.run_through(manager)
    lines = [line for line in tail.lines() if line["name"] == "koppeling_klaar"]
    people = [line["subject"] for line in lines if line["kind"] == "persoon"]
    with as_role("migrate"):
        found = Person.objects.filter(memberships__household__handover=run.pk).values_list("pk", flat=True)
        assert sorted(people) == sorted(str(one) for one in found)
        assert people
    masses = {line["subject"] for line in lines if line["kind"] == "levering"}
    assert masses == {str(one.pk) for one in run.deliveries.all()}
    assert len({line["trace"] for line in lines}) == 1
