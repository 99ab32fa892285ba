"""The page of states is that of the code, and every state is reached."""

import pytest
from django.core.management import CommandError, call_command

from outreach.management.commands import states


def test_the_page_is_up_to_date():
    call_command("states", check=True)


def test_a_stale_page_is_noticed(tmp_path, monkeypatch):
    stale = tmp_path / "states.md"
    stale.write_text("old", encoding="utf-8")
    monkeypatch.setattr(states, "PATH", stale)
    with pytest.raises(CommandError, match="verouderd"):
        call_command("states", check=True)


@pytest.mark.parametrize("machine", states.MACHINES, ids=lambda machine: machine[0])
def test_every_arrow_joins_known_states(machine):
    _, known, arrows = machine
    for arrow in arrows:
        assert {arrow.target, *arrow.sources} <= set(known.values)


def test_the_states_that_are_not_reached_are_known():
    """None: anything here is a state that somebody forgot."""
    left = {state for _, known, arrows in states.MACHINES for state in states.unreached(known, arrows)}
    assert left == set()
