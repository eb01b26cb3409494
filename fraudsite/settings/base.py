"""Settings shared by every way of running. Values come from the environment; see `.env.example`."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static
from django.urls import reverse_lazy

from fraudsite.core.crypto.keyring import KeyRing, KeyRingError
from fraudsite.core.logging import logging_config

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = Path(env("FRAUDSITE_VAR", default=str(BASE_DIR / "var")))


def required(name: str, hint: str) -> str:
    """Return a setting that has no default, or stop the start with a hint."""
    value = env(name, default="")
    if not value:
        message = f"{name} is not set. {hint}"
        raise ImproperlyConfigured(message)
    return str(value)


def number(name: str, default: int) -> int:
    """Return a whole number, or stop the start with a hint."""
    text = env(name, default=str(default))
    if not str(text).strip().isdigit():
        message = f"{name} is {text!r}. It must be a whole number, such as {default}."
        raise ImproperlyConfigured(message)
    return int(text)


def share(name: str, default: float) -> float:
    """Return a number from 0 to 1, or stop the start with a hint."""
    text = env(name, default=str(default))
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        message = f"{name} is {text!r}. It must be a number from 0 to 1, such as {default}."
        raise ImproperlyConfigured(message)
    return value


DEBUG = False
SECRET_KEY = required("SECRET_KEY", "Run `make setup` for a demonstration, or see .env.example.")
MASTER_KEYS = required(
    "MASTER_KEYS",
    "Without the master key ring nothing can be encrypted, so nothing starts. "
    "Run `make setup` for a demonstration, or see .env.example.",
)
try:
    KeyRing.parse(MASTER_KEYS)
except KeyRingError as error:
    raise ImproperlyConfigured(f"MASTER_KEYS is not usable: {error}") from None

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
ROOT_URLCONF = "fraudsite.urls"
WSGI_APPLICATION = "fraudsite.wsgi.application"
AUTH_USER_MODEL = "core.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True

INSTALLED_APPS = [
    # Basic: its default configuration would put a site of its own in place of FraudAdminSite.
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "fraudsite.apps.FraudAdminConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_structlog",
    "csp",
    "fraudsite.core",
    "kyc",
    "transactions",
    "scoring",
    "cases",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "fraudsite.core.api.middleware.ApiFrameMiddleware",
    # Calls of the API end here; what follows is for pages.
    "fraudsite.core.api.short_path.ApiShortPathMiddleware",
    "csp.middleware.CSPMiddleware",
    "fraudsite.upload_limit.UploadLimitMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "fraudsite.core.middleware.StaffMfaMiddleware",
    "kyc.middleware.DeviceMiddleware",
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
            ],
        },
    }
]

# Database and broker. Both unset: manage.py, `make run` and the tests start the embedded ones
# (fraudsite.local.servers) and put their addresses into the environment before this is read. A
# process that has neither gets an address that refuses, and the system check says why.
NO_SERVER = "postgresql://127.0.0.1:1/database-url-is-not-set"
_DATABASE = env.db("DATABASE_URL", default=NO_SERVER)
if _DATABASE["ENGINE"] == "django.db.backends.postgresql":
    _DATABASE["ENGINE"] = "fraudsite.core.postgresql"
DATABASES = {
    "default": {
        **_DATABASE,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 5},
    }
}
REDIS_URL = env("REDIS_URL", default="redis://127.0.0.1:1/0")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "fraudsite-cache",
        "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 2},
    }
}

CELERY_BROKER_URL = REDIS_URL
CELERY_RESULT_BACKEND = REDIS_URL
CELERY_RESULT_EXPIRES = timedelta(hours=1)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_SERIALIZER = CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 90
CELERY_TASK_TIME_LIMIT = 120
# Above the hard time limit, so that a task still running is never handed out a second time.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 180, "global_keyprefix": "fraudsite:"}
CELERY_RESULT_BACKEND_TRANSPORT_OPTIONS = {"global_keyprefix": "fraudsite:"}
# Engines are loaded when a worker process starts, after the fork: 2 to 5 s on two cores.
CELERY_WORKER_PROC_ALIVE_TIMEOUT = 60
CELERY_WORKER_CONCURRENCY = number("WORKER_PROCESSES", 2)
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_DEFAULT_QUEUE = "platform"
CELERY_TASK_ROUTES = {
    # Not behind the queue it watches.
    "kyc.tasks.sweep_stuck": {"queue": "platform"},
    "kyc.tasks.*": {"queue": "verification"},
}
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "relay-outbox": {
        "task": "fraudsite.core.tasks.relay_outbox",
        "schedule": 2.0,
        "options": {"expires": 10},
    },
    "seal-audit": {"task": "fraudsite.core.tasks.seal_audit", "schedule": 10.0},
    "sweep-evidence": {"task": "fraudsite.core.tasks.sweep_evidence", "schedule": 3600.0},
    "purge-outbox": {"task": "fraudsite.core.tasks.purge_outbox", "schedule": 3600.0},
    # Shows that the scheduler and its worker are alive; the verification worker reports by itself,
    # so that a long queue of verifications never looks like a dead one.
    "heartbeat": {
        "task": "fraudsite.core.tasks.report_heartbeat",
        "schedule": 5.0,
        "options": {"expires": 10},
    },
    "gather-devices": {
        "task": "transactions.tasks.gather_devices",
        "schedule": 60.0,
        "options": {"expires": 55},
    },
    # Decisions on cases wait ten seconds for an undo; whoever waits for one waits no longer.
    "apply-decisions": {
        "task": "cases.tasks.apply_decisions",
        "schedule": 2.0,
        "options": {"expires": 10},
    },
    "send-notifications": {
        "task": "cases.tasks_notifications.send_notifications",
        "schedule": 10.0,
        "options": {"expires": 10},
    },
    "purge-notifications": {
        "task": "cases.tasks_notifications.purge_notifications",
        "schedule": 3600.0,
    },
    "rescreen": {
        "task": "kyc.tasks_screening.rescreen",
        "schedule": 30.0,
        "options": {"expires": 25},
    },
    "watch-watchlists": {
        "task": "kyc.tasks_screening.watch_watchlists",
        "schedule": 300.0,
        "options": {"expires": 290},
    },
    "assess-everybody": {"task": "kyc.tasks_screening.assess_everybody", "schedule": 86400.0},
    "sweep-cases": {
        "task": "cases.tasks.sweep_cases",
        "schedule": 30.0,
        "options": {"expires": 25},
    },
    "gather-links": {
        "task": "cases.tasks.gather_links",
        "schedule": 60.0,
        "options": {"expires": 55},
    },
    "sweep-stuck-verifications": {
        "task": "kyc.tasks.sweep_stuck",
        "schedule": 15.0,
        "options": {"expires": 30},
    },
}
HEARTBEAT_MAX_AGE_S = 30
HEARTBEAT_QUEUES = ("platform", "verification")

PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
AUTHENTICATION_BACKENDS = ["fraudsite.core.backends.RoleBackend"]
LOGIN_URL = reverse_lazy("account_login")
LOGIN_REDIRECT_URL = reverse_lazy("home")
ACCOUNT_ADAPTER = "fraudsite.core.account_adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# Anything less tells a stranger at sign-up whether an address has an account.
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = reverse_lazy("home")
MFA_ADAPTER = "fraudsite.core.account_adapter.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Fraudsite"
# A code typed in its last second arrives in the next step, and clocks are off by seconds: one step
# either side passes (RFC 6238, section 5.2).
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "fraudsite.core.second_factor.AuthenticateOnceForm",
    "reauthenticate": "fraudsite.core.second_factor.ReauthenticateOnceForm",
}
STAFF_MFA_REQUIRED = True
# How many proxies in front of the site may be believed about X-Forwarded-For; 0: none.
TRUSTED_PROXY_COUNT = number("TRUSTED_PROXY_COUNT", 0)

EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
EMAIL_CONFIG = env.email("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="no-reply@localhost")
EMAIL_TIMEOUT = 10  # seconds; a mail server that hangs must not hold a worker
# Where people reach this site: links in notifications begin with it.
PUBLIC_URL = env("PUBLIC_URL", default="http://127.0.0.1:8000")
# Whether webhooks may go to addresses inside the own network.
NOTIFICATIONS_ALLOW_PRIVATE_ADDRESSES = env.bool(
    "NOTIFICATIONS_ALLOW_PRIVATE_ADDRESSES", default=False
)

SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "blob:", "data:"],
        "media-src": [SELF, "blob:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Encrypted evidence; nothing below it is ever served as a file.
EVIDENCE_ROOT = Path(env("EVIDENCE_ROOT", default=str(VAR_DIR / "evidence")))
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
# The largest video, 25 MB, and the form around it. Uploads stay in memory: on disk they would lie
# in clear in a temporary folder.
UPLOAD_MAX_BYTES = FILE_UPLOAD_MAX_MEMORY_SIZE = 26_000_000
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
MODELS_DIR = Path(env("FRAUDSITE_MODELS_DIR", default=str(VAR_DIR / "models")))

# Scoring. The registry holds models that were registered; what decides is in docs/rules.md.
MODEL_REGISTRY = Path(env("MODEL_REGISTRY", default=str(VAR_DIR / "registry")))
FRAUD_THRESHOLD = share("FRAUD_THRESHOLD", 0.5)
REVIEW_FROM = share("REVIEW_FROM", 0.3)
BLOCK_FROM = share("BLOCK_FROM", 0.6)
DECLINE_FROM = share("DECLINE_FROM", 0.9)
HOLDOUT_SHARE = share("HOLDOUT_SHARE", 0.01)
HOLDOUT_MAX_AMOUNT_MINOR = number("HOLDOUT_MAX_AMOUNT_MINOR", 5000)
# With `train_model --sampling smote`: frauds are raised to this share of the honest rows.
SMOTE_RATIO = share("SMOTE_RATIO", 0.1)
# Euros for one unit of a currency, as decimals in text; unset: rough rates that are shipped.
REFERENCE_RATES = env.json("REFERENCE_RATES", default={})

# Onboarding.
MAX_ATTEMPTS = number("MAX_ATTEMPTS", 3)
MINIMUM_AGE_YEARS = number("MINIMUM_AGE_YEARS", 18)
# Part of a match's distance up to which nobody has to look at two faces.
CERTAIN_FACE_SHARE = share("CERTAIN_FACE_SHARE", 0.9)
# By check code, where it differs from docs/decision.md: none, resubmit, review or decline.
POLICY_EFFECTS = env.json("POLICY_EFFECTS", default={})
# What reads documents: "pytesseract" runs Tesseract as a process of its own, which may hang or die
# without harm; "tesserocr" runs inside the worker, in half the time.
DOCUMENT_OCR_ENGINE = env("DOCUMENT_OCR_ENGINE", default="pytesseract")
# What compares faces: "dlib" ships with weights and a calibration; "sface", "facenet512" and
# "arcface" need both first (docs/operations.md).
FACE_ENGINE = env("FACE_ENGINE", default="dlib")
# Whether nobody is approved without a watchlist having been searched.
SCREENING_REQUIRED = env.bool("SCREENING_REQUIRED", default=False)
# Risk of countries where it differs from docs/screening.md: low, medium, high or prohibited, by
# their ISO 3166-1 alpha-3 codes.
RISK_COUNTRIES = env.json("RISK_COUNTRIES", default={})
# Whether nobody is approved without a trained model having looked for prints and screens.
PASSIVE_LIVENESS_REQUIRED = env.bool("PASSIVE_LIVENESS_REQUIRED", default=False)
# Whether the screen lights the face with colours at the end of the video. Advice to the reviewer,
# and not measured on people: off until an operator wants it.
LIVENESS_LIGHT = env.bool("LIVENESS_LIGHT", default=False)
CHALLENGE_VALID_S = number("CHALLENGE_VALID_S", 300)
# Camera labels that the virtual-camera list would refuse and that are allowed all the same.
# Only the test settings name one: the browser's own fake device.
PERMITTED_VIRTUAL_CAMERAS: tuple[str, ...] = ()
# States beyond ISO 3166 whose documents may be chosen: "UTO" of the specimens, in demo and tests.
EXTRA_ISSUING_STATES: dict[str, str] = {}
STUCK_AFTER_S = number("STUCK_AFTER_S", 60)

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "fraudsite.core.api.authentication.ApiKeyAuthentication",
    ],
    # A view that names no scope is open to nobody.
    "DEFAULT_PERMISSION_CLASSES": ["fraudsite.core.api.permissions.NoScopeNamed"],
    "EXCEPTION_HANDLER": "fraudsite.core.api.errors.exception_handler",
    "DEFAULT_RENDERER_CLASSES": ["fraudsite.core.api.rendering.StructRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "fraudsite.core.api.schema.ApiSchema",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Fraudsite API",
    "DESCRIPTION": "Send a transaction, get a decision with its reasons. See docs/api.md.",
    "VERSION": "1",
    "LICENSE": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    # The first version whose schemas are JSON Schema, which is what msgspec writes.
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    # Structures keep their enumerations; the hook that is on by default names them anew.
    "POSTPROCESSING_HOOKS": [],
    "SERVE_AUTHENTICATION": [],
    # From this site: no page of ours loads anything from another.
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    # `make lint` compares docs/openapi.yaml with a fresh one, and fails on its warnings.
    "ENABLE_DJANGO_DEPLOY_CHECK": False,
}

# The address in the log is `core.request_logging`'s; finding it twice took 5 % of a call.
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
LOGGING_CONFIG = "logging.config.dictConfig"
LOGGING = logging_config(level=env("LOG_LEVEL", default="INFO"))
for _noisy in ("celery.worker.strategy", "celery.app.trace", "celery.beat", "matplotlib"):
    LOGGING["loggers"][_noisy] = {"level": "WARNING"}

# The green of static/css/site.css, in the steps unfold wants.
_GREENS = {
    "50": "#eef8f5",
    "100": "#d5eee7",
    "200": "#acdccf",
    "300": "#7cc4b3",
    "400": "#4aa693",
    "500": "#2b8a77",
    "600": "#1b6f60",
    "700": "#0f6254",
    "800": "#0e4e44",
    "900": "#0d4039",
    "950": "#052722",
}
UNFOLD = {
    "SITE_TITLE": "Fraudsite",
    "SITE_HEADER": "Fraudsite",
    "SITE_SUBHEADER": "Identity and fraud review",
    "SITE_SYMBOL": "verified_user",
    "SHOW_VIEW_ON_SITE": True,
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda _request: static("img/mark.svg")}
    ],
    "STYLES": [lambda _request: static("css/staff.css")],
    "COLORS": {"primary": _GREENS},
}
