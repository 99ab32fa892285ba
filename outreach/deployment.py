"""What `manage.py check --deploy` looks at beside Django's own questions: a site that is open to others."""

from typing import Any

from django.conf import settings
from django.core import checks
from django.db import connections

_HOST = "__Host-"
_LOCAL = {"127.0.0.1", "localhost", "[::1]"}


def _cookies_are_of_this_host() -> bool:
    """The browser itself refuses such a cookie when it is not secure, has a domain or another path."""
    names = (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME)
    wide = (settings.SESSION_COOKIE_DOMAIN, settings.CSRF_COOKIE_DOMAIN)
    paths = (settings.SESSION_COOKIE_PATH, settings.CSRF_COOKIE_PATH)
    return all(name.startswith(_HOST) for name in names) and not any(wide) and set(paths) == {"/"}


def _logs_in_as_itself() -> bool:
    """One alias, with the login role of this process: another role's password would undo the border."""
    return list(connections) == ["default"] and (
        connections["default"].settings_dict["USER"] == settings.BEREIK_ROLE
    )


def _reports_have_an_address() -> bool:
    return settings.GEMEENTE_BEVEILIGING.startswith(("mailto:", "https://", "tel:"))


def _signs_in_over_tls() -> bool:
    return not settings.OIDC_ISSUER or settings.OIDC_ISSUER.startswith("https://")


def _names_who_is_responsible() -> bool:
    """Source: AVG article 30, paragraph 1, under a."""
    return bool(settings.GEMEENTE_VERANTWOORDELIJKE and settings.GEMEENTE_FG)


def _scans_for_viruses() -> bool:
    """Or says that it chose not to: without a scanner every file is let through, and nothing else tells."""
    return bool(settings.VIRUS_SCANNER) != settings.NO_VIRUS_SCANNER


def _is_no_demo() -> bool:
    return not settings.DEMO_PASSWORD


def _is_for_others() -> bool:
    return bool(set(settings.ALLOWED_HOSTS) - _LOCAL) and "*" not in settings.ALLOWED_HOSTS


QUESTIONS = (
    (
        "outreach.E001",
        _cookies_are_of_this_host,
        "De cookies gelden niet alleen voor deze site. Zet INSECURE_COOKIES uit.",
    ),
    ("outreach.E002", _logs_in_as_itself, "Dit proces heeft niet één database met de rol uit BEREIK_ROLE."),
    (
        "outreach.E003",
        _is_no_demo,
        "DEMO_PASSWORD is gezet: de gebruikers van de demo staan dan op de inlogpagina.",
    ),
    ("outreach.E004", _is_for_others, "ALLOWED_HOSTS noemt de naam van de site niet, of noemt er te veel."),
    (
        "outreach.E005",
        _reports_have_an_address,
        "GEMEENTE_BEVEILIGING begint niet met mailto:, https:// of tel:.",
    ),
    ("outreach.E006", _signs_in_over_tls, "OIDC_ISSUER begint niet met https://."),
    (
        "outreach.E007",
        _names_who_is_responsible,
        "GEMEENTE_VERANTWOORDELIJKE of GEMEENTE_FG is leeg: dan is het register van verwerkingen niet af.",
    ),
    (
        "outreach.E008",
        _scans_for_viruses,
        "Er is geen virusscanner (CLAMD_ADDRESS) en geen NO_VIRUS_SCANNER, of juist allebei.",
    ),
)


def ready_for_others(app_configs: object, **kwargs: Any) -> list[checks.CheckMessage]:
    """An error for each thing that is not as it must be on a site for others; web alone serves pages."""
    if settings.BEREIK_ROLE != "web":
        return []
    return [checks.Error(text, id=number) for number, holds, text in QUESTIONS if not holds()]
