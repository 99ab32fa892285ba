"""Makes the login roles of the database. Run once by whoever is superuser, before the first migration."""

import secrets
from pathlib import Path
from urllib.parse import quote

import psycopg
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from outreach.kernel.roles import LOGINS, statements


class Command(BaseCommand):
    help = "Maakt de rollen web, koppel en migrate, elk met een eigen wachtwoord."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--sql", action="store_true", help="toon de opdrachten, voer niets uit")
        parser.add_argument("--uit", type=Path, help="map waarin per rol een bestand met het adres komt")

    def handle(self, *args: object, **options: object) -> None:
        folder: Path | None = options["uit"]
        if options["sql"]:
            shown = {login: f"<wachtwoord van {login}>" for login in LOGINS}
            self.stdout.write(";\n".join(statements(shown, self._database())) + ";")
            return
        if folder is None:
            raise CommandError("Zeg met --uit MAP waar de adressen van de rollen moeten komen.")
        passwords = {login: secrets.token_urlsafe(32) for login in LOGINS}
        # One transaction: all roles have the passwords that are written below, or none has.
        with psycopg.connect(**connection.get_connection_params()) as admin:
            for statement in statements(passwords, self._database()):
                admin.execute(statement.encode())
            self._write(folder, passwords)
        self.stdout.write(
            f"De adressen staan in {folder}, per rol een bestand. Geef elk proces alleen het zijne."
        )

    def _database(self) -> str:
        return str(connection.settings_dict["NAME"])

    def _write(self, folder: Path, passwords: dict[str, str]) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        host, port = connection.settings_dict["HOST"], connection.settings_dict["PORT"]
        for login, password in passwords.items():
            place = f"{quote(str(host), safe='')}{f':{port}' if port else ''}"
            file = folder / f"{login}.url"
            file.touch(mode=0o600)
            file.chmod(0o600)
            file.write_text(f"postgres://{login}:{quote(password, safe='')}@{place}/{self._database()}\n")
