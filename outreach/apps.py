from django.apps import AppConfig
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.core import checks

from outreach.deployment import ready_for_others
from outreach.sessions import signed_in


class OutreachConfig(AppConfig):
    name = "outreach"
    verbose_name = "Uitvoering"

    def ready(self) -> None:
        # Its receivers need the models.
        from outreach.actions import sign_ins  # noqa: F401, PLC0415

        user_logged_in.connect(signed_in)
        checks.register(mail_is_sent)
        checks.register(ready_for_others, checks.Tags.security, deploy=True)


def mail_is_sent(app_configs: object, **kwargs: object) -> list[checks.CheckMessage]:
    """Says that no mail is sent. That is allowed: what it would tell stands in the app too.

    Not in the demo, where there is nobody to mail.
    """
    if settings.SENDS_MAIL or settings.BEREIK_ROLE != "web" or settings.DEMO_PASSWORD:
        return []
    text = "Er gaat geen dagelijkse mail uit: EMAIL_URL is niet gezet. Zie docs/operations.md."
    return [checks.Info(text, id="outreach.I001")]
