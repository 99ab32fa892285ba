"""Serve the site: the web server, a worker for each queue and the clock, each with its own role.

Nothing is started again by itself: when one process ends, the others are ended too and the last lines
of its log are shown, because a site that limps on without its worker looks as if it works.
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from tools.servers import SUPERVISOR, environment, stripped  # noqa: E402
from tools.state import RUN, Process, ServersError, locked, read_record, write_record  # noqa: E402

HOST = "127.0.0.1"
# Seconds that the site may take to answer, and that its parts may take to stop.
PATIENCE = 60.0
GRACE = 20.0
# What `manage.py demo` leaves for the visitor: who can sign in, and what to try first.
WELCOME = RUN / "welkom.txt"

_CELERY = ("-m", "celery", "--app", "outreach.celery:app")
_WORKER = ("worker", "--without-gossip", "--without-mingle", "--loglevel", "INFO")


@dataclass(frozen=True)
class Part:
    """One process of the site: its name, its role, the words after `python`, and how much it steps aside."""

    name: str
    role: str
    words: tuple[str, ...]
    nice: int = 0


def parts(port: int) -> list[Part]:
    """Give the five processes of the site."""
    site = ("-m", "gunicorn", "outreach.wsgi:application", "--bind", f"{HOST}:{port}", "--workers", "2")
    threads = ("--worker-class", "gthread", "--threads", "4", "--no-control-socket")
    koppel = ("--queues", "koppel", "--concurrency", "1", "--hostname", "koppel@%h")
    spoed = ("--queues", "spoed", "--concurrency", "1", "--hostname", "spoed@%h")
    kantoor = ("--queues", "kantoor", "--concurrency", "2", "--hostname", "kantoor@%h")
    clock = ("beat", "--schedule", str(RUN / "beat"), "--pidfile", "", "--loglevel", "INFO")
    return [
        Part("site", "web", site + threads),
        # Who waits for a page goes before a koppeling that takes minutes anyhow.
        Part("koppel", "koppel", _CELERY + _WORKER + koppel, nice=10),
        Part("spoed", "koppel", _CELERY + _WORKER + spoed),
        Part("kantoor", "web", _CELERY + _WORKER + kantoor),
        Part("klok", "web", _CELERY + clock),
    ]


def log(name: str) -> Path:
    """Give the file with what a part says."""
    return RUN / "log" / f"{name}.log"


def launch(part: Part, variables: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start a part as the leader of a group of its own, so that Ctrl-C reaches only us."""
    log(part.name).parent.mkdir(mode=0o700, exist_ok=True)
    with log(part.name).open("wb") as output:
        return subprocess.Popen(
            ["nice", "-n", str(part.nice), sys.executable, *part.words],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=stripped(variables),
            cwd=ROOT,
            start_new_session=True,
        )


def claim() -> None:
    """Record that we serve this checkout. Errors: ServersError when someone already does."""
    names = {SUPERVISOR, *(part.name for part in parts(0))}
    with locked():
        record = read_record()
        if any(name in names and process.alive() for name, process in record.items()):
            raise ServersError("De site draait al. Stop hem eerst met 'make stop'.")
        write_record(record | {SUPERVISOR: Process.of(os.getpid())})


def check_free(port: int) -> None:
    """Errors: ServersError when the port is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            raise ServersError(f"Poort {port} is bezet. Kies een andere, bijvoorbeeld PORT=8001.") from None


def remember(running: Mapping[str, subprocess.Popen[bytes]]) -> None:
    """Record the parts, so that `stop` finds them even when we were killed."""
    with locked():
        own = {name: Process.of(one.pid) for name, one in running.items() if one.poll() is None}
        write_record(read_record() | own)


def forget(names: Iterable[str]) -> None:
    """Take what has ended out of the record."""
    with locked():
        gone = {SUPERVISOR, *names}
        write_record({name: process for name, process in read_record().items() if name not in gone})


def wait_until_serving(running: Mapping[str, subprocess.Popen[bytes]], port: int) -> None:
    """Wait until the site gives a page. Errors: ServersError when a part ends or it takes too long."""
    deadline = time.monotonic() + PATIENCE
    while not answers(port):
        check_alive(running)
        if time.monotonic() > deadline:
            raise ServersError(f"De site geeft geen pagina. Kijk in {log('site')}.")
        time.sleep(0.1)


def answers(port: int) -> bool:
    """Tell whether the first page, or the sign-in before it, comes without a server error."""
    connection = HTTPConnection(HOST, port, timeout=PATIENCE)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status < 500
    except OSError:
        return False
    finally:
        connection.close()


def check_alive(running: Mapping[str, subprocess.Popen[bytes]]) -> None:
    """Errors: ServersError, with the last lines of its log, when a part has ended."""
    for name, one in running.items():
        code = one.poll()
        if code is not None:
            last = log(name).read_text(encoding="utf-8", errors="replace").splitlines()[-15:]
            raise ServersError("\n".join([f"'{name}' is gestopt met code {code}. De laatste regels:", *last]))


def end_all(running: Mapping[str, subprocess.Popen[bytes]]) -> None:
    """Ask every part to stop; what has not done so in time is killed with its children."""
    for one in running.values():
        if one.poll() is None:
            one.terminate()
    deadline = time.monotonic() + GRACE
    for one in running.values():
        try:
            one.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(one.pid, signal.SIGKILL)
            one.wait()


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def serve(port: int) -> None:
    """Serve until Ctrl-C or SIGTERM. Errors: ServersError when a part ends by itself."""
    check_free(port)
    claim()
    running: dict[str, subprocess.Popen[bytes]] = {}
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        variables = {role: environment(role) for role in ("web", "koppel")}
        for part in parts(port):
            running[part.name] = launch(part, variables[part.role])
        remember(running)
        wait_until_serving(running, port)
        print(f"\nDe site staat klaar op http://{HOST}:{port}/  (stoppen: Ctrl-C)", flush=True)
        if WELCOME.exists():
            print(f"\n{WELCOME.read_text(encoding='utf-8').strip()}", flush=True)
        while True:
            check_alive(running)
            time.sleep(0.5)
    except KeyboardInterrupt:
        print("\nDe site stopt.", flush=True)
    finally:
        end_all(running)
        forget(running)


def main(arguments: list[str]) -> int:
    """Serve on the chosen port; gives the exit code."""
    parser = argparse.ArgumentParser(description="Start de site met alles wat erbij hoort.")
    parser.add_argument("--port", type=int, default=8000)
    try:
        serve(parser.parse_args(arguments).port)
    except ServersError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
