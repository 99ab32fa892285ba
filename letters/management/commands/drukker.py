"""The vendor to test with: all of it is in tools.drukker, which speaks the API and knows nothing of us."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tools.drukker import cli
from tools.drukker.client import VendorProblem
from tools.state import RUN


class Command(BaseCommand):
    help = "Een drukker om mee te proberen: haalt partijen op, print, post en brengt scans terug."

    def add_arguments(self, parser: CommandParser) -> None:
        cli.add_arguments(parser)
        parser.set_defaults(journaal=RUN / "drukker")

    def handle(self, *args: object, **options: object) -> None:
        try:
            counts = cli.run(options)
        except VendorProblem as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write("\n".join(cli.lines(counts)))
