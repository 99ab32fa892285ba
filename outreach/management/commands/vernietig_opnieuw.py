"""``manage.py vernietig_opnieuw``: after an older backup was put back, before anything else is started."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from eligibility.actions import repeating as box
from eligibility.actions.box import BoxBusy
from letters.actions import repeating as letters
from outreach.kernel.destruction_log import LogBroken
from outreach.policies import NotNow


class Command(BaseCommand):
    """As koppel it repeats the log of the box, as web that of the letters and scans."""

    help = "Vernietigt opnieuw wat na deze back-up is vernietigd. Draai het als koppel en als web."

    def handle(self, *args: object, **options: object) -> None:
        """Exit code 1 when a line of the log is broken, or a hold in the backup keeps something."""
        room = box if settings.BEREIK_ROLE == "koppel" else letters
        try:
            back, held = room.repeat()
        except (LogBroken, BoxBusy, NotNow) as failure:
            raise CommandError(str(failure)) from None
        self.stdout.write(f"Opnieuw vernietigd: {back}.")
        if held:
            raise CommandError(
                f"Dit blijft staan door een verbod in de back-up: {', '.join(held)}. Hef het verbod op en"
                " draai dit commando opnieuw."
            )
