"""Settings of Mötas, one file for every run mode.

`DATABASE_URL` set means production; without it the settings describe a trial over the embedded
PostgreSQL in `VAR`. Importing this module needs no secret, no database and no network: secrets are
read from files when they are first used (`identity.keyring`), and `config.production`
stops a production process that lacks one.
"""

import zoneinfo
from pathlib import Path
from typing import Any

import environ

from config import logs
from config.embedded import socket_dir
from identity import keyring

# Zone data comes from the pinned tzdata wheel and never from the server.
zoneinfo.reset_tzpath(())

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
VAR = Path(env.str("VAR", default=str(BASE_DIR / "var"))).resolve()
PORT = env.int("PORT", default=8000)
DATABASE_URL = env.str("DATABASE_URL", default="")
DATABASE_OWNER_URL = env.str("DATABASE_OWNER_URL", default="")
LOG_WRITER_URL = env.str("LOG_WRITER_URL", default="")
LOG_READER_URL = env.str("LOG_READER_URL", default="")
REDIS_URL = env.str("REDIS_URL", default="")

# trial: one process on localhost. test: whatever shape, with the invented people. production: neither.
MODE = env.str("MOTAS_MODE", default="production" if DATABASE_URL else "trial")
MODE_IS_NAMED = bool(env.str("MOTAS_MODE", default=""))  # `serve` names it; uvicorn alone must be told
TRIAL = MODE in ("trial", "test")

DEBUG = False
ALLOWED_HOSTS = ["*"]  # the first middleware answers 421 to a host that is no municipality's
KEYS_DIR = Path(env.str("KEYS_DIR", default=str(VAR / "keys")))
SECRET_KEY = keyring.read_secret(KEYS_DIR / "django")
TURN_URLS: list[str] = env.list("TURN_URLS", default=[])
TURN_SECRET_FILE = env.str("TURN_SECRET_FILE", default="")
ICE_POLICY = env.str("ICE_POLICY", default="all" if TRIAL else "relay")

INSTALLED_APPS = [
    "config.apps.ConfigConfig",
    "notifications.apps.NotificationsConfig",
    "meetings.apps.MeetingsConfig",
    "booking.apps.BookingConfig",
    "identity.apps.IdentityConfig",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "channels",
]

MIDDLEWARE = [
    "identity.middleware.access_line",
    "csp.middleware.CSPMiddleware",
    "identity.middleware.page_headers",
    "identity.middleware.municipality_by_host",  # before anybody is led to https: nobody is led to a host not ours
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "identity.middleware.listed_ways_in",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "identity.middleware.reader_language",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "frontend" / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "identity.pages.context",
                "identity.retention_views.banner",
                "booking.own_calendar.in_menu",
            ],
        },
    }
]


def _database(url: str, role: str, *, pool: bool = False) -> dict[str, Any]:
    """The one database as a role sees it: the operator's, or the embedded server's socket in VAR."""
    if url:
        database: dict[str, Any] = environ.Env.db_url_config(url)
    else:
        database = {"ENGINE": "", "NAME": "motas", "USER": role, "HOST": str(socket_dir(VAR))}
    database |= {"ENGINE": "django.db.backends.postgresql", "CONN_MAX_AGE": 0, "ATOMIC_REQUESTS": False}
    pooled = pool and not env.bool("MOTAS_NO_POOL", default=False)
    database["OPTIONS"] = {"pool": {"min_size": 2, "max_size": 8, "timeout": 10}} if pooled else {}
    return database


PREPARED_STATEMENTS = not env.bool("MOTAS_NO_PREPARED", default=False)
DATABASES = {
    "default": _database(DATABASE_URL, "motas_web", pool=True),
    "log_writer": _database(LOG_WRITER_URL, "motas_log_writer"),
    "log_reader": _database(LOG_READER_URL, "motas_log_reader"),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

SESSION_ENGINE = "identity.sessions"
SESSION_COOKIE_NAME = "__Host-motas"
SESSION_COOKIE_AGE = 10 * 3600
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-motas-csrf"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_AGE = None  # as long as the browser is open: no trace of a visit for a year
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "identity.views.csrf_failure"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

# OpenID providers that may have inside addresses (host or host:port), and the authority that signed them, if their own.
OIDC_INSIDE_HOSTS: list[str] = env.list("OIDC_INSIDE_HOSTS", default=[])
OIDC_CA_FILE = env.str("OIDC_CA_FILE", default="")
BANKID_URL = env.str("BANKID_URL", default="https://appapi2.bankid.com/rp/v6.0")

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 0 if TRIAL else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = not TRIAL
SECURE_SSL_REDIRECT = not TRIAL
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # asked by the machine itself
SILENCED_SYSTEM_CHECKS = ["security.W021"]  # preloading binds a whole domain: its owner's decision, not ours
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
CSP_REPORTS = "/csp/"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "media-src": ["'self'", "blob:"],
        "connect-src": ["'self'"],
        "worker-src": ["'self'"],
        "font-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
        "trusted-types": ["motas"],
        "require-trusted-types-for": ["'script'"],
        "report-uri": [CSP_REPORTS],
        "report-to": ["csp"],
    }
}

LANGUAGE_CODE = "sv"
LANGUAGES = [("sv", "svenska"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "frontend" / "locale"]
USE_TZ = True
TIME_ZONE = "Europe/Stockholm"
FORMAT_MODULE_PATH = None

# An uploaded calendar is read and never stored: its body stays in memory, and ends at the size a fetched one may have.
FILE_UPLOAD_HANDLERS = ["booking.uploads.InMemory"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 15_100_000

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
WHITENOISE_ALLOW_ALL_ORIGINS = False  # fonts and modules are for our own pages
STATICFILES_DIRS = [BASE_DIR / "frontend" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "config.storage.HashedStatic"},
}

if REDIS_URL:
    CHANNEL_LAYERS: dict[str, Any] = {
        "default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [REDIS_URL]}}
    }
else:
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}

CELERY_BROKER_URL = REDIS_URL or "memory://localhost/"
CELERY_BROKER_TRANSPORT_OPTIONS = {} if REDIS_URL else {"polling_interval": 0.02}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_TIME_LIMIT = 120
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True

EMAIL_HOST = env.str("EMAIL_HOST", default="127.0.0.1")
EMAIL_PORT = env.int("EMAIL_PORT", default=0 if TRIAL else 25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=not TRIAL)
EMAIL_TIMEOUT = 20
FEED_GZIP = env.bool("FEED_GZIP", default=True)

# Where the head of the access log's chain is told to every ten minutes; docs/operations.md says how to keep it.
LOG_ANCHOR_FILE = env.str("LOG_ANCHOR_FILE", default=str(VAR / "log-anchors") if TRIAL else "")
LOG_ANCHOR_SYSLOG = env.str("LOG_ANCHOR_SYSLOG", default="")
LOG_ANCHOR_MAIL = env.str("LOG_ANCHOR_MAIL", default="")

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["identity.api_tokens.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["identity.api_tokens.ScopeNeeded"],
    "DEFAULT_THROTTLE_CLASSES": ["identity.api_tokens.PerMinute"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["booking.api.parsing.BoundedJSON"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "booking.problems.exception_handler",
    "UNAUTHENTICATED_USER": None,
    "UNAUTHENTICATED_TOKEN": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Mötas",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_NAME_OVERRIDES": {
        "FormEnum": "booking.api.slot_shapes.FORMS",
        "BookingStateEnum": "booking.api.booking_shapes.STATES",
        "CalendarKindEnum": "booking.api.calendar_shapes.KINDS",
        "PartyRoleEnum": "booking.api.booking_shapes.ROLES",
        "NamedRoleEnum": "booking.api.booking_asked.NAMED",
        "NeedKindEnum": "booking.api.booking_asked.NEEDS",
        "WishStateEnum": "booking.api.wishes.STATES",
    },
}

LOGGING = logs.configuration(readable=MODE == "trial", level=env.str("LOG_LEVEL", default="INFO"))
