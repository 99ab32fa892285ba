"""Takes the app for codes off an account from the command line, for when no beheerder can sign in."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from outreach.actions.code_app import loosen
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import User


class Command(BaseCommand):
    help = "Maakt de code-app van een gebruiker los. Die stelt bij het inloggen een nieuwe in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("gebruiker")

    def handle(self, *args: object, **options: object) -> None:
        with acting_as(SYSTEM_ACTOR):
            if not loosen(User.objects.filter(username=options["gebruiker"])):
                raise CommandError("Deze gebruiker is er niet, of heeft geen code-app.")
        self.stdout.write("Losgemaakt. Bij het inloggen stelt deze gebruiker een nieuwe code-app in.")
