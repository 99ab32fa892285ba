"""The database and Redis of the demo and the tests: started when needed, shared, ended by `stop`.

`environment(role)` is what a process of ours asks first. When the address of its role is set, as it is
in production, it starts nothing and hands back what is set. Otherwise it starts PostgreSQL and Valkey
from wheels, which stay until `stop` and are found again by every later command.

One operating-system user runs all processes here, so a process could open another role's file.
That is the demo's limit; in production each process has its own user (docs/operations.md).
"""

import argparse
import base64
import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import psycopg
import pyrage

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from outreach.kernel.roles import LOGINS, statements  # noqa: E402
from tools.postgres import Cluster  # noqa: E402
from tools.programs import end  # noqa: E402
from tools.state import (  # noqa: E402
    RUN,
    Process,
    ServersError,
    home,
    locked,
    read_record,
    secret,
    write_environment,
    write_private,
    write_record,
)
from tools.valkey import Valkey  # noqa: E402

DATABASE = "bereik"
SERVERS = ("postgres", "valkey")
# Who watches over the processes of the site (tools/serve.py).
SUPERVISOR = "toezicht"

# The variable with the database's address, per role; `admin` is the superuser, for `rollen` alone.
ADDRESSES = {
    "web": "DATABASE_URL",
    "koppel": "DATABASE_URL_KOPPEL",
    "migrate": "DATABASE_URL_MIGRATE",
    "admin": "DATABASE_ADMIN_URL",
}

# Set by the Makefile for the demo and the tests alone: keys and folders that were not given beside the
# address of a database then come from the run folder. A deployment names each of them itself.
OWN_SECRETS = "BEREIK_OWN_SECRETS"

# All that a role's process may hold. What another role has and this one has not, is kept from it.
_EVERYONE = ("BEREIK_ROLE", "REDIS_URL", "SECRET_KEY")
VARIABLES = {
    "web": (*_EVERYONE, "DATABASE_URL", "INSECURE_COOKIES", "DEMO_PASSWORD")
    + ("UPLOAD_FOLDER", "LETTER_FOLDER", "SCAN_FOLDER", "LETTER_IDENTITY"),
    "koppel": (
        *_EVERYONE,
        "DATABASE_URL_KOPPEL",
        "DATABASE_FILES",
        "UPLOAD_FOLDER",
        "KEY_FOLDER",
        "MASTER_KEY",
    ),
    "migrate": (*_EVERYONE, "DATABASE_URL_MIGRATE"),
    "admin": (*_EVERYONE, "DATABASE_ADMIN_URL"),
}


def environment(role: str, *, migrated: bool = False) -> dict[str, str]:
    """Give the variables of a role (`web`, `koppel`, `migrate` or `admin`), starting servers when needed.

    When the role's own address is set, nothing is started and only what is set comes back. A REDIS_URL
    that is set is kept beside an embedded database. With `migrated`, a new embedded database is brought
    up to date first, for a command that a person may give before any other.

    Errors: ServersError with a Dutch sentence that says what to do.
    """
    if role not in ADDRESSES:
        raise ServersError(f"De rol '{role}' bestaat niet. Kies uit: {', '.join(ADDRESSES)}.")
    if os.environ.get(ADDRESSES[role]):
        given = {name: os.environ[name] for name in VARIABLES[role] if name in os.environ}
        made = _own_secrets(role) if os.environ.get(OWN_SECRETS) else {}
        return made | given | {"BEREIK_ROLE": role}
    others = [name for owner, name in ADDRESSES.items() if _set_from_outside(owner)]
    if others:
        # Half from the outside and half embedded would be two databases that know nothing of each other.
        raise ServersError(f"{others[0]} is ingesteld, maar {ADDRESSES[role]} niet. Stel die ook in.")
    start(migrated=migrated)
    redis = os.environ.get("REDIS_URL")
    return _read_environment(role) | ({"REDIS_URL": redis} if redis else {})


def _set_from_outside(role: str) -> bool:
    """Tell whether an address is set that is not that of our own server, which a parent process passed on."""
    given = os.environ.get(ADDRESSES[role])
    if not given:
        return False
    return not (RUN / f"{role}.env").exists() or _read_environment(role).get(ADDRESSES[role]) != given


def _all_given() -> bool:
    """Tell whether somebody runs a database and Redis himself."""
    return all(_set_from_outside(role) for role in LOGINS) and bool(os.environ.get("REDIS_URL"))


def start(*, migrated: bool = False) -> None:
    """Start what does not run yet; with `migrated`, also bring a new database up to date."""
    with locked():
        record = read_record()
        before = dict(record)
        place = home()
        _start_postgres(place, record)
        _start_valkey(place, record)
        if record != before or not _complete():
            _write_environments(place)
        if migrated and not (place / "postgres/migrated").exists():
            _migrate()
            (place / "postgres/migrated").touch()


def _complete() -> bool:
    """Tell whether each role has its file, with all its variables: a newer version may know more of them."""
    return all(
        (RUN / f"{role}.env").exists() and set(_read_environment(role)) == set(names)
        for role, names in VARIABLES.items()
    )


def cluster(place: Path) -> Cluster:
    """Describe the embedded PostgreSQL in the folder for the servers' data."""
    return Cluster(place / "postgres", secret("postgres"))


def _start_postgres(place: Path, record: dict[str, Process]) -> None:
    server = cluster(place)
    ready = server.folder / "ready"
    if ready.exists() and "postgres" in record and record["postgres"].alive():
        return
    if not ready.exists():
        left = server.running()
        if left:
            server.stop(left)
        server.initialise()
    record["postgres"] = server.start()
    write_record(record)
    if not ready.exists():
        make_roles(server.admin_url(), {login: secret(login) for login in LOGINS}, DATABASE)
        ready.touch()


def _start_valkey(place: Path, record: dict[str, Process]) -> None:
    if "valkey" in record and record["valkey"].alive():
        return
    record["valkey"] = Valkey(place / "valkey", secret("valkey")).start()
    write_record(record)


def make_roles(admin_url: str, passwords: Mapping[str, str], database: str) -> None:
    """Make the database and the login roles in a new cluster; `migrate` may make databases, for tests."""
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{database}"'.encode())
        for statement in statements(passwords, database, test=True):
            connection.execute(statement.encode())


def _own_secrets(role: str) -> dict[str, str]:
    """Give what a role needs beside the addresses of the servers; the first call makes it."""
    known = {
        "BEREIK_ROLE": role,
        "SECRET_KEY": secret(f"secret-key-{role}"),
        "UPLOAD_FOLDER": str(_folder("uploads")),
        "LETTER_FOLDER": str(_folder("letters")),
        "SCAN_FOLDER": str(_folder("scans")),
        "KEY_FOLDER": str(_folder("keys")),
        "LETTER_IDENTITY": _letter_identity(),
        # The site is served on 127.0.0.1 without TLS.
        "INSECURE_COOKIES": "true",
        "DEMO_PASSWORD": f"waterveen-{secret('demo')[:10]}",
        "MASTER_KEY": base64.b64encode(bytes.fromhex(secret("master-key"))).decode("ascii"),
    }
    return {name: known[name] for name in VARIABLES[role] if name in known}


def _write_environments(place: Path) -> None:
    server = cluster(place)
    redis = Valkey(place / "valkey", secret("valkey")).url()
    for role, address in ADDRESSES.items():
        url = server.admin_url(DATABASE) if role == "admin" else server.url(role, secret(role), DATABASE)
        known = _own_secrets(role) | {address: url, "REDIS_URL": redis, "DATABASE_FILES": str(server.data)}
        write_environment(RUN / f"{role}.env", {name: known[name] for name in VARIABLES[role]})


def _folder(name: str) -> Path:
    path = RUN / name
    path.mkdir(mode=0o700, exist_ok=True)
    return path


def _letter_identity() -> str:
    """Give the age identity under which letters lie encrypted; the first call makes it."""
    path = RUN / "secrets/letter-identity"
    if not path.exists():
        write_private(path, str(pyrage.x25519.Identity.generate()))
    return path.read_text(encoding="ascii")


def _read_environment(role: str) -> dict[str, str]:
    words = shlex.split((RUN / f"{role}.env").read_text(encoding="utf-8"))
    return dict(word.split("=", 1) for word in words)


def _migrate() -> None:
    """Run the migrations in a process of the role `migrate`. Errors: ServersError with its last words."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "migrate", "--verbosity", "0"],
        env=stripped(_read_environment("migrate")),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ServersError(f"De database bijwerken lukt niet:\n{(done.stdout + done.stderr)[-4000:]}")


def stripped(own: Mapping[str, str]) -> dict[str, str]:
    """Give this process's environment without any role's variables and libpq's, and with `own` instead."""
    secret_names = {name for names in VARIABLES.values() for name in names}
    kept = {name: text for name, text in os.environ.items() if name not in secret_names}
    return {name: text for name, text in kept.items() if not name.startswith("PG")} | dict(own)


def stop() -> list[str]:
    """End what the record names, the site before its servers, and forget it. Gives the names that ran."""
    with locked():
        record = read_record()
    # The site's supervisor goes first: it ends its parts and takes them from the record, for which it
    # needs the lock. The parts are only still there when it was killed.
    site = sorted((name for name in record if name not in SERVERS), key=lambda name: name != SUPERVISOR)
    ended = [name for name in site if _end(name, record)]
    with locked():
        record = read_record()
        ended += [name for name in reversed(SERVERS) if _end(name, record)]
        write_record({})
    return ended


def _end(name: str, record: Mapping[str, Process]) -> bool:
    """End a recorded process; tells whether it still ran."""
    process = record.get(name)
    if process is None or not process.alive():
        return False
    # PostgreSQL takes SIGINT as: end the clients' sessions and stop in order.
    end(process, signal.SIGINT if name == "postgres" else signal.SIGTERM, seconds=60)
    return True


def status() -> list[str]:
    """Give a line per server: running with its pid, or not."""
    with locked():
        record = read_record()
    names = [*SERVERS, *(name for name in record if name not in SERVERS)]
    live = {name: process.pid for name, process in record.items() if process.alive()}
    return [f"{name}: {f'draait, pid {live[name]}' if name in live else 'draait niet'}" for name in names]


def forget() -> None:
    """End the servers and throw away their data, keys and secrets."""
    stop()
    with locked():
        place = home()
    for folder in {place, RUN}:
        shutil.rmtree(folder)


def main(arguments: list[str]) -> int:
    """Do one command of the command line; gives the exit code."""
    parser = argparse.ArgumentParser(description="De database en Redis van de demo en de tests.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("start", help="start wat nog niet draait")
    commands.add_parser("stop", help="stop de servers")
    commands.add_parser("status", help="toon wat er draait")
    commands.add_parser("forget", help="stop de servers en gooi hun gegevens weg")
    shown = commands.add_parser("env", help="toon de instellingen van een rol")
    shown.add_argument("role", choices=ADDRESSES)
    chosen = parser.parse_args(arguments)
    try:
        lines = _do(chosen)
    except ServersError as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(lines))
    return 0


def _do(chosen: argparse.Namespace) -> list[str]:
    if chosen.command == "start":
        if _all_given():
            return ["De database en Redis zijn opgegeven; er wordt niets gestart."]
        start()
        return status()
    if chosen.command == "stop":
        return [f"{name} is gestopt" for name in stop()] or ["Er draaide niets."]
    if chosen.command == "status":
        return status()
    if chosen.command == "forget":
        forget()
        return ["De servers zijn gestopt en hun gegevens zijn weg."]
    found = environment(chosen.role)
    return [f"{name}={shlex.quote(value)}" for name, value in sorted(found.items())]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
