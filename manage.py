#!/usr/bin/env python
"""Run a Django command with the login role that the command needs."""

import os
import sys

from django.core.management import execute_from_command_line

from tools.servers import environment
from tools.state import ServersError

# Every other command runs as the pages do. A command gets the credentials of one role only.
ROLE_OF_COMMAND = {
    "koppel": "koppel",
    "vernietig_opnieuw": "koppel",
    "controleer_audit": "migrate",
    "logboek": "migrate",
    "migrate": "migrate",
    "makemigrations": "migrate",
    "sqlmigrate": "migrate",
    "rollen": "admin",
}
# These work on a database that somebody else brought up to date.
NEEDS_TABLES = {"web", "koppel"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "outreach.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    role = os.environ.setdefault("BEREIK_ROLE", ROLE_OF_COMMAND.get(command, "web"))
    try:
        os.environ.update(environment(role, migrated=role in NEEDS_TABLES))
    except ServersError as error:
        sys.exit(str(error))
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
