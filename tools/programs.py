"""Running the programs that come in wheels, as a user that may run them."""

import os
import pwd
import shutil
import signal
import subprocess
import time
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from tools.state import Process, ServersError


def end(process: Process, first: signal.Signals, seconds: float) -> None:
    """End a process that we recorded: the given signal, and SIGKILL when it does not listen."""
    for kind in (first, signal.SIGKILL):
        if process.alive():
            os.kill(process.pid, kind)
        deadline = time.monotonic() + seconds
        while process.alive() and time.monotonic() < deadline:
            time.sleep(0.02)
    if process.alive():
        raise ServersError(f"Het proces {process.pid} stopt niet.")


def server_user() -> pwd.struct_passwd | None:
    """Give the user that root's servers run as (PostgreSQL refuses root), or None for everyone else."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def give_away(path: Path) -> None:
    """Hand a file or folder to the user that the servers run as."""
    user = server_user()
    if user:
        os.chown(path, user.pw_uid, user.pw_gid)


# Hash tables over a whole town on huge pages: fewer misses in the address cache. Other C libraries ignore it.
SERVER_ENVIRONMENT = {
    "PATH": os.defpath,
    "LC_ALL": "C",
    "TZ": "UTC",
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
}


def run_as_server(command: list[str]) -> None:
    """Run a command as the servers' user, without our environment.

    Errors: ServersError with the command's own words.
    """
    user = server_user()
    try:
        output = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=SERVER_ENVIRONMENT,
            cwd="/",
            start_new_session=True,
            check=False,
            text=True,
            umask=0o077,
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
        )
    except OSError as error:
        raise ServersError(f"{Path(command[0]).name} kan niet starten: {error.strerror}.") from error
    if output.returncode:
        raise ServersError(f"{Path(command[0]).name} lukt niet: {output.stdout.strip()[-2000:]}")


def installed(package: str, tree: str, program: str, beside: Path) -> str:
    """Give the path of a program in a wheel's folder `tree`, or in a copy that the servers' user can reach.

    Errors: ServersError when the package is not installed.
    """
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ServersError(f"Het pakket {package} ontbreekt. Voer eerst 'make setup' uit.")
    source = Path(spec.submodule_search_locations[0]) / tree
    if not (source / program).exists():
        raise ServersError(f"Het pakket {package} heeft geen programma {program} voor deze machine.")
    if runs(source / program):
        return str(source / program)
    copy = beside / f"{package}-{version(package.replace('_', '-'))}"
    if not copy.exists():
        copy_readable(source.parent, copy)
    return str(copy / package / tree / program)


def runs(program: Path) -> bool:
    """Tell whether the servers' user can run a program at all."""
    try:
        run_as_server([str(program), "--version"])
    except ServersError:
        return False
    return True


def copy_readable(package: Path, target: Path) -> None:
    """Copy a package, with the libraries that its wheel lays beside it, so that anyone may read it.

    Half a copy never bears the final name.
    """
    fresh = target.with_name(f"{target.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    for folder in (package, package.with_name(f"{package.name}.libs")):
        if folder.exists():
            shutil.copytree(folder, fresh / folder.name, symlinks=True)
    for path in [fresh, *fresh.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755)
    fresh.rename(target)
