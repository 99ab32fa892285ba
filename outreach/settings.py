"""Settings, read from the environment.

`BEREIK_ROLE` says which process this is; each has one database alias with a login role of its own.
docs/operations.md lists every variable.
"""

from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from outreach.settings_api import (  # noqa: F401
    OAUTH2_PROVIDER,
    OAUTH2_PROVIDER_APPLICATION_MODEL,
    REST_FRAMEWORK,
    SPECTACULAR_SETTINGS,
)
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
# Where somebody reports a weakness of the site; stands in /.well-known/security.txt.
GEMEENTE_BEVEILIGING = sender("GEMEENTE_BEVEILIGING", "mailto:beveiliging@waterveen.example")
# For the register of processing (AVG art. 30, lid 1, onder a): who is responsible and the functionaris
# gegevensbescherming, each with how to reach them. Without them the register says that they are missing.
GEMEENTE_VERANTWOORDELIJKE = env.str(
    "GEMEENTE_VERANTWOORDELIJKE", default="college@waterveen.example" if DEMO_PASSWORD else ""
)
GEMEENTE_FG = env.str("GEMEENTE_FG", default="fg@waterveen.example" if DEMO_PASSWORD else "")
# The logo and colour of its letters; without these the plain mark in blue. A check tries them.
GEMEENTE_LOGO = env.str("GEMEENTE_LOGO", default="")
GEMEENTE_KLEUR = env.str("GEMEENTE_KLEUR", default="")

# Files that come in and go out. Both lie encrypted.
UPLOAD_FOLDER = Path(env.str("UPLOAD_FOLDER", default=str(RUN / "uploads")))
LETTER_FOLDER = Path(env.str("LETTER_FOLDER", default=str(RUN / "brieven")))
SCAN_FOLDER = Path(env.str("SCAN_FOLDER", default=str(RUN / "scans")))
# Grants on their way to the administration that pays, under its own key. koppel writes, web hands over.
EXPORT_FOLDER = Path(env.str("EXPORT_FOLDER", default=str(RUN / "uitvoer")))
#: Days after the day on a letter about sharing before the file is made: objections may be under way by post.
SHARE_POST_MARGIN_DAYS = env.int("SHARE_POST_MARGIN_DAYS", default=7)
# What was destroyed, outside the database: done again after an older backup (manage.py vernietig_opnieuw).
DESTRUCTION_FOLDER = Path(env.str("DESTRUCTION_FOLDER", default=str(RUN / "vernietigd")))
# The files of PostgreSQL, when the worker of the box may read them: it searches them for what it destroyed.
DATABASE_FILES = env.str("DATABASE_FILES", default="")
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", default=2 * 1024**3)
# Seals of the audit that leave the database; koppel adds to it, and the municipality ships it away.
AUDIT_SEAL_FILE = env.str("AUDIT_SEAL_FILE", default=str(RUN / "audit/zegels.jsonl"))
# The public keys of those seals, as they were written down.
AUDIT_PUBLIC_KEYS = env.list("AUDIT_PUBLIC_KEY", default=[])
# clamd, as unix:/run/clamav/clamd.ctl or tcp://host:3310, and the seconds that one step of it may take.
CLAMD_ADDRESS = env.str("CLAMD_ADDRESS", default="")
CLAMD_SECONDS = env.int("CLAMD_SECONDS", default=120)
# The dotted path of a function that says whether a stream of bytes is clean; see outreach/virus.py.
VIRUS_SCANNER = env.str("VIRUS_SCANNER", default="outreach.kernel.clamd.is_clean" if CLAMD_ADDRESS else "")
# Says that the municipality chose to have none; the check of a site for others asks for the one or the other.
NO_VIRUS_SCANNER = env.bool("NO_VIRUS_SCANNER", default=False)
# A reminder goes from so many days before the answers of a round are due, when the post of up to so many days
# before its print date was scanned.
REMINDER_DAYS = env.int("REMINDER_DAYS", default=14)
REMINDER_SCAN_DAYS = env.int("REMINDER_SCAN_DAYS", default=3)
REMINDER_PAUSE_MAX_DAYS = env.int("REMINDER_PAUSE_MAX_DAYS", default=365)
# So long nobody else goes to a household that somebody said he is busy with.
CLAIM_MINUTES = env.int("CLAIM_MINUTES", default=60)
# After so many tries in vain at one address (decision 0013) nobody goes past for the same round any more.
MAX_ATTEMPTS = env.int("MAX_ATTEMPTS", default=3)
# A looplijst on paper is shredded within so many days.
SHEET_SHRED_DAYS = env.int("SHEET_SHRED_DAYS", default=7)
# Days: for telling the BRP that somebody lives elsewhere, and what is proposed for another task.
BRP_REPORT_DAYS = env.int("BRP_REPORT_DAYS", default=5)
TASK_DAYS = env.int("TASK_DAYS", default=7)
# Days after which a regeling that somebody does not want may be brought up again, unless he says otherwise.
ASK_AGAIN_DAYS = env.int("ASK_AGAIN_DAYS", default=365)
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
    # Around everything: all that a request leaves behind belongs to one trace.
    "outreach.middleware.TraceMiddleware",
    # Around all others: what they refuse under /api/ leaves as the API's own kind of problem too.
    "letters.api.middleware.ApiMiddleware",
    # First of the rest, so that files, redirects and errors of all that comes after carry these headers too.
    "csp.middleware.CSPMiddleware",
    "outreach.middleware.BrowserRightsMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "outreach.middleware.PrivatePageMiddleware",
    "outreach.middleware.SignInMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "outreach.middleware.ActorMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "outreach.views.signed_out.SignedOutMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "outreach.views.second_step.SecondStepMiddleware",
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
# Asks of one address a minute for the two pages of signing in at the municipality; see below.
ACCOUNT_RATE_LIMITS = {"municipal_sign_in": "60/m/ip"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ADAPTER = "outreach.forms.codes.MfaAdapter"
MFA_TOTP_ISSUER = "Bereik"
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

# The identity provider of the municipality, when staff sign in there (OpenID Connect).
OIDC_ISSUER = env.str("OIDC_ISSUER", default="") if BEREIK_ROLE == "web" else ""
OIDC_CLIENT_ID = required("OIDC_CLIENT_ID", "zo kent de aanbieder deze site") if OIDC_ISSUER else ""
OIDC_CLIENT_SECRET = required("OIDC_CLIENT_SECRET", "het geheim bij OIDC_CLIENT_ID") if OIDC_ISSUER else ""
# The values of acr that stand for a sign-in with a second factor; any other is refused.
OIDC_ACR = required("OIDC_ACR", "de niveaus met een tweede factor").split() if OIDC_ISSUER else []
# What the provider never changes or gives to another; the user name here is its value.
OIDC_USER_CLAIM = env.str("OIDC_USER_CLAIM", default="sub")

# Calls a minute of one program of a vendor, and asks for a token a minute from one address.
API_CALLS_PER_MINUTE = env.int("API_CALLS_PER_MINUTE", default=1200)
API_TOKENS_PER_MINUTE = env.int("API_TOKENS_PER_MINUTE", default=30)

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
CELERY_TASK_ROUTES = {
    "eligibility.tasks.*": {"queue": "koppel"},
    # What may not wait for a koppeling of half an hour: who does not want to be approached, what a resident
    # asks, who has to be asked back, and the seals of the audit.
    "eligibility.tasks.sweep_typed": {"queue": "spoed"},
    "eligibility.tasks.sweep_lists": {"queue": "spoed"},
    "eligibility.tasks.process_list": {"queue": "spoed"},
    "eligibility.tasks.sweep_sharing": {"queue": "spoed"},
    "eligibility.tasks.sweep_unsealing": {"queue": "spoed"},
    "eligibility.tasks.sweep_exports": {"queue": "spoed"},
    "outreach.tasks.seal_audit": {"queue": "spoed"},
    "outreach.tasks.sweep_requests": {"queue": "spoed"},
}
CELERY_TASK_CREATE_MISSING_QUEUES = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = {
    "deliveries": {"task": "eligibility.tasks.sweep_deliveries", "schedule": 30.0},
    "lists": {"task": "eligibility.tasks.sweep_lists", "schedule": 30.0},
    "runs": {"task": "eligibility.tasks.sweep_runs", "schedule": 30.0},
    "exports": {"task": "eligibility.tasks.sweep_exports", "schedule": 30.0},
    "sharing": {"task": "eligibility.tasks.sweep_sharing", "schedule": 30.0},
    "facts": {"task": "eligibility.tasks.sweep_facts", "schedule": 30.0},
    "typed": {"task": "eligibility.tasks.sweep_typed", "schedule": 30.0},
    "unsealing": {"task": "eligibility.tasks.sweep_unsealing", "schedule": 30.0},
    "destruction": {"task": "eligibility.tasks.sweep_destruction", "schedule": 600.0},
    "seals": {"task": "outreach.tasks.seal_audit", "schedule": 60.0},
    "requests": {"task": "outreach.tasks.sweep_requests", "schedule": 30.0},
    "letters": {"task": "letters.tasks.sweep_letters", "schedule": 30.0},
    "scans": {"task": "letters.tasks.sweep_scans", "schedule": 30.0},
    "batches": {"task": "letters.tasks.sweep_batches", "schedule": 30.0},
    "house": {"task": "letters.tasks.keep_house", "schedule": 3600.0},
    "report": {"task": "letters.tasks.make_report", "schedule": 3600.0},
    "drafts": {"task": "outreach.tasks.sweep_drafts", "schedule": 3600.0},
    "notifications": {"task": "outreach.tasks.sweep_notifications", "schedule": 3600.0},
    # At six, before the mail of the day.
    "oversight": {"task": "outreach.tasks.sweep_oversight", "schedule": crontab(minute="0", hour="6")},
    # From seven on, local time; the two later beats find only what failed, or was never begun.
    "daily_mail": {
        "task": "outreach.tasks.send_daily_mail",
        "schedule": crontab(minute="0,20,40", hour="7", day_of_week="mon-fri"),
    },
}

# The daily mail to staff. Without EMAIL_URL none is sent; with it, mails name the site and a sender.
_mail = env.email_url("EMAIL_URL", default="dummymail://")
EMAIL_BACKEND, EMAIL_TIMEOUT = _mail["EMAIL_BACKEND"], 10
EMAIL_HOST, EMAIL_PORT = _mail["EMAIL_HOST"] or "localhost", _mail["EMAIL_PORT"] or 25
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_USER"] or "", _mail["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.get("EMAIL_USE_TLS", False), _mail.get("EMAIL_USE_SSL", False)
SENDS_MAIL = BEREIK_ROLE == "web" and not EMAIL_BACKEND.endswith("dummy.EmailBackend")
SITE_URL = required("SITE_URL", "het adres van de site, voor de dagelijkse mail") if SENDS_MAIL else ""
DEFAULT_FROM_EMAIL = required("EMAIL_FROM", "van wie de dagelijkse mail komt") if SENDS_MAIL else ""

# Headers and cookies. `INSECURE_COOKIES` is for a site on 127.0.0.1 without TLS, such as the demo.
_insecure = env.bool("INSECURE_COOKIES", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not _insecure
SESSION_COOKIE_NAME = "sessie" if _insecure else "__Host-sessie"
CSRF_COOKIE_NAME = "csrf" if _insecure else "__Host-csrf"
CSRF_COOKIE_HTTPONLY = SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
# How long a sign-in lasts without doing anything, so too in the registers, and in all; outreach/sessions.py.
SESSION_ENGINE = "outreach.sessions"
SESSION_COOKIE_AGE = 30 * 60
REGISTERS_PATH, REGISTERS_IDLE_SECONDS = "/beheer/", 15 * 60
SIGN_IN_SECONDS = 10 * 3600
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
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
X_FRAME_OPTIONS = "DENY"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# What a browser can do that no page of ours asks for.
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        *("accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "fullscreen"),
        *("geolocation", "gyroscope", "magnetometer", "microphone", "midi", "payment"),
        *("publickey-credentials-get", "screen-wake-lock", "usb", "xr-spatial-tracking"),
    )
)
# Not in a cookie of its own: what is said to a colleague may name somebody.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
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
