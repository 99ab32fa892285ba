"""The three roles are really three roles."""

import psycopg
import pytest
from django.db import connection

from outreach.kernel.db import NOBODY, SYSTEM_ACTOR, Actor, acting_as, current_actor, set_actor


def _who() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return cursor.fetchone()[0]


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["web", "koppel", "migrate"])
def test_each_role_is_its_own_login(as_role, role):
    with as_role(role):
        assert _who() == role


@pytest.mark.django_db
def test_a_dedicated_connection_has_the_role_of_the_process(box_connection: psycopg.Connection):
    assert box_connection.execute("SELECT current_user").fetchone() == ("koppel",)
    assert box_connection.autocommit


@pytest.mark.django_db
def test_the_actor_ends_with_the_transaction(transactional_db):
    actor = Actor(id="7", kind="buurtteam", team="3", areas=("BU1", "BU2"), municipal=False)
    with acting_as(actor):
        assert current_actor() == actor
    assert current_actor() == NOBODY


@pytest.mark.django_db
def test_an_inner_actor_gives_way_to_the_outer_one(transactional_db):
    with acting_as(SYSTEM_ACTOR):
        with acting_as(Actor(id="1", kind="consulent")):
            assert current_actor().kind == "consulent"
        assert current_actor() == SYSTEM_ACTOR


@pytest.mark.django_db
def test_no_actor_outside_a_transaction(transactional_db):
    with pytest.raises(Exception, match="inside one transaction"):
        set_actor(SYSTEM_ACTOR)
