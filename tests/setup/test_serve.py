"""Serving: five processes with their own roles, which end together."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools import serve, servers, state
from tools.serve import HOST, Part
from tools.state import Process, ServersError

SLEEP = "import time; print('ik sta klaar', flush=True); time.sleep(600)"
DIE = "import time; print('ik kan niet meer', flush=True); time.sleep(0.5); raise SystemExit(3)"


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def own_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A record of its own, so that the real site is left alone."""
    monkeypatch.setattr(serve, "RUN", tmp_path)
    monkeypatch.setattr(serve, "locked", lambda: state.locked(tmp_path))
    monkeypatch.setattr(serve, "read_record", lambda: state.read_record(tmp_path))
    monkeypatch.setattr(serve, "write_record", lambda record: state.write_record(record, tmp_path))
    monkeypatch.setattr(serve, "environment", lambda role: {"BEREIK_ROLE": role})
    previous = signal.getsignal(signal.SIGTERM)
    yield tmp_path
    signal.signal(signal.SIGTERM, previous)


def test_each_part_has_the_role_that_its_work_needs() -> None:
    roles = {part.name: part.role for part in serve.parts(8000)}
    assert roles == {"site": "web", "koppel": "koppel", "spoed": "koppel", "kantoor": "web", "klok": "web"}
    queues = {part.name: part.words[part.words.index("--queues") + 1] for part in serve.parts(8000)[1:4]}
    assert queues == {name: name for name in ("koppel", "spoed", "kantoor")}


def test_the_site_listens_on_this_machine_only() -> None:
    words = serve.parts(8123)[0].words
    assert words[words.index("--bind") + 1] == "127.0.0.1:8123"


def test_a_part_sees_its_own_role_only(own_run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = "import os; print('KOPPEL' if 'DATABASE_URL_KOPPEL' in os.environ else 'schoon', flush=True)"
    variables = {"BEREIK_ROLE": "web", "DATABASE_URL": "x"}
    monkeypatch.setenv("DATABASE_URL_KOPPEL", "postgres://koppel:x@db.example/bereik")
    serve.launch(Part("site", "web", ("-c", code)), variables).wait()
    assert serve.log("site").read_text() == "schoon\n"


def test_when_one_part_ends_the_others_end_too_and_it_says_why(
    own_run: Path, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[subprocess.Popen[bytes]] = []
    launch = serve.launch
    chosen = [
        Part("site", "web", ("-m", "http.server", str(port), "--bind", HOST)),
        Part("klok", "web", ("-c", SLEEP)),
        Part("koppel", "koppel", ("-c", DIE)),
    ]
    monkeypatch.setattr(serve, "parts", lambda port: chosen)
    monkeypatch.setattr(serve, "launch", lambda *words: started.append(launch(*words)) or started[-1])
    with pytest.raises(ServersError, match=r"(?s)'koppel' is gestopt met code 3.*ik kan niet meer"):
        serve.serve(port)
    assert len(started) == 3
    assert all(one.returncode is not None for one in started)
    assert state.read_record(own_run) == {}


def test_a_site_that_gives_no_page_is_an_error(
    own_run: Path, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serve, "PATIENCE", 0.3)
    one = serve.launch(Part("site", "web", ("-c", SLEEP)), {})
    with pytest.raises(ServersError, match="geeft geen pagina"):
        serve.wait_until_serving({"site": one}, port)
    serve.end_all({"site": one})


def test_a_part_that_does_not_listen_is_killed_with_its_children(
    own_run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serve, "GRACE", 0.3)
    deaf = "import os, signal, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN); pid = os.fork(); "
    deaf += "print(pid, flush=True) if pid else None; import time; time.sleep(600)"
    one = serve.launch(Part("koppel", "koppel", ("-c", deaf)), {})
    while not serve.log("koppel").read_text().strip():
        time.sleep(0.02)
    child = Process.of(int(serve.log("koppel").read_text()))
    serve.end_all({"koppel": one})
    assert one.returncode == -signal.SIGKILL
    while child.alive():
        time.sleep(0.02)


def test_a_port_that_is_taken_is_named(own_run: Path, port: int) -> None:
    with socket.create_server((HOST, port)), pytest.raises(ServersError, match=f"Poort {port} is bezet"):
        serve.check_free(port)


def test_a_site_that_runs_is_not_started_twice(own_run: Path) -> None:
    state.write_record({servers.SUPERVISOR: Process.of(os.getpid())}, own_run)
    with pytest.raises(ServersError, match="De site draait al"):
        serve.claim()


def test_stop_finds_the_parts_when_their_supervisor_was_killed(own_run: Path) -> None:
    one = serve.launch(Part("klok", "web", ("-c", SLEEP)), {})
    serve.claim()
    serve.remember({"klok": one})
    record = state.read_record(own_run)
    assert set(record) == {servers.SUPERVISOR, "klok"}
    assert servers._end("klok", record)
    assert one.wait() == -signal.SIGTERM


def test_the_interpreter_of_a_part_is_ours(own_run: Path) -> None:
    serve.launch(Part("site", "web", ("-c", "import sys; print(sys.executable)")), {}).wait()
    assert serve.log("site").read_text().strip() == sys.executable
