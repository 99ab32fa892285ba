#!/usr/bin/env python
"""Run a Django command with the login role that the command needs."""

import os
import sys

from django.core.management import execute_from_command_line

from tools.servers import environment

# Every other command runs as the pages do. A command gets the credentials of one role only.
ROLE_OF_COMMAND = {
    "koppel": "koppel",
    "migrate": "migrate",
    "makemigrations": "migrate",
    "sqlmigrate": "migrate",
    "flush": "migrate",
    "rollen": "admin",
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "outreach.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    role = os.environ.setdefault("BEREIK_ROLE", ROLE_OF_COMMAND.get(command, "web"))
    os.environ.update(environment(role))
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
