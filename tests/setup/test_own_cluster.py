"""Starting PostgreSQL: after a crash, beside a leftover pid file, and with the roles as they should be."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import psycopg
import pytest

from tools.own_cluster import OwnCluster, own_cluster
from tools.programs import end

ANSWER = "SELECT n FROM proef"


@pytest.fixture(scope="module")
def own() -> Iterator[OwnCluster]:
    with own_cluster() as cluster:
        with psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
            connection.execute("CREATE TABLE proef AS SELECT 1 AS n")
        yield cluster


def answer(own: OwnCluster) -> tuple[int]:
    with psycopg.connect(own.url("postgres")) as connection:
        found = connection.execute(ANSWER).fetchone()
    assert found is not None
    return found


def test_a_running_server_is_adopted_rather_than_started_twice(own: OwnCluster) -> None:
    assert own.cluster.start() == own.process


def test_it_starts_again_after_a_crash_with_what_it_knew(own: OwnCluster) -> None:
    before = own.process
    own.crash()
    assert own.process != before
    assert not before.alive()
    assert answer(own) == (1,)


def test_a_pid_file_that_names_a_stranger_does_not_stop_it(own: OwnCluster) -> None:
    pid_file = own.cluster.data / "postmaster.pid"
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as stranger:
        end(own.process, signal.SIGINT, seconds=60)
        pid_file.write_text(f"{stranger.pid}\n")
        assert own.cluster.running() is None
        own.process = own.cluster.start()
        assert stranger.poll() is None
        stranger.communicate(b"\n")
    assert answer(own) == (1,)


def test_nothing_listens_on_the_network(own: OwnCluster) -> None:
    with psycopg.connect(own.url("postgres")) as connection:
        shown = connection.execute("SHOW listen_addresses").fetchone()
    assert shown == ("",)
    assert oct(own.cluster.socket.stat().st_mode & 0o777) == "0o700"


def test_a_password_lies_nowhere_in_its_folder(own: OwnCluster) -> None:
    here = [path for path in own.cluster.folder.rglob("*") if path.is_file()]
    contents = b"".join(path.read_bytes() for path in here)
    assert b"SCRAM-SHA-256$" in contents
    for password in own.passwords.values():
        assert password.encode() not in contents


@pytest.mark.parametrize("role", ["web", "koppel", "migrate"])
def test_a_role_is_no_superuser_and_can_take_no_other_place(own: OwnCluster, role: str) -> None:
    with psycopg.connect(own.url(role), autocommit=True) as connection:
        kind = connection.execute(
            "SELECT rolsuper, rolcreaterole, rolbypassrls, rolcreatedb FROM pg_roles"
            " WHERE rolname = session_user"
        ).fetchone()
        assert kind == (False, False, False, role == "migrate")
        for other in {"web", "koppel", "migrate", "postgres"} - {role}:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"SET ROLE {other}")


def test_the_servers_do_not_run_as_root(own: OwnCluster) -> None:
    if os.geteuid() != 0:
        pytest.skip("alleen root geeft zijn servers aan een ander")
    owner = (own.cluster.data / "PG_VERSION").stat().st_uid
    assert owner != 0
