"""What the embedded servers leave behind on disk: lock, record, secrets and environment files.

Everything lives in `.run/` of the checkout, which git ignores, or in the folder that BEREIK_RUN names, so
that one checkout can have a second installation beside it. The record says which process is ours, by pid
and moment of birth, so that a pid that the machine gave to someone else is never ended.
"""

import fcntl
import hashlib
import json
import os
import secrets
import shlex
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUN = Path(os.environ.get("BEREIK_RUN") or ROOT / ".run").absolute()

# A unix socket path holds at most 107 bytes; PostgreSQL adds "/.s.PGSQL.5432" to its folder.
SOCKET_FOLDER_LIMIT = 107 - len("/.s.PGSQL.5432")


class ServersError(Exception):
    """A server cannot be started or reached; the message is Dutch and says how to mend it."""


@dataclass(frozen=True)
class Process:
    """A process that we started: its pid and the moment of birth that tells it from a later namesake."""

    pid: int
    born: str

    @classmethod
    def of(cls, pid: int) -> "Process":
        """Describe a living process.

        Errors: ServersError when there is none with this pid.
        """
        born = birth(pid)
        if born is None:
            raise ServersError(f"Het proces {pid} is direct na de start gestopt.")
        return cls(pid, born)

    def alive(self) -> bool:
        """Tell whether this very process still runs."""
        return birth(self.pid) == self.born


def birth(pid: int) -> str | None:
    """Give the moment at which a process was started, or None when it does not run (or is a zombie).

    Linux tells it in clock ticks since boot, so the boot's id goes before it; elsewhere `ps` tells it.
    """
    proc = Path("/proc")
    if not (proc / "self/stat").exists():
        return _birth_by_ps(pid)
    try:
        fields = (proc / str(pid) / "stat").read_text(encoding="latin-1").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    if fields[0] in "ZX":
        return None
    boot = (proc / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return f"{boot}:{fields[19]}"


def _birth_by_ps(pid: int) -> str | None:
    command = ["ps", "-o", "lstart=", "-p", str(pid)]
    shown = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    return shown or None


@contextmanager
def locked(run: Path = RUN) -> Iterator[None]:
    """Hold the one lock under which servers are started, stopped and recorded."""
    prepare(run)
    with (run / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        _check_place(run)
        yield


def _check_place(run: Path) -> None:
    """Errors: ServersError when the folder came along with a copied or moved checkout.

    Its record then names the servers of another checkout, which must not be used, let alone ended.
    """
    note = run / "home"
    if note.exists() and note.read_text(encoding="utf-8").splitlines()[0] != str(run):
        raise ServersError(
            f"Deze map is gekopieerd of verplaatst. Gooi eerst {run} weg: die hoort bij de oude."
        )


def prepare(run: Path = RUN) -> None:
    """Make the folder. Root's is open for passing through only: its servers run as another user."""
    run.mkdir(parents=True, exist_ok=True)
    run.chmod(0o711 if os.geteuid() == 0 else 0o700)


def read_record(run: Path = RUN) -> dict[str, Process]:
    """Give the recorded processes by name; a damaged record counts as none."""
    try:
        found = json.loads((run / "state.json").read_text(encoding="utf-8"))
        return {name: Process(int(one["pid"]), str(one["born"])) for name, one in found.items()}
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def write_record(record: dict[str, Process], run: Path = RUN) -> None:
    """Replace the record in one step, so that a reader never sees half of it."""
    text = json.dumps({name: asdict(one) for name, one in record.items()}, indent=1)
    write_private(run / "state.json", text + "\n")


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, and put it in place in one step."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    fresh.unlink(missing_ok=True)
    with open(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as handle:
        handle.write(text)
    fresh.replace(path)


def secret(name: str, run: Path = RUN) -> str:
    """Give the secret of this name from its own file; the first call makes it: 32 random bytes in hex."""
    path = run / "secrets" / name
    if not path.exists():
        write_private(path, secrets.token_hex(32))
    return path.read_text(encoding="utf-8")


def write_environment(path: Path, variables: dict[str, str]) -> None:
    """Write variables as a file that a shell can source."""
    lines = [f"{name}={shlex.quote(value)}\n" for name, value in sorted(variables.items())]
    write_private(path, "".join(lines))


def home(run: Path = RUN) -> Path:
    """Give the folder for the servers' data: in the checkout, or else in the system's temporary folder.

    The checkout will not do when the socket's path would be too long, or when root runs this and the user
    that the servers run as cannot pass through to it. The choice is kept in `.run/home`, after our own path.
    """
    note = run / "home"
    if note.exists():
        chosen = Path(note.read_text(encoding="utf-8").splitlines()[1])
    elif fits(run) and reachable(run):
        chosen = run
    else:
        digest = hashlib.sha256(os.fsencode(run)).hexdigest()[:12]
        chosen = Path(tempfile.gettempdir()).resolve() / f"bereik-{digest}"
    write_private(note, f"{run}\n{chosen}\n")
    if chosen != run:
        _claim(chosen)
    return chosen


def fits(folder: Path) -> bool:
    """Tell whether PostgreSQL's socket in this folder has a path that is short enough."""
    return len(os.fsencode(folder / "postgres/socket")) <= SOCKET_FOLDER_LIMIT


def reachable(folder: Path) -> bool:
    """Tell whether the user that root's servers run as may pass through every folder above this one."""
    if os.geteuid() != 0:
        return True
    return all(parent.stat().st_mode & 0o001 for parent in folder.resolve().parents)


def _claim(folder: Path) -> None:
    """Make the folder ours, or fail: in a shared folder someone else may have made it first."""
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid != os.geteuid():
        raise ServersError(f"De map {folder} is niet van u. Verwijder die map en probeer het opnieuw.")
    prepare(folder)
