"""The letter texts of the demo: the communicatieadviseur reads them all, and the teamleider approves them."""

from letters.actions import templates
from letters.models import Template
from outreach.kernel.db import acting_as
from outreach.models import User

JUDGEMENT = "Hardop gelezen: korte zinnen, gewone woorden en één boodschap."


def approve_shipped(judge: User, approver: User) -> int:
    """Approve every text that came with the software and that nobody worked on; how many there were."""
    waiting = list(Template.objects.concepts().filter(made_by=None))
    for version in waiting:
        with acting_as(judge.actor()):
            templates.judge(version=version, sha256=version.sha256, judgement=JUDGEMENT, by=judge)
        with acting_as(approver.actor()):
            templates.approve(version=version, sha256=version.sha256, by=approver)
    return len(waiting)
