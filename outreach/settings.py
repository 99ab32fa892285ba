"""Settings, read from the environment.

`BEREIK_ROLE` says which process this is; each has one database alias with a login role of its own.
docs/operations.md lists every variable.
"""

from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from tools.state import RUN

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# The variable that holds the address of the database, with the login role of that process.
DATABASE_VARIABLES = {
    "web": "DATABASE_URL",
    "koppel": "DATABASE_URL_KOPPEL",
    "migrate": "DATABASE_URL_MIGRATE",
    "admin": "DATABASE_ADMIN_URL",
}


def required(name: str, purpose: str) -> str:
    """The value of a variable. Raises ImproperlyConfigured with a sentence that says how to mend it."""
    value = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(
            f"De omgevingsvariabele {name} ontbreekt: {purpose}. Zet hem in de omgeving van dit proces, of"
            " start met `make demo` of `make test`; die kiezen zelf een waarde. Zie docs/operations.md."
        )
    return value


BEREIK_ROLE = env.str("BEREIK_ROLE", default="web")
if BEREIK_ROLE not in DATABASE_VARIABLES:
    raise ImproperlyConfigured(
        f"BEREIK_ROLE is {BEREIK_ROLE!r}; kies uit {', '.join(DATABASE_VARIABLES)}. Zie docs/operations.md."
    )

DEBUG = env.bool("DEBUG", default=False)
# Only the pages sign anything; the other processes need not hold the key.
SECRET_KEY = (
    required("SECRET_KEY", "de geheime sleutel waarmee Django sessies ondertekent")
    if BEREIK_ROLE == "web"
    else env.str("SECRET_KEY", default="")
)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

_database = DATABASE_VARIABLES[BEREIK_ROLE]
DATABASES = {
    "default": {
        **env.db_url_config(required(_database, "het adres van de database met de rol van dit proces")),
        "ENGINE": "django.db.backends.postgresql",
        # A new SCRAM login for every request costs nine times the query.
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# The municipality. Source of the code: CBS, four digits.
GEMEENTECODE = env.str("GEMEENTECODE", default="0363")

# Only for the demo on 127.0.0.1: the password of all its users, shown on the page to sign in.
DEMO_PASSWORD = env.str("DEMO_PASSWORD", default="")


def sender(name: str, invented: str) -> str:
    """What pages and letters say of the municipality. Raises ImproperlyConfigured.

    Only the demo has an invented one: a letter to a resident must never carry that.
    """
    if DEMO_PASSWORD or BEREIK_ROLE != "web":
        return env.str(name, default=invented)
    return required(name, "zo staat de gemeente op brieven en pagina’s")


# The name without "Gemeente" in front, and how a resident reaches it.
GEMEENTE_NAAM = sender("GEMEENTE_NAAM", "Waterveen")
GEMEENTE_TELEFOON = sender("GEMEENTE_TELEFOON", "14 0299")
GEMEENTE_BEREIKBAAR = sender("GEMEENTE_BEREIKBAAR", "maandag tot en met vrijdag van 8.00 tot 18.00 uur")
GEMEENTE_WEBSITE = sender("GEMEENTE_WEBSITE", "www.waterveen.example")
GEMEENTE_AFMELDPAGINA = sender("GEMEENTE_AFMELDPAGINA", "www.waterveen.example/afmelden")
GEMEENTE_PRIVACYPAGINA = sender("GEMEENTE_PRIVACYPAGINA", "www.waterveen.example/privacy")
GEMEENTE_BEZOEKADRES = sender("GEMEENTE_BEZOEKADRES", "Stadhuisplein 1, 1011 AA Waterveen")
GEMEENTE_POSTADRES = sender("GEMEENTE_POSTADRES", "Postbus 100, 1000 AC Waterveen")
GEMEENTE_RETOURADRES = sender(
    "GEMEENTE_RETOURADRES", "Gemeente Waterveen,Antwoordnummer 12345,1000 VB  WATERVEEN"
).split(",")
GEMEENTE_ONDERTEKENAAR = sender("GEMEENTE_ONDERTEKENAAR", "Afdeling Armoedebestrijding")
# The logo and colour of its letters; without these the plain mark in blue. A check tries them.
GEMEENTE_LOGO = env.str("GEMEENTE_LOGO", default="")
GEMEENTE_KLEUR = env.str("GEMEENTE_KLEUR", default="")

# Files that come in and go out. Both lie encrypted.
UPLOAD_FOLDER = Path(env.str("UPLOAD_FOLDER", default=str(RUN / "uploads")))
LETTER_FOLDER = Path(env.str("LETTER_FOLDER", default=str(RUN / "brieven")))
SCAN_FOLDER = Path(env.str("SCAN_FOLDER", default=str(RUN / "scans")))
# Grants on their way to the administration that pays, under its own key. koppel writes, web hands over.
EXPORT_FOLDER = Path(env.str("EXPORT_FOLDER", default=str(RUN / "uitvoer")))
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", default=2 * 1024**3)
# The dotted path of a function that says whether a stream of bytes is clean; see eligibility/virus.py.
VIRUS_SCANNER = env.str("VIRUS_SCANNER", default="")
# How long the file of a part stays after the vendor confirmed that he has it.
LETTER_KEEP_DAYS = env.int("LETTER_KEEP_DAYS", default=30)
# A reminder goes from so many days before the answers of a round are due, when the post of up to so many days
# before its print date was scanned.
REMINDER_DAYS = env.int("REMINDER_DAYS", default=14)
REMINDER_SCAN_DAYS = env.int("REMINDER_SCAN_DAYS", default=3)
REMINDER_PAUSE_MAX_DAYS = env.int("REMINDER_PAUSE_MAX_DAYS", default=365)
# Letters about decisions are made together, from this time on a working day (local time, hours and minutes).
LETTERS_COLLECTED_AT = env.str("LETTERS_COLLECTED_AT", default="17:00")
# Per cent of a limit within which a second person looks at an application too.
ASSESS_MARGIN_PERCENT = env.int("ASSESS_MARGIN_PERCENT", default=5)
# The private half is for web and kantoor: they make the letters and hand them to the printer.
LETTER_IDENTITY = env.str("LETTER_IDENTITY", default="")
# Only the koppel worker has these two.
KEY_FOLDER = env.str("KEY_FOLDER", default="")
MASTER_KEY = env.str("MASTER_KEY", default="")

INSTALLED_APPS = [
    "outreach",
    "optout",
    "eligibility",
    "letters",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.contrib.admin",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "template_partials",
    "django_filters",
    "import_export",
    "rest_framework",
    "drf_spectacular",
    "oauth2_provider",
]
AUTH_USER_MODEL = "outreach.User"

MIDDLEWARE = [
    # Around all others: what they refuse under /api/ leaves as the API's own kind of problem too.
    "letters.api.middleware.ApiMiddleware",
    # First of the rest, so that files, redirects and errors of all that comes after carry these headers too.
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "outreach.middleware.PrivatePageMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "outreach.middleware.ActorMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "outreach.urls"
WSGI_APPLICATION = "outreach.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "outreach.views.context.page_frame",
            ],
        },
    }
]
FORM_RENDERER = "outreach.forms.renderer.BereikFormRenderer"

LANGUAGE_CODE = "nl"
TIME_ZONE = "Europe/Amsterdam"
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = RUN / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Without a collected manifest (tests, the development server) whitenoise serves from the sources.
WHITENOISE_USE_FINDERS = DEBUG

# Sign-in. Accounts are made by a functioneel beheerder; nobody signs himself up.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_ADAPTER = "outreach.forms.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_FORMS = {"activate_totp": "outreach.forms.codes.CodeAppForm"}
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "outreach.forms.accounts.LongPassword",
        "OPTIONS": {"min_length": 15},
    },
    {"NAME": "outreach.forms.accounts.UncommonPassword"},
    {"NAME": "outreach.forms.accounts.UnlikeYourself"},
]

# Tokens of the printing vendor. Source: NL GOV Assurance profile for OAuth 2.0, short tokens without refresh.
OAUTH2_PROVIDER_APPLICATION_MODEL = "oauth2_provider.Application"
OAUTH2_PROVIDER = {
    "ACCESS_TOKEN_EXPIRE_SECONDS": 600,
    "SCOPES": {
        "drukwerk": "Partijen ophalen, bevestigen en de status melden",
        "scans": "Scans en retourpost aanleveren",
    },
    "DEFAULT_SCOPES": [],
    # Client credentials and nothing else; who may have them, the validator knows.
    "OAUTH2_SERVER_CLASS": "oauthlib.oauth2.BackendApplicationServer",
    "OAUTH2_VALIDATOR_CLASS": "letters.api.oauth.VendorValidator",
    # Of a token only its fingerprint is kept.
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
}
# Calls a minute of one program of a vendor, and asks for a token a minute from one address.
API_CALLS_PER_MINUTE = env.int("API_CALLS_PER_MINUTE", default=1200)
API_TOKENS_PER_MINUTE = env.int("API_TOKENS_PER_MINUTE", default=30)
REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_AUTHENTICATION_CLASSES": ["letters.api.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["letters.api.authentication.HasScope"],
    "EXCEPTION_HANDLER": "letters.api.problems.handler",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Bereik: drukwerk",
    "DESCRIPTION": "Waarmee een drukker brieven ophaalt, meldt wat ermee gebeurt en formulieren teruglevert.",
    "VERSION": "1.0.0",
    "CONTACT": {
        "name": "Functioneel beheer Bereik",
        "email": "beheer@bereik.example",
        "url": "https://bereik.example/drukwerk",
    },
    "LICENSE": {"name": "EUPL-1.2"},
    "SERVERS": [
        {
            "url": "https://{host}/api/drukwerk/v1",
            "variables": {"host": {"default": "bereik.example", "description": "De site van de gemeente."}},
        }
    ],
    "TAGS": [{"name": "drukwerk"}],
    "SCHEMA_PATH_PREFIX": "/api/drukwerk/v1",
    "PREPROCESSING_HOOKS": ["letters.api.openapi.only_ours"],
    "POSTPROCESSING_HOOKS": ["letters.api.openapi.complete"],
    "ENUM_NAME_OVERRIDES": {},
}

# Background work. Redis may be lost at any moment: what is due stands in the database.
_queues = BEREIK_ROLE in ("web", "koppel")
REDIS_URL = required("REDIS_URL", "het adres van Redis, de wachtrij voor achtergrondwerk") if _queues else ""
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if _queues
    else {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
}
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_DEFAULT_QUEUE = "kantoor"
CELERY_TASK_ROUTES = {"eligibility.tasks.*": {"queue": "koppel"}}
CELERY_TASK_CREATE_MISSING_QUEUES = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = {
    "deliveries": {"task": "eligibility.tasks.sweep_deliveries", "schedule": 30.0},
    "runs": {"task": "eligibility.tasks.sweep_runs", "schedule": 30.0},
    "exports": {"task": "eligibility.tasks.sweep_exports", "schedule": 30.0},
    "facts": {"task": "eligibility.tasks.sweep_facts", "schedule": 30.0},
    "letters": {"task": "letters.tasks.sweep_letters", "schedule": 30.0},
    "scans": {"task": "letters.tasks.sweep_scans", "schedule": 30.0},
    "batches": {"task": "letters.tasks.sweep_batches", "schedule": 30.0},
    "house": {"task": "letters.tasks.keep_house", "schedule": 3600.0},
}

# Headers and cookies. `INSECURE_COOKIES` is for a site on 127.0.0.1 without TLS, such as the demo.
_insecure = env.bool("INSECURE_COOKIES", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not _insecure
SESSION_COOKIE_NAME = "sessie" if _insecure else "__Host-sessie"
CSRF_COOKIE_NAME = "csrf" if _insecure else "__Host-csrf"
CSRF_COOKIE_HTTPONLY = SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 30 * 60
SESSION_SAVE_EVERY_REQUEST = True
SECURE_SSL_REDIRECT = not _insecure
SECURE_HSTS_SECONDS = 0 if _insecure else 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = not _insecure
SECURE_HSTS_PRELOAD = not _insecure
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None
)
# How many proxies of our own put the address they were called from in X-Forwarded-For; letters/api uses it.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
CSRF_FAILURE_VIEW = "outreach.views.errors.csrf_failure"

FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000

IMPORT_EXPORT_FORMATS = []
IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = True
IMPORT_EXPORT_IMPORT_PERMISSION_CODE = "change"
IMPORT_EXPORT_EXPORT_PERMISSION_CODE = "view"
# What was uploaded for a preview may not stay behind as a file.
IMPORT_EXPORT_TMP_STORAGE_CLASS = "import_export.tmp_storages.CacheStorage"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
}
