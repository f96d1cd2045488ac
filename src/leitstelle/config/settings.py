"""Django settings, from the variables of `config.env`.

Owns which applications, middleware and back ends run. Leaves meaning and parsing of the environment to `env`.
"""

import socket
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django_stubs_ext

from leitstelle.config import env, env_values, secret_key

# Lets generic Django classes be written with their type, as in models.ForeignKey[Person].
django_stubs_ext.monkeypatch()

PACKAGE = Path(__file__).resolve().parent.parent
DATA: Path = secret_key.make_data_directory(env.read("LEITSTELLE_DATA"))
BASE_URL: str = env.read("LEITSTELLE_BASE_URL")
DEMO: bool = env.read("LEITSTELLE_DEMO")
DEBUG: bool = env.read("LEITSTELLE_DEBUG")
MAX_UPLOAD: int = env.read("LEITSTELLE_MAX_UPLOAD")
CLAMD: str = env.read("LEITSTELLE_CLAMD")
S3: env.FileBucket | None = env.file_bucket()
UNDO_SECONDS: int = env.read("LEITSTELLE_UNDO_SECONDS")
ENCRYPTION_KEYS: tuple[str, ...] = env.read("LEITSTELLE_ENCRYPTION_KEYS")
WEBHOOK_NETWORKS: env_values.Networks = env.read("LEITSTELLE_WEBHOOK_NETWORKS")
SMTP: env_values.SmtpAddress | None = env.read("LEITSTELLE_SMTP_URL")
SECRET_KEY: str = env.read("SECRET_KEY") or secret_key.load_or_create(DATA)
BLOB_ROOT = DATA / "blobs"

_base = urlsplit(BASE_URL)
_https = _base.scheme == "https"
MAIL_FROM: str = env.read("LEITSTELLE_MAIL_FROM") or f"support@{_base.hostname or 'localhost'}"
DEFAULT_FROM_EMAIL = SERVER_EMAIL = MAIL_FROM

# --- applications ------------------------------------------------------------------------------------------------
KERNEL = ("events", "work", "search", "blobs", "secrets", "mail", "outbound", "api", "limits", "web")
DOMAINS = (
    "accounts",
    "calendars",
    "assets",
    "catalog",
    "knowledge",
    "contracts",
    "tickets",
    "sla",
    "triage",
    "intake",
    "notifications",
    "automation",
    "reporting",
)  # lowest first
INSTALLED_APPS = [
    *(f"leitstelle.kernel.{name}" for name in KERNEL),
    *(f"leitstelle.{name}" for name in DOMAINS),
    "leitstelle.config.backup",
    "allauth",
    "allauth.account",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "ninja",
]
MIDDLEWARE = [
    "leitstelle.kernel.web.middleware.SecurityHeaders",
    "leitstelle.kernel.web.middleware.Compression",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "leitstelle.kernel.web.middleware.ViewerMiddleware",
    "leitstelle.kernel.web.middleware.DomainErrors",
]
if env.read("LEITSTELLE_MEASURE"):
    MIDDLEWARE.insert(0, "leitstelle.config.bench.counting.counting")
CSRF_FAILURE_VIEW = "leitstelle.kernel.web.answers.csrf_failure"
FORM_RENDERER = "leitstelle.kernel.web.controls.Controls"
ROOT_URLCONF = "leitstelle.config.urls"
ASGI_APPLICATION = "leitstelle.config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "NAME": "jinja2",
        "DIRS": sorted(path for path in PACKAGE.glob("**/templates") if path.is_dir()),
        "OPTIONS": {"environment": "leitstelle.kernel.web.jinja.environment"},
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "NAME": "django",
        "DIRS": sorted(path for path in PACKAGE.glob("**/django_templates") if path.is_dir()),
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    },
]

# --- databases ---------------------------------------------------------------------------------------------------
# IMMEDIATE takes the write lock at BEGIN: a transaction that reads first cannot fail later with "database is locked".
# synchronous=FULL: what was accepted survives a power cut.
SQLITE_PRAGMAS = "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;"


def _database() -> dict[str, Any]:
    postgres: dict[str, Any] | None = env.read("DATABASE_URL")
    kept = {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    if postgres is not None:
        return {"ENGINE": "django.db.backends.postgresql"} | kept | postgres
    return kept | {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA / "leitstelle.sqlite3",
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": SQLITE_PRAGMAS},
    }


DATABASES = {"default": _database() | {"ATOMIC_REQUESTS": False}}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
# How long a process that hears of no change answers from the master data it has read (`kernel.kept`).
MASTER_DATA_SECONDS = 60

# --- people and sessions -----------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_NAME = "leitstelle_session"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
CSRF_COOKIE_NAME = "leitstelle_csrf"
CSRF_COOKIE_HTTPONLY = False

# A person's login is opaque and their addresses are contact points, so allauth has neither field on the person.
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _base.scheme or "http"
ACCOUNT_ADAPTER = "leitstelle.accounts.views.adapter.AccountAdapter"
# allauth counts attempts in the cache of one process; the adapter counts them for all with kernel.limits.
ACCOUNT_RATE_LIMITS = False
# Where people go after signing in: names of pages, because accounts knows no domain above itself.
WORKSPACE_HOME = "tickets:inbox"
PORTAL_HOME = "portal:home"
# What the sign-in page offers in demo mode; named by path, because accounts does not import config.
DEMO_SIGN_INS = "leitstelle.config.demo.sign_ins"

# --- languages and time ------------------------------------------------------------------------------------------
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE: str = env.read("LEITSTELLE_LANGUAGE")
LANGUAGES = [("de", "Deutsch"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
LANGUAGE_COOKIE_NAME = "leitstelle_language"
DEFAULT_PERSON_TIME_ZONE: str = env.read("LEITSTELLE_TIME_ZONE")

# --- static files ------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
# A wheel brings collected, hashed files; a checkout has them collected into the data directory by `leitstelle up`.
_packaged = PACKAGE / "staticfiles"
STATIC_ROOT = _packaged if (_packaged / "staticfiles.json").exists() else DATA / "static"
HASHED_STATIC = (STATIC_ROOT / "staticfiles.json").exists() and not DEBUG
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if HASHED_STATIC
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not HASHED_STATIC
WHITENOISE_AUTOREFRESH = DEBUG
MEDIA_ROOT = DATA / "media"

# --- network -----------------------------------------------------------------------------------------------------
LOCAL_NAMES = ("localhost", "127.0.0.1", "[::1]", socket.gethostname())
ALLOWED_HOSTS = [
    *(env.read("LEITSTELLE_ALLOWED_HOSTS") or (*LOCAL_NAMES, *([_base.hostname] if _base.hostname else [])))
]
CSRF_TRUSTED_ORIGINS = [BASE_URL] if BASE_URL else []
TRUSTED_PROXY: bool = env.read("LEITSTELLE_TRUSTED_PROXY")
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if TRUSTED_PROXY else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXY else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _https else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# Django's own mail is never used (kernel.mail is the only way out); the dummy makes a mistake harmless.
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

# --- logging -----------------------------------------------------------------------------------------------------
_postgres_password = str(DATABASES["default"].get("PASSWORD", ""))
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "leitstelle.config.logs.RedactingFormatter",
            "fmt": "%(asctime)s %(levelname)s %(name)s: %(message)s",
            "secrets": (
                SECRET_KEY,
                _postgres_password,
                SMTP.password if SMTP else "",
                S3.secret_key if S3 else "",
                *ENCRYPTION_KEYS,
            ),
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.read("LEITSTELLE_LOG_LEVEL").upper()},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
        "uvicorn": {"handlers": [], "level": "WARNING", "propagate": True},
    },
}
