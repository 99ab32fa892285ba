"""A second installation from the same checkout: its own PostgreSQL, Valkey, keys, uploads and site."""

import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import psycopg

from tools.servers import ADDRESSES, stripped
from tools.state import ROOT, read_record
from tools.valkey import HOST, free_port

PATIENCE = 90.0
# What pytest and its parent know would make this the developer's own installation.
_NOT_OURS = re.compile(r"(PYTEST|DJANGO_SETTINGS|BEREIK_|TMPDIR|TEMP$|TMP$)")


class Installation:
    """Where it lives and how to speak to it. `demo`, `serve` and `stop` do what `make` does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.run = folder / "run"
        self.tmp = folder / "tmp"
        self.tmp.mkdir()
        self.port = free_port()
        self.site: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def home(self) -> Path:
        """The folder of the servers."""
        return Path((self.run / "home").read_text(encoding="utf-8").splitlines()[1])

    @property
    def data(self) -> Path:
        """PostgreSQL's own files."""
        return self.home / "postgres/data"

    def variables(self) -> dict[str, str]:
        """The environment of its processes: ours, without what belongs to another installation."""
        kept = {name: text for name, text in stripped({}).items() if not _NOT_OURS.match(name)}
        return kept | {"BEREIK_RUN": str(self.run), "TMPDIR": str(self.tmp), "PYTHONUNBUFFERED": "1"}

    def role(self, role: str) -> dict[str, str]:
        """What a role's processes are told."""
        text = (self.run / f"{role}.env").read_text(encoding="utf-8")
        return dict(word.split("=", 1) for word in shlex.split(text))

    def connect(self, role: str) -> psycopg.Connection:
        return psycopg.connect(self.role(role)[ADDRESSES[role]], autocommit=True)

    def said(self, name: str) -> Path:
        """The file with what a command of ours said."""
        return self.folder / f"{name}.said"

    def command(self, name: str, *words: str, **variables: str) -> None:
        """Run Python words to their end. Raises AssertionError with their last lines."""
        started = self.begin(name, *words, **variables)
        code = started.wait()
        last = self.said(name).read_text(encoding="utf-8", errors="replace")[-3000:]
        assert code == 0, f"{name} eindigde met {code}:\n{last}"

    def code(self, username: str) -> str:
        """What the app of a user of the demo shows now."""
        self.command(f"code-{username}", "manage.py", "code", username)
        return self.said(f"code-{username}").read_text(encoding="utf-8")[:6]

    def begin(self, name: str, *words: str, **variables: str) -> subprocess.Popen[bytes]:
        with self.said(name).open("wb") as output:
            return self._popen(words, output, variables)

    def _popen(
        self, words: tuple[str, ...], output: IO[bytes], variables: dict[str, str]
    ) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, *words],
            env=self.variables() | variables,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def serve(self) -> None:
        """Start the site and wait until it says that it serves. Raises AssertionError with its last lines."""
        self.site = self.begin("site", str(ROOT / "tools/serve.py"), "--port", str(self.port))
        deadline = time.monotonic() + PATIENCE
        while "De site staat klaar" not in self.said("site").read_text(encoding="utf-8"):
            if self.site.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(self.said("site").read_text(encoding="utf-8")[-3000:])
            time.sleep(0.1)

    def pids(self) -> dict[str, int]:
        """What runs now, by the name of its record."""
        return {name: one.pid for name, one in read_record(self.run).items() if one.alive()}

    def stop(self) -> None:
        """End everything of this installation by its own record."""
        self.command("stop", str(ROOT / "tools/servers.py"), "stop")
        if self.site:
            self.site.wait(PATIENCE)


@contextmanager
def second_installation() -> Iterator[Installation]:
    """An installation in a folder of its own; it ends, and its files go, with the block."""
    # Root's servers run as another user, who must be able to pass through to the data.
    folder = Path(tempfile.mkdtemp(prefix="bereik-"))
    folder.chmod(0o711)
    one = Installation(folder)
    try:
        one.command("start", str(ROOT / "tools/servers.py"), "start")
        yield one
    finally:
        one.stop()
        with suppress(FileNotFoundError):
            shutil.rmtree(one.home)
        shutil.rmtree(folder, ignore_errors=True)


def processes(installation: Installation) -> Iterator[tuple[int, bytes, bytes]]:
    """Pid, command line and environment of every process of ours: those that were told of this folder."""
    mark = f"BEREIK_RUN={installation.run}".encode()
    for place in Path("/proc").glob("[0-9]*"):
        try:
            environment = (place / "environ").read_bytes()
            if mark in environment.split(b"\0"):
                yield int(place.name), (place / "cmdline").read_bytes(), environment
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
    for name in ("postgres", "valkey"):
        yield from _server(installation, name)


def _server(installation: Installation, name: str) -> Iterator[tuple[int, bytes, bytes]]:
    """A server of ours and its children: their environment is bare, so the record tells them."""
    pid = installation.pids().get(name)
    if pid is None:
        return
    children = Path(f"/proc/{pid}/task/{pid}/children")
    pids = [pid, *map(int, children.read_text().split())] if children.exists() else [pid]
    for each in pids:
        with suppress(FileNotFoundError, ProcessLookupError, PermissionError):
            place = Path(f"/proc/{each}")
            yield each, (place / "cmdline").read_bytes(), (place / "environ").read_bytes()
