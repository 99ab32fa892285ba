"""Run a command with the variables of one role and of no other: `with_env.py ROLE -- COMMAND…`.

The command takes this process's place, so signals and the exit code are its own.
"""

import os
import sys
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from tools.servers import ADDRESSES, environment, stripped  # noqa: E402
from tools.state import ServersError  # noqa: E402


def main(arguments: list[str]) -> NoReturn:
    """Replace this process by the command, or end it with a message."""
    if len(arguments) < 3 or arguments[1] != "--" or arguments[0] not in ADDRESSES:
        sys.exit(f"Gebruik: with_env.py {'|'.join(ADDRESSES)} -- OPDRACHT …")
    role, command = arguments[0], arguments[2:]
    try:
        variables = stripped(environment(role))
    except ServersError as error:
        sys.exit(str(error))
    try:
        os.execvpe(command[0], command, variables)  # noqa: S606 (no shell is the point)
    except FileNotFoundError:
        sys.exit(f"De opdracht {command[0]} bestaat niet.")


if __name__ == "__main__":
    main(sys.argv[1:])
