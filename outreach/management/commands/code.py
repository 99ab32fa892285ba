"""Prints the code with which a user of the demo signs in: they have no phone."""

import time

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

PERIOD = 30


class Command(BaseCommand):
    help = "Toont de code waarmee een gebruiker van de demo inlogt."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("gebruiker", help="de naam waarmee die inlogt, zoals anna")

    def handle(self, *args: object, **options: object) -> None:
        if not settings.DEMO_PASSWORD:
            raise CommandError("Codes toont dit alleen in de demo. Elders staan ze op een telefoon.")
        name = str(options["gebruiker"])
        found = Authenticator.objects.filter(user__username=name, type=Authenticator.Type.TOTP).first()
        if found is None:
            raise CommandError(f"{name} heeft geen code-app. Kies een naam van de inlogpagina.")
        secret = decrypt(found.data["secret"])
        now, left = int(time.time()) // PERIOD, PERIOD - int(time.time()) % PERIOD
        first, then = (format_hotp_value(hotp_value(secret, counter)) for counter in (now, now + 1))
        self.stdout.write(f"{first}  (nog {left} seconden, daarna {then})")
