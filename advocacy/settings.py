"""Every setting comes from the environment or from `.env`; `.env.example` explains each.

Defaults are the safe production values. Values that would be unsafe on a public address are refused
by the system checks in `advocacy/checks.py`.
"""

from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import environ

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
# Without a `.env` of your own, commands typed beside `make run` speak to the site that it started.
_own = BASE_DIR / ".env"
env_file = Path(
    env.str("ENV_FILE", default=str(_own if _own.is_file() else BASE_DIR / "var" / "local.env"))
)
if env_file.is_file():
    env.read_env(env_file)

VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))

# --- Where the site stands. Every link is built from SITE_URL, never from a request header.
DEBUG = env.bool("DEBUG", default=False)
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
SITE_HOST = urlsplit(SITE_URL).hostname or ""
SITE_IS_HTTPS = SITE_URL.startswith("https://")
# The site stands at the root of its host, whatever a header or a proxy says.
FORCE_SCRIPT_NAME = ""
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[SITE_HOST])
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)

# --- Keys. Each has one purpose, so that each can rotate (or must not) by itself.
SECRET_KEY = env.str("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# "kid:secret,kid:secret": the first signs mail links, all of them are read.
LINK_KEYS = dict(pair.split(":", 1) for pair in env.list("LINK_KEYS"))
# Keyed hash of suppressed addresses. Never rotated: a new key would forget everyone who left.
SUPPRESSION_KEY = env.str("SUPPRESSION_KEY")

INSTALLED_APPS = [
    "advocacy",
    "mailings",
    "signatures",
    "campaigns",
    "postroom",
    "django_prose_editor",
    "django_countries",
    "advocacy.staff.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.postgres",  # knows how an index is to compare texts
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

# Public pages pass the staff's by, and CSRF protects every form that does not refuse it.
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "advocacy.middleware.HeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "advocacy.middleware.StaffSessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "advocacy.middleware.StaffAuthenticationMiddleware",
    "advocacy.middleware.StaffMessageMiddleware",
]

ROOT_URLCONF = "advocacy.urls"
WSGI_APPLICATION = "advocacy.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- PostgreSQL holds all truth.
DATABASES = {"default": env.db("DATABASE_URL")}
DATABASES["default"]["CONN_MAX_AGE"] = None
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"].setdefault("OPTIONS", {}).update(
    {
        "connect_timeout": 5,
        # A lock held elsewhere costs a visitor seconds, not a worker; commands and bulk work
        # set their own limits where they need longer. What was answered for is on disk, whatever
        # the server's own default: somebody who was thanked is never forgotten by a crash.
        "options": "-c statement_timeout=5000 -c lock_timeout=2000"
        " -c idle_in_transaction_session_timeout=60000 -c synchronous_commit=on",
    }
)

# --- Redis is Celery's doorbell and nothing else. No public request speaks to it.
REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
CELERY_QUEUE_PREFIX = env.str("CELERY_QUEUE_PREFIX", default="")
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "global_keyprefix": CELERY_QUEUE_PREFIX,
    "socket_keepalive": True,
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 50
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_DEFAULT_QUEUE = "events"
CELERY_TASK_ROUTES = {
    "mailings.tasks.send_slice": {"queue": "bulk"},
    "mailings.tasks.*": {"queue": "events"},
    "campaigns.tasks.*": {"queue": "events"},
}
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "pump-bulk-mail": {
        "task": "mailings.tasks.pump",
        "schedule": 15.0,
        "options": {"expires": 14},
    },
    "sum-up-mailings": {
        "task": "mailings.tasks.sum_up_mailings",
        "schedule": 600.0,
        "options": {"expires": 590},
    },
    "wake-digest-schedules": {
        "task": "mailings.tasks.wake_digest_schedules",
        "schedule": 60.0,
        "options": {"expires": 59},
    },
    "welcome-newcomers": {
        "task": "mailings.tasks.welcome_newcomers",
        "schedule": 60.0,
        "options": {"expires": 59},
    },
    "decide-trials": {
        "task": "mailings.tasks.decide_trials",
        "schedule": 60.0,
        "options": {"expires": 59},
    },
    "keep-promises": {
        "task": "mailings.tasks.keep_promises",
        "schedule": 300.0,
        "options": {"expires": 299},
    },
    "check-sources": {
        "task": "campaigns.tasks.check_sources",
        "schedule": 3600.0,
        "options": {"expires": 3500},
    },
    "carry-on-state-changes": {
        "task": "signatures.tasks.carry_on_state_changes",
        "schedule": 10.0,
        "options": {"expires": 9},
    },
}

# --- Mail leaves through postroom, over this connection. Django's own backend serves admin errors.
EMAIL_URL = env.str("EMAIL_URL", default="smtp://127.0.0.1:1025")
if EMAIL_URL.startswith("anymail+"):
    _provider, _, _query = EMAIL_URL.removeprefix("anymail+").partition("://?")
    EMAIL_BACKEND = f"anymail.backends.{_provider}.EmailBackend"
    ANYMAIL = {f"{_provider}_{name}".upper(): value for name, value in parse_qsl(_query)}
else:
    vars().update(env.email_url("EMAIL_URL", default=EMAIL_URL))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"noreply@{SITE_HOST or 'localhost'}")
# The domain that bounces return to and that Message-IDs carry.
MAIL_DOMAIN = env.str("MAIL_DOMAIN", default=DEFAULT_FROM_EMAIL.rpartition("@")[2])
# What `check_deliverability` judges: IP addresses that mail leaves from, names of its DKIM keys,
# and whom to ask (empty: the system's name servers).
MAIL_SENDING_ADDRESSES = env.list("MAIL_SENDING_ADDRESSES", default=[])
DKIM_SELECTORS = env.list("DKIM_SELECTORS", default=[])
DNS_SERVERS = env.list("DNS_SERVERS", default=[])

# What lets a host send with its database, so that no copy of it can: see `signatures/arming.py`.
# Hosts that share a database share it. Empty: a file under VAR_DIR, made by the first installation.
SENDING_KEY = env.str("SENDING_KEY", default="")
# Who may read /metrics; nobody where it is empty.
METRICS_KEY = env.str("METRICS_KEY", default="")

# --- Mail that comes back. Providers whose webhooks are believed, each with the secret we share:
# "mailgun:key,postmark:user:password". No provider that is not named here is listened to.
MAIL_WEBHOOKS = dict(pair.partition(":")[::2] for pair in env.list("MAIL_WEBHOOKS", default=[]))
# How mail to MAIL_DOMAIN comes in: "pipe:" (a mail server runs `manage.py receive_mail`),
# "imaps://user:password@host/INBOX", "webhook:provider". Empty: it does not, and no mail says so.
INBOUND_URL = env.str("INBOUND_URL", default="")
# Days after which mail that came in, and what was said of mail that left, is deleted.
KEEP_INBOUND_DAYS = env.int("KEEP_INBOUND_DAYS", default=90)
# Days after which it is deleted who followed a link of a mail, where that is counted at all.
KEEP_CLICKS_DAYS = env.int("KEEP_CLICKS_DAYS", default=180)

# --- Signatures that nobody confirms are deleted after so many days, as the mail that asks says.
KEEP_UNCONFIRMED_DAYS = env.int("KEEP_UNCONFIRMED_DAYS", default=30)

# --- Bulk mail, in seconds.
# How long a chunk of recipients stays with a worker of which nothing is heard. Longer than the
# slowest answer of a mail server (600).
MAILING_LEASE_SECONDS = env.float("MAILING_LEASE_SECONDS", default=900)
# A worker's turn, after which it may be replaced by a newer version of itself.
MAILING_SLICE_SECONDS = env.float("MAILING_SLICE_SECONDS", default=60)
# How long nothing is sent after the mail server asked for patience.
MAILING_LANE_REST_SECONDS = env.float("MAILING_LANE_REST_SECONDS", default=60)
# How long somebody who sends a proof waits for the links in it to answer; 0: they are not asked.
PROOF_LINK_SECONDS = env.float("PROOF_LINK_SECONDS", default=10)
# The time to think again between “Send” and the first mail.
MAILING_HOLD_SECONDS = env.float("MAILING_HOLD_SECONDS", default=600)
# So many people, or this share of them if that is more, get a mailing first; the rest follows when
# nothing of it has come back for so long. One to at most twice as many people goes at once.
MAILING_CANARY_PEOPLE = env.int("MAILING_CANARY_PEOPLE", default=200)
MAILING_CANARY_SHARE = env.float("MAILING_CANARY_SHARE", default=0.01)
MAILING_CANARY_WATCH_SECONDS = env.float("MAILING_CANARY_WATCH_SECONDS", default=60)

# --- Signing.
# How often one network (an address, or an IPv6 /64) may sign within so many seconds before its
# signatures are held: kept and mailed as ever, but not counted at once.
NETWORK_LIMITS = {
    300: env.int("NETWORK_LIMIT_5_MINUTES", default=40),
    86400: env.int("NETWORK_LIMIT_DAY", default=400),
}
# Where signatures count before they are confirmed, a shown number that followed each one would tell
# a visitor whether an address had signed. It moves in tens, and at moments so many seconds apart;
# 0 shows every one at once.
COUNT_AT_ONCE_SECONDS = env.int("COUNT_AT_ONCE_SECONDS", default=600)
# More signatures than this in ten minutes are worth a look by staff. Nothing is held for them.
RATE_ALARMS = {
    "campaign": env.int("RATE_ALARM_CAMPAIGN", default=2000),
    "domain": env.int("RATE_ALARM_DOMAIN", default=100),
}

# --- Staff.
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "admin:login"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SITE_IS_HTTPS
SESSION_COOKIE_NAME = "__Host-session" if SITE_IS_HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if SITE_IS_HTTPS else "csrf"

# --- Headers.
SECURE_SSL_REDIRECT = SITE_IS_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXY_COUNT else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if SITE_IS_HTTPS else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
# Room for a long text with many sources in the admin; public forms have limits of their own.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# --- Language, time, files.
LANGUAGE_CODE = "en-gb"
FORMAT_MODULE_PATH = "advocacy.formats"
USE_I18N = True
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
# Pictures of organizations, drawn anew before they are stored: see `campaigns/picturing.py`.
MEDIA_URL = "media/"
MEDIA_ROOT = VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"tokens": {"()": "advocacy.logs.MaskTokens"}},
    "formatters": {
        "line": {
            "()": "advocacy.logs.DiscreetFormatter",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["tokens"],
        }
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}
