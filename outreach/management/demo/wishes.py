"""What a resident does not want, and the notice that told everybody how to say so."""

import datetime
import io

import pyrage
from reportlab.pdfgen.canvas import Canvas

from letters.actions import storage
from optout.actions import notices, opt_out
from optout.models import Channel, OptOut, PublicNotice, Scope
from outreach.kernel.db import acting_as
from outreach.models import Household, User

#: The notice stood in the paper so many days ago.
PUBLISHED_AGO = 100
_WORDS = (
    "Gemeente Waterveen zoekt inwoners die recht hebben op een regeling.",
    "Daarvoor gebruiken wij gegevens die de gemeente al heeft.",
    "Wilt u dat niet? Bel 14 0999 of ga naar www.waterveen.example/afmelden.",
)


def said(household: Household, by: User) -> None:
    """Somebody does not want his data shared. Letters and visits still come."""
    with acting_as(by.actor()):
        if not OptOut.objects.exists():
            opt_out.register(
                person=household.adults()[0], regeling=None, scope=Scope.SHARE, channel=Channel.PHONE, by=by
            )


def published(today: datetime.date, by: User) -> None:
    """The yearly notice, with a scan of it."""
    with acting_as(by.actor()):
        if PublicNotice.objects.exists():
            return
        day = today - datetime.timedelta(days=PUBLISHED_AGO)
        notice = PublicNotice(
            medium="Waterveens Nieuwsblad",
            published_on=day,
            scan=pyrage.encrypt(_page(), [storage.identity().to_public()]),
            scan_name=f"mededeling-{day:%Y-%m-%d}",
        )
        notices.register(notice, by=by)


def _page() -> bytes:
    page = io.BytesIO()
    canvas = Canvas(page)
    for number, line in enumerate(_WORDS):
        canvas.drawString(72, 750 - 20 * number, line)
    canvas.save()
    return page.getvalue()
