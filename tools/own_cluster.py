"""A PostgreSQL of one's own, for a test that crashes a server, changes roles or searches its files.

Roles belong to a whole cluster, and the shared one serves other tests at the same moment.
"""

import secrets
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from outreach.kernel.roles import LOGINS
from tools.postgres import SUPERUSER, Cluster
from tools.programs import end
from tools.servers import DATABASE, make_roles
from tools.state import Process


@dataclass
class OwnCluster:
    """A running cluster with our roles and an empty database `bereik`, without a table."""

    cluster: Cluster
    process: Process
    passwords: dict[str, str] = field(default_factory=dict)

    def url(self, role: str, database: str = DATABASE) -> str:
        """Give the address for `web`, `koppel`, `migrate` or the superuser `postgres`."""
        return self.cluster.url(role, self.passwords[role], database)

    def crash(self) -> None:
        """Kill the server as a power failure would, and start it again."""
        end(self.process, signal.SIGKILL, seconds=10)
        self.process = self.cluster.start()


@contextmanager
def own_cluster() -> Iterator[OwnCluster]:
    """Start a cluster in a folder of its own; it ends, and its files go, with the block."""
    # Root's servers run as another user, who must be able to pass through to the data.
    folder = Path(tempfile.mkdtemp(prefix="bereik-"))
    folder.chmod(0o711)
    passwords = {name: secrets.token_hex(32) for name in (*LOGINS, SUPERUSER)}
    cluster = Cluster(folder / "pg", passwords[SUPERUSER])
    try:
        cluster.initialise()
        own = OwnCluster(cluster, cluster.start(), passwords)
        try:
            make_roles(cluster.admin_url(), passwords, DATABASE)
            yield own
        finally:
            end(own.process, signal.SIGINT, seconds=60)
    finally:
        shutil.rmtree(folder)
