"""The site's own settings, but style sheets and fonts are not squeezed: that takes half a minute."""

from outreach.settings import *  # noqa: F403
from outreach.settings import STORAGES

STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
