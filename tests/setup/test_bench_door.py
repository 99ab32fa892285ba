"""The measuring of a visit goes red by itself when the time that was promised is not kept."""

import pytest
from django.test import Client

from outreach.models import Role
from tests import factories
from tests.outreach import visits
from tools.bench_door import PERSON, TAPS, VISIT, Door, broken, nobody_home, tell

KEPT = Door(nothing=20.0, first=1000.0, visit=(VISIT - PERSON) * 1000)


def test_what_is_just_kept_is_kept(capsys):
    assert broken(KEPT) == []
    assert tell(KEPT) == 0
    assert "NIET GEHAALD" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("measured", "word"),
    [(Door(20.0, 1001.0, 400.0), "looplijst"), (Door(20.0, 400.0, KEPT.visit + 1), f"{TAPS} tikken")],
)
def test_what_is_not_kept_is_said_and_ends_with_1(measured, word, capsys):
    [said] = broken(measured)
    assert word in said
    assert tell(measured) == 1
    assert f"NIET GEHAALD: {said}" in capsys.readouterr().out


@pytest.mark.django_db
def test_a_visit_that_is_measured_is_a_visit_that_is_saved():
    walker = factories.user(Role.BUURTTEAM, team=factories.team())
    looplijst = visits.list_of(walker.team, visits.streets(1, 3, 5, street="Gerststraat"))
    client = Client()
    client.force_login(walker)
    for _ in range(2):
        nobody_home(looplijst.pk, client)
    assert [item.state for item in visits.items(looplijst)] == ["bezocht", "bezocht", "open"]
    with pytest.raises(SystemExit, match="geen volgend adres"):
        nobody_home(looplijst.pk, client)
