"""The site as a municipality runs it: a process of its own with the variables that operations.md asks for."""

import os
import subprocess
import sys

from django.conf import settings

from tools.servers import VARIABLES, environment

GIVEN = {
    "ALLOWED_HOSTS": "bereik.gemeente.example",
    "DJANGO_SETTINGS_MODULE": "outreach.settings",
    "SECRET_KEY": "u5Zq8pXw2Lr7Nv4Kt9Yb3Hc6Jd1Gf0Se-AaQmWnExRbTvYcUzIoPlKjHgFdSa",
    "GEMEENTE_BEVEILIGING": "mailto:beveiliging@gemeente.example",
    "GEMEENTE_VERANTWOORDELIJKE": "college@gemeente.example",
    "GEMEENTE_FG": "fg@gemeente.example",
    "CLAMD_ADDRESS": "unix:/run/clamav/clamd.ctl",
    "LOG_LEVEL": "WARNING",
}
OF_THE_MUNICIPALITY = (
    *("NAAM", "TELEFOON", "BEREIKBAAR", "WEBSITE", "AFMELDPAGINA", "PRIVACYPAGINA", "BEZOEKADRES"),
    *("POSTADRES", "RETOURADRES", "ONDERTEKENAAR"),
)


def variables(**changed: str) -> dict[str, str]:
    """The environment of the pages on a site with TLS; an empty text takes a variable away."""
    outside = {name for names in VARIABLES.values() for name in names}
    # What the tests of the browser set for themselves is no part of it either.
    ours = {name: text for name, text in os.environ.items() if not name.startswith("DJANGO_")}
    kept = {name: text for name, text in ours.items() if name not in outside}
    own = environment("web")
    del own["INSECURE_COOKIES"], own["DEMO_PASSWORD"]
    invented = {f"GEMEENTE_{name}": "x" for name in OF_THE_MUNICIPALITY}
    return {name: text for name, text in (kept | own | invented | GIVEN | changed).items() if text}


def run(*arguments: str, **changed: str) -> subprocess.CompletedProcess[str]:
    """Python with these arguments, as that process."""
    return subprocess.run(
        [sys.executable, *arguments],
        env=variables(**changed),
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
