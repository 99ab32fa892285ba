"""What is kept on disk about the servers, and when it is believed."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools import servers, state
from tools.programs import end
from tools.state import Process, ServersError

WAIT = "import sys, time; print('ja', flush=True); time.sleep(600)"


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[str]]:
    """A process of ours that waits to be ended."""
    with subprocess.Popen([sys.executable, "-c", WAIT], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
        process.kill()


def test_a_record_comes_back_as_it_was_written(tmp_path: Path) -> None:
    record = {"postgres": Process(12, "a:1"), "valkey": Process(13, "a:2")}
    state.write_record(record, tmp_path)
    assert state.read_record(tmp_path) == record


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"postgres": 3}', '{"postgres": {"pid": "x", "born": "y"}}']
)
def test_a_damaged_record_counts_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "state.json").write_text(text)
    assert state.read_record(tmp_path) == {}


def test_a_process_that_ended_is_not_alive(sleeper: subprocess.Popen[str]) -> None:
    process = Process.of(sleeper.pid)
    assert process.alive()
    sleeper.kill()
    # Nobody has waited for it yet: a zombie runs no more than a process that is gone.
    os.waitid(os.P_PID, sleeper.pid, os.WEXITED | os.WNOWAIT)
    assert not process.alive()
    with pytest.raises(ServersError):
        Process.of(sleeper.pid)


def test_a_stranger_with_the_recorded_pid_is_left_alone(sleeper: subprocess.Popen[str]) -> None:
    former = Process(sleeper.pid, "een-andere-start:1")
    assert not former.alive()
    assert not servers._end("valkey", {"valkey": former})
    end(former, signal.SIGTERM, seconds=1)
    assert sleeper.poll() is None


def test_a_process_that_does_not_listen_is_killed() -> None:
    deaf = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {WAIT}"
    with subprocess.Popen([sys.executable, "-c", deaf], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        end(Process.of(process.pid), signal.SIGTERM, seconds=0.2)
        assert process.wait() == -signal.SIGKILL


def test_a_secret_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    first = state.secret("web", tmp_path)
    assert len(bytes.fromhex(first)) == 32
    assert state.secret("web", tmp_path) == first
    assert state.secret("koppel", tmp_path) != first
    assert oct((tmp_path / "secrets/web").stat().st_mode & 0o777) == "0o600"


def test_an_installation_can_live_elsewhere(tmp_path: Path) -> None:
    """Then nothing of it points at the checkout's own: a second one beside it has its own data and keys."""
    code = (
        "from tools import serve, state; from outreach import settings as s; own = state.RUN, serve.WELCOME;"
        "print(*own, serve.log('x'), s.UPLOAD_FOLDER, s.LETTER_FOLDER, s.STATIC_ROOT, sep='\\n')"
    )
    variables = {"PATH": os.environ["PATH"], "DATABASE_URL": "postgres://x", "REDIS_URL": "redis://x"}
    variables |= {"SECRET_KEY": "x", "BEREIK_RUN": str(tmp_path), "DEMO_PASSWORD": "x"}
    shown = subprocess.run(
        [sys.executable, "-c", code],
        env=variables,
        cwd=state.ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    places = [Path(line) for line in shown.stdout.splitlines()]
    assert len(places) == 6
    assert all(place == tmp_path or tmp_path in place.parents for place in places)


def test_variables_survive_a_shell(tmp_path: Path) -> None:
    odd = {"A": "een twee", "B": "$(exit 1)'\"", "C": ""}
    state.write_environment(tmp_path / "x.env", odd)
    script = f'. {tmp_path / "x.env"}; printf \'%s|\' "$A" "$B" "$C"'
    shown = subprocess.run(["/bin/sh", "-c", script], capture_output=True, text=True, check=True)
    assert shown.stdout == "een twee|$(exit 1)'\"||"


def test_one_at_a_time(tmp_path: Path) -> None:
    code = (
        "import fcntl, sys\nhandle = open(sys.argv[1], 'w')\n"
        "try:\n    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)\n"
        "except BlockingIOError:\n    sys.exit(7)"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "lock")]
    with state.locked(tmp_path):
        assert subprocess.run(command, check=False).returncode == 7
    assert subprocess.run(command, check=False).returncode == 0


def test_a_copied_checkout_leaves_the_servers_of_the_original_alone(tmp_path: Path) -> None:
    original, copy = tmp_path / "een", tmp_path / "twee"
    original.mkdir()
    with state.locked(original):
        state.home(original)
    shutil.copytree(original, copy)
    with state.locked(original):
        pass
    with pytest.raises(ServersError, match="gekopieerd of verplaatst"), state.locked(copy):
        pass


def test_a_short_path_keeps_the_servers_in_the_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "reachable", lambda folder: True)
    assert state.home(tmp_path) == tmp_path


def test_a_path_too_long_for_a_socket_moves_them_and_the_choice_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "t"
    elsewhere.mkdir()
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(elsewhere))
    run = tmp_path / ("lang" * 30)
    run.mkdir()
    assert not state.fits(run)
    chosen = state.home(run)
    assert chosen.parent == elsewhere
    monkeypatch.setattr("tempfile.gettempdir", lambda: "/ergens-anders")
    assert state.home(run) == chosen


def test_a_folder_that_someone_else_laid_ready_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr(state, "fits", lambda folder: False)
    run = tmp_path / "run"
    run.mkdir()
    chosen = state.home(run)
    chosen.rmdir()
    chosen.symlink_to(tmp_path / "run")
    with pytest.raises(ServersError, match="is niet van u"):
        state.home(run)
