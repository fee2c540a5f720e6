"""Settings, all read from the environment; ``docs/settings.md`` lists them."""

import re
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from environs import Env, EnvValidationError, ValidationError, validate

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
with suppress(OSError):  # read-only where everything is kept elsewhere
    (VAR_DIR / "static").mkdir(parents=True, exist_ok=True)


def is_site(url: str) -> None:
    """Raise ``ValidationError`` unless it is a site's address and no more."""
    if not re.fullmatch(r"https?://[^/\s?#]+/?", url):
        raise ValidationError("Not a site's address, such as https://tutorials.example.org.")


def is_named(folder: Path) -> None:
    """Raise ``ValidationError`` for a folder without a name, which would be the one we stand in."""
    if folder == Path():
        raise ValidationError("Empty. Name a folder or leave it out.")


def is_time(text: str) -> None:
    """Raise ``ValidationError`` unless it is an ISO 8601 time or nothing."""
    try:
        datetime.fromisoformat(text or "2026-03-16")
    except ValueError as error:
        raise ValidationError("Not a time, such as 2026-03-16T10:00:00+01:00.") from error


env = Env(eager=False)
# What the environment says goes before what the file says; `make install` makes one.
env.read_env(str(BASE_DIR / ".env"), recurse=False)

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="")
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=[])
SITE_URL = env.str("SITE_URL", default="http://localhost:8000", validate=is_site)
# An ISO 8601 time that the programme's clock starts at and runs on from; empty: the real time.
CLOCK = env.str("CLOCK", default="", validate=is_time)
DATABASES = {"default": env.dj_db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR}/db.sqlite3")}
CACHES = {"default": env.dj_cache_url("CACHE_URL", default="locmem://")}
EMAIL = env.dj_email_url("EMAIL_URL", default="console://")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Tutorials <tutorials@example.org>")
MEDIA_ROOT = env.path("MEDIA_ROOT", default=VAR_DIR / "media", validate=is_named)
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0, validate=validate.Range(min=0))
# A cache that all processes share serves a hall from one page; one of each process's own would
# only show each visitor a change at another time.
OWN_CACHES = ("locmem.LocMemCache", "dummy.DummyCache")
FRESH_SECONDS = 5
# And how long other programs and websites may keep what they are told.
FEED_SECONDS = 60
PAGE_CACHE_SECONDS = env.int(
    "PAGE_CACHE_SECONDS",
    default=0 if CACHES["default"]["BACKEND"].endswith(OWN_CACHES) else FRESH_SECONDS,
    validate=validate.Range(min=0),
)
SEND_MAIL_AT_ONCE = env.bool("SEND_MAIL_AT_ONCE", default=DEBUG)

try:
    env.seal()
except EnvValidationError as error:
    messages = dict(error.error_messages)  # type: ignore[arg-type]  # always by name here
    faults = "; ".join(f"{name}: {' '.join(why)}" for name, why in messages.items())
    raise ImproperlyConfigured(f"{faults} docs/settings.md says what each may be.") from error

SITE_URL = SITE_URL.rstrip("/")

if "EMAIL_BACKEND" not in EMAIL:
    raise ImproperlyConfigured(
        "EMAIL_URL: of no kind that is known. docs/settings.md says what it may be."
    )

if not SECRET_KEY:
    if not DEBUG:
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. Set it to a long random string, or set DEBUG=true "
            "on a development machine. docs/settings.md lists every setting."
        )
    SECRET_KEY = "only-for-development-and-never-a-secret"

if DEBUG and not ALLOWED_HOSTS:
    ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]

INSTALLED_APPS = [
    # Ours come first: their templates win over those of the libraries.
    "conference",
    "venues",
    "people",
    "tutorials",
    "conference.admin_site.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "rest_framework",
    "django_filters",
    "django_htmx",  # for htmx itself, a static file
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "simple_history",
]

MIDDLEWARE = [
    "conference.health.health",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "conference.page_cache.keep_public_answers",  # whole, with what those below add
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "conference.middleware.keep_personal_pages_private",
    "conference.middleware.language_of_the_address",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]

ROOT_URLCONF = "conference.urls"
WSGI_APPLICATION = "conference.wsgi.application"

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
                "conference.context_processors.site",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"

# Database. A view opens its own transactions, around what must happen together and no more.
DATABASES["default"]["ATOMIC_REQUESTS"] = False
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A writer takes its lock when its transaction begins: with the lock taken at the first
    # write, two writers that have both read can only fail, however long they wait.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=30000;"
        ),
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    # What is asked again and again is planned once in each connection, which halves the database's
    # work. A pooler that lends connections out by the transaction may not bear it.
    options = DATABASES["default"].setdefault("OPTIONS", {})
    if options.setdefault("server_side_binding", True):
        options.setdefault("prepare_threshold", 5)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Cache. Strangers' pages share it with the limits on signing in: where it is Django that makes room
# in it, there is room for more pages than can be made before they are too old, whatever is typed.
if CACHES["default"]["BACKEND"].endswith(("db.DatabaseCache", "filebased.FileBasedCache")):
    CACHES["default"].setdefault("OPTIONS", {}).setdefault("MAX_ENTRIES", 10_000)

# Language and time. English has no prefix, German lives under /de/.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Files.
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# Accounts: one signs in by e-mail, with a code mailed there or with a password.
AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "people:profile"
LOGOUT_REDIRECT_URL = "tutorials:front"
ACCOUNT_ADAPTER = "people.accounts.AccountAdapter"
ACCOUNT_FORMS = {
    "add_email": "people.accounts.AddEmailForm",
    "change_email": "people.accounts.ChangeEmailForm",
    "login": "people.accounts.LoginForm",
    "request_login_code": "people.accounts.RequestLoginCodeForm",
    "reset_password": "people.accounts.ResetPasswordForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
# The form to sign up is closed; without a password here allauth would ask for none to sign in.
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
# Digits, for a phone's number pad: with three tries a code, eight are beyond guessing.
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 8, "dashed": True}
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
# A hall full of people shares one address, so the limits per address are high and those per
# account are low.
ACCOUNT_RATE_LIMITS = {
    "login": "600/m/ip",
    "login_failed": "300/m/ip,10/5m/key",
    "request_login_code": "600/m/ip,5/5m/key",
    "confirm_email": "1/10s/key",
    "reset_password": "60/m/ip,5/m/key",
    "signup": "600/m/ip",
}
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES

# Mail.
EMAIL_BACKEND = EMAIL["EMAIL_BACKEND"]
EMAIL_HOST = EMAIL["EMAIL_HOST"]
EMAIL_PORT = EMAIL["EMAIL_PORT"]
EMAIL_HOST_USER = EMAIL["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD = EMAIL["EMAIL_HOST_PASSWORD"]
EMAIL_FILE_PATH = EMAIL["EMAIL_FILE_PATH"]
EMAIL_USE_TLS = EMAIL["EMAIL_USE_TLS"]
EMAIL_USE_SSL = EMAIL["EMAIL_USE_SSL"]
EMAIL_TIMEOUT = 20
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# Security. Nothing is loaded from another host, and nothing inline runs.
HTTPS = SITE_URL.startswith("https://")
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if HTTPS else 0
# Hard to take back, and not ours to promise: what other sites the domain has is the owner's affair.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_TRUSTED_ORIGINS = [SITE_URL]
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],  # Bootstrap draws its marks as data: pictures.
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# The API.
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Tutorial programme",
    "DESCRIPTION": "The public programme of the conferences served here, read-only.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "class": "conference.logs.LineFormatter",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
}
