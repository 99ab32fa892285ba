"""Background work of the casework. A lost task is harmless: the next sweep finds what is due."""

from celery import shared_task

from eligibility.actions import access_packs, agreements, columns
from outreach.actions import daily_mail, drafts, notifications, oversight, sealing
from outreach.kernel import clock
from outreach.views import pack_pdf
from outreach.views.destruction import SOURCES


@shared_task(expires=55)
def seal_audit() -> None:
    """Seal the lines of the audit that nobody can still be writing. In the worker of the box."""
    sealing.seal_due()


@shared_task(expires=3600)
def sweep_drafts() -> None:
    """Remove drafts that nobody came back for."""
    drafts.sweep()


@shared_task(expires=1800)
def sweep_notifications() -> None:
    """Tell of terms that are over, of agreements that end and of columns that nobody needs."""
    notifications.sweep()
    agreements.tell_ending()
    columns.tell_unused()


@shared_task(expires=1800)
def sweep_oversight() -> None:
    """Tell who watches over the data what waits for him. Before the mail of the morning goes out."""
    oversight.tell_terms(SOURCES)
    oversight.tell_stuck_lists()
    oversight.tell_unsigned_roles()
    agreements.tell_notice_ends()


@shared_task(expires=900)
def send_daily_mail() -> None:
    """Mail who has something waiting, once a day; a later beat of the morning only sends what failed."""
    notifications.sweep()
    agreements.tell_ending()
    daily_mail.send(clock.today())


@shared_task(expires=25)
def sweep_requests() -> None:
    """Destroy answers whose days are over, and answer who asked what is known about him. In the worker of the
    box."""
    access_packs.destroy_due()
    access_packs.make_due(pack_pdf.draw)
