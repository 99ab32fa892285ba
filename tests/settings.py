"""Settings of the tests: the pages' own, with the other two roles beside them to prove the border.

Only `default` (role web) is used by the code under test; `as_role` puts another in its place.
"""

import os

import pyrage

from tools.servers import environment

os.environ.setdefault("BEREIK_ROLE", "web")
_addresses = {role: environment(role) for role in ("web", "koppel", "migrate")}
for _variables in _addresses.values():
    for _name, _value in _variables.items():
        os.environ.setdefault(_name, _value)
os.environ["INSECURE_COOKIES"] = "1"
os.environ.setdefault("SECRET_KEY", "only for tests")
# On servers from outside there is none; with it the municipality is the invented one.
os.environ.setdefault("DEMO_PASSWORD", "only for tests")
os.environ.setdefault("LETTER_IDENTITY", str(pyrage.x25519.Identity.generate()))

from outreach.settings import *  # noqa: E402, F403
from outreach.settings import DATABASES, env  # noqa: E402

_template = DATABASES["default"]
for _alias, _variable in (("koppel", "DATABASE_URL_KOPPEL"), ("migrate", "DATABASE_URL_MIGRATE")):
    DATABASES[_alias] = {**_template, **env.db_url_config(os.environ[_variable])}
    DATABASES[_alias]["ENGINE"] = _template["ENGINE"]
for _alias in ("default", "koppel"):
    DATABASES[_alias]["TEST"] = {"MIRROR": "migrate"}
# Two test runs at once on one server each need a database of their own.
DATABASES["migrate"]["TEST"] = {
    "NAME": env.str("BEREIK_TEST_DB", default="test_bereik"),
    "DEPENDENCIES": [],
}
# Connections are kept for the whole test run; a check for each use would only cost time.
for _database in DATABASES.values():
    _database["CONN_MAX_AGE"] = 0
    _database["CONN_HEALTH_CHECKS"] = False

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
SECURE_SSL_REDIRECT = False
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
# Each test run and worker has letters of its own: their rounds have the same numbers.
LETTER_FOLDER = LETTER_FOLDER / "-".join(  # noqa: F405
    (os.environ.get("BEREIK_TEST_DB", "tests"), os.environ.get("PYTEST_XDIST_WORKER", "alone"))
)
DESTRUCTION_FOLDER = LETTER_FOLDER / "vernietigd"
# One round of a strong hash per user would be most of a test's time.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# A code that a test took at the end of its half minute still holds.
MFA_TOTP_TOLERANCE = 1
CELERY_TASK_ALWAYS_EAGER = False
