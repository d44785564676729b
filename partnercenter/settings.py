"""Settings of an installation, read from the environment; what is not given is safe.

docs/operations.md lists the variables, `.env.example` shows them. `PUBLIC_URL` decides what depends on
the address people use: allowed hosts, links in mails, and whether cookies are bound to https.
"""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import environ
from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from kombu import Queue

from partnercenter import embedded

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# ------------------------------------------------------------------ where this installation lives
VAR = Path(env.str("VAR", default=str(BASE_DIR / "var"))).resolve()
PUBLIC_URL = env.str("PUBLIC_URL", default="http://127.0.0.1:8000").rstrip("/")
SECURE = PUBLIC_URL.startswith("https://")
DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    if env.str("DATABASE_URL", default="") and not DEMO:
        raise ImproperlyConfigured(
            "SECRET_KEY is not given, and every process would make its own. Make one and give it to all of them: "
            "python3 -c 'import secrets; print(secrets.token_urlsafe(64))'"
        )
    SECRET_KEY = embedded.secret_key(VAR)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[urlsplit(PUBLIC_URL).hostname or "localhost"])
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
SECOND_FACTOR_REQUIRED = env.bool("SECOND_FACTOR_REQUIRED", default=not DEMO)
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
# Who is asked whether a domain belongs to a customer, as pairs of address and port; nobody: the machine's own servers.
_dns_servers = [urlsplit(f"//{server.strip()}") for server in env.list("DNS_SERVERS", default=[])]
DNS_SERVERS = [(str(ip_address(server.hostname or "")), server.port or 53) for server in _dns_servers]

# ------------------------------------------------------------------------------------ what it is
ROOT_URLCONF = "partnercenter.urls"
WSGI_APPLICATION = "partnercenter.wsgi.application"
AUTH_USER_MODEL = "directory.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "relationships",
    "subscriptions",
    "customers",
    "partnercenter.dashboard",
    "partnercenter.jobs",
    "partnercenter.notifications",
    "partnercenter.activity",
    "partnercenter.partners",
    "partnercenter.directory",
    "partnercenter.web",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "django_tables2",
    "pgtrigger",
    "django.forms",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "partnercenter.web.security.headers",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "partnercenter.directory.preferences.activate_preferences",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "partnercenter.web.errors.explain_method",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "partnercenter.partners.sessions.limit_sessions",
    "partnercenter.partners.sessions.finish_sign_in",
    "partnercenter.activity.refusals.record_refusals",
]

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
                "partnercenter.directory.preferences.context",
                "partnercenter.partners.navigation.context",
                "partnercenter.notifications.bell.context",
            ],
            "builtins": ["django.templatetags.i18n", "partnercenter.web.templatetags.web"],
        },
    },
]
FORM_RENDERER = "partnercenter.web.forms.Renderer"
DJANGO_TABLES2_TEMPLATE = "components/table.html"

# ------------------------------------------------------------------------------ database and queue
_database = env.db_url_config(env.str("DATABASE_URL", default="") or embedded.postgres_url(VAR))
# A worker that froze in the middle of a chunk holds its rows no longer than its lease, nor does a machine that is
# lost; and a database that is lost is noticed as soon. Unix sockets take no notice of the numbers of seconds.
_given = _database.get("OPTIONS", {})
_database["OPTIONS"] = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
    **_given,
    "options": "-c idle_in_transaction_session_timeout=30s -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 "
    f"-c tcp_keepalives_count=3 {_given.get('options', '')}",
}
DATABASES = {"default": _database | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}}
REDIS_URL = env.str("REDIS_URL", default="") or embedded.redis_url(VAR)
# Throttles are counted in the database: a doorbell that is away must not open or close the door.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "throttle_cache",
        # Beyond it those that have ended go first. Each new one counts them: 100,000 take a few milliseconds.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    "process": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}

CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "partnercenter"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A page that rings the doorbell waits a second for its bell and tries once: the sweep sends again what was not heard.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 1,
    "socket_connect_timeout": 1,
    "retry_on_timeout": False,
    "max_retries": 0,
}
CELERY_TASK_PUBLISH_RETRY = False
# The clock has a queue of its own, so that it need not stand in line behind jobs; a tick is stale at the next one.
CELERY_TASK_QUEUES = [Queue("partnercenter"), Queue("clock")]
CELERY_BEAT_SCHEDULE = {
    "send what is due": {
        "task": "jobs.sweep",
        "schedule": 30.0,
        "options": {"queue": "clock", "expires": 30},
    },
    "deliver mail": {
        "task": "notifications.deliver",
        "schedule": 30.0,
        "options": {"queue": "clock", "expires": 30},
    },
    "remove users deleted 30 days ago": {
        "task": "customers.purge_deleted_users",
        "schedule": crontab(minute=20),
        "options": {"queue": "clock", "expires": 3600},
    },
    "renew and end subscriptions": {
        "task": "subscriptions.move_on",
        "schedule": 60.0,
        "options": {"queue": "clock", "expires": 60},
    },
    "move transfers on": {
        "task": "subscriptions.move_transfers_on",
        "schedule": 60.0,
        "options": {"queue": "clock", "expires": 60},
    },
    "forget drafts of orders": {
        "task": "subscriptions.forget_drafts",
        "schedule": crontab(hour=3, minute=30),
        "options": {"queue": "clock", "expires": 3600},
    },
    "forget campaigns that nobody sent": {
        "task": "subscriptions.forget_campaigns",
        "schedule": crontab(hour=3, minute=35),
        "options": {"queue": "clock", "expires": 3600},
    },
    "let invitations to partnerships expire": {
        "task": "relationships.expire_invitations",
        "schedule": crontab(minute=10),
        "options": {"queue": "clock", "expires": 3600},
    },
    "remind of requests and let them expire": {
        "task": "relationships.move_requests_on",
        "schedule": 300.0,
        "options": {"queue": "clock", "expires": 300},
    },
    "forget drafts of new customers": {
        "task": "relationships.forget_drafts",
        "schedule": crontab(hour=3, minute=40),
        "options": {"queue": "clock", "expires": 3600},
    },
    "forget sessions that have ended": {
        "task": "jobs.clear_sessions",
        "schedule": crontab(hour=3, minute=0),
        "options": {"queue": "clock", "expires": 3600},
    },
}
# What a job's kind means is registered by name, so that the platform need not import the apps above it.
JOB_HANDLERS = {
    "user_import": "customers.tasks.create_users",
    "tag_change": "customers.tasks.change_tags",
    "block_users": "customers.tasks.change_users",
    "allow_users": "customers.tasks.change_users",
    "delete_users": "customers.tasks.change_users",
    "restore_users": "customers.tasks.change_users",
    "change_roles": "customers.tasks.change_users",
    "change_locations": "customers.tasks.change_users",
    "suspend_subscriptions": "subscriptions.tasks.change_subscriptions",
    "reactivate_subscriptions": "subscriptions.tasks.change_subscriptions",
    "change_reseller": "subscriptions.tasks.change_subscriptions",
    "change_licenses": "subscriptions.tasks.change_licenses",
    "transfer": "subscriptions.tasks.transfer",
    "campaign": "subscriptions.tasks.campaign",
}
# So is what follows when users are deleted or restored, and by what else of them their list is filtered.
USER_FOLLOWERS = ["subscriptions.services.licenses.follower"]
USER_FILTERS = {"license": "subscriptions.forms.license_filter.LicenseFilter"}

# --------------------------------------------------------------------------------- people signing in
AUTHENTICATION_BACKENDS = ["partnercenter.partners.signin.Backend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "partnercenter.partners.signin.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = "principal_name"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*"]
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
MFA_ADAPTER = "partnercenter.partners.signin.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
# Addresses are those of the directory; nobody verifies them here.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Partner Center"
USERSESSIONS_TRACK_ACTIVITY = False

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "partnercenter.directory.passwords.TemporaryPasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("principal_name", "email", "first_name", "last_name")},
    },
]

SESSION_IDLE_SECONDS = 30 * 60
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_NAME = "__Host-session" if SECURE else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrf"
LANGUAGE_COOKIE_NAME = "language"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = SECURE and env.bool("SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Whose address throttles count and the list of sessions shows: the one that the outermost proxy of ours saw.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("PROXIES", default=1) if BEHIND_PROXY else 0

CSRF_FAILURE_VIEW = "partnercenter.web.errors.csrf_failure"

# Uploads stop at 25 MB (the product rules, section 10); a form has at most some hundred fields.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_000
FILE_UPLOAD_HANDLERS = ["partnercenter.web.uploads.LimitedUploadHandler"]
UPLOAD_LIMIT_BYTES = 25 * 1024 * 1024

# ------------------------------------------------------------------------------ languages and times
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese")), ("de", _("German"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"

# ------------------------------------------------------------------------------------ static files
STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or env.bool("PLAIN_STATIC", default=False)
        else "partnercenter.web.assets.BundlingStorage"
    }
}
WHITENOISE_USE_FINDERS = DEBUG

# -------------------------------------------------------------------------------------------- mail
# Every mail is a row of the outbox first; without a mail server it is then written to a file below `VAR`.
EMAIL_BACKEND = "partnercenter.notifications.outbox.Outbox"
MAIL_TRANSPORT = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = str(VAR / "mail")
if env.str("EMAIL_URL", default=""):
    _server = env.email_url("EMAIL_URL")
    MAIL_TRANSPORT = _server.pop("EMAIL_BACKEND")
    vars().update(_server)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", default="Partner Center <noreply@localhost>")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {"django.request": {"level": "CRITICAL"}, "celery": {"level": "WARNING"}},
}
