"""Django's settings. Everything that differs between installations comes from the environment."""

from __future__ import annotations

from pathlib import Path

from touchstone.config import env

ROOT = Path(__file__).resolve().parent.parent.parent
env.load_dotenv(Path(env.text("TOUCHSTONE_ENV_FILE", str(ROOT / ".env"))))

DATA_DIR = env.data_dir()
FILES_DIR = DATA_DIR / "files"
FILES_BUCKET = env.bucket()
DEBUG = env.flag("TOUCHSTONE_DEBUG")
PRODUCTION = env.flag("TOUCHSTONE_PRODUCTION")
SECRET_KEY = env.secret_key(DATA_DIR)
BASE_URL = env.text("TOUCHSTONE_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
DEMO = env.flag("TOUCHSTONE_DEMO")
ALLOWED_HOSTS = env.words("TOUCHSTONE_HOSTS", "127.0.0.1,localhost,[::1],testserver")
TRUSTED_PROXIES = env.words("TOUCHSTONE_TRUSTED_PROXIES")
if PRODUCTION and (DEBUG or "*" in ALLOWED_HOSTS or not BASE_URL.startswith("https://")):
    raise env.EnvironmentProblem(
        "TOUCHSTONE_PRODUCTION=1 wants TOUCHSTONE_DEBUG=0, named TOUCHSTONE_HOSTS and an https "
        "TOUCHSTONE_BASE_URL. Nothing was started."
    )

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    # Before allauth, whose templates ours take the place of.
    "touchstone.ui",
    "touchstone.audit",
    "touchstone.accounts",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "touchstone.library",
    "touchstone.positions",
    "touchstone.recruiting",
    "touchstone.assessments",
    "touchstone.interviews",
    "touchstone.evaluation",
    "touchstone.insights",
    "touchstone.jobs",
    "touchstone.desk",
    "touchstone.portal",
    "touchstone.api",
]

MIDDLEWARE = [
    "touchstone.config.middleware.request_context",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "touchstone.config.middleware.security_headers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "touchstone.config.middleware.language",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "touchstone.config.middleware.known_errors",
]

ROOT_URLCONF = "touchstone.config.urls"
ASGI_APPLICATION = "touchstone.config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["touchstone.ui.templatetags.ui"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "touchstone.ui.context.shell",
            ],
        },
    }
]

DATABASES = {"default": env.database(DATA_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_ADAPTER = "touchstone.accounts.adapter.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/sign-in/"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
PASSWORD_RESET_TIMEOUT = 7 * 86400  # an invitation's link
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Touchstone 试金石"
# RFC 6238, 5.2: a code typed as its half minute ends is still taken.
MFA_TOTP_TOLERANCE = 1
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/sign-in/"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "touchstone_language"
TIME_ZONE = env.text("TOUCHSTONE_TIME_ZONE", "Asia/Shanghai")
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": FILES_DIR},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
FILE_UPLOAD_TEMP_DIR = None
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 2**20
DATA_UPLOAD_MAX_NUMBER_FILES = 2000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000

SESSION_COOKIE_NAME = "touchstone_session"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BASE_URL.startswith("https://")
CSRF_COOKIE_NAME = "touchstone_csrf"
CSRF_TRUSTED_ORIGINS = [BASE_URL]
CSRF_FAILURE_VIEW = "touchstone.config.views.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = PRODUCTION and env.flag("TOUCHSTONE_SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS = 365 * 86400 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
X_FRAME_OPTIONS = "DENY"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "touchstone_cache",
    }
}

TASKS = {
    "default": {
        "BACKEND": "django_tasks_db.DatabaseBackend",
        "QUEUES": ["default", "files", "judge", "outside", "speech"],
    }
}
WORKERS = env.number("TOUCHSTONE_WORKERS", 2, low=0, high=64)

EMAIL_HOST = env.text("TOUCHSTONE_SMTP_HOST")
EMAIL_PORT = env.number("TOUCHSTONE_SMTP_PORT", 25, high=65535)
EMAIL_HOST_USER = env.text("TOUCHSTONE_SMTP_USER")
EMAIL_HOST_PASSWORD = env.text("TOUCHSTONE_SMTP_PASSWORD")
EMAIL_USE_TLS = env.flag("TOUCHSTONE_SMTP_STARTTLS")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("TOUCHSTONE_MAIL_FROM", "touchstone@localhost")

IMAP_HOST = env.text("TOUCHSTONE_IMAP_HOST")
IMAP_PORT = env.number("TOUCHSTONE_IMAP_PORT", 993, low=1, high=65535)
IMAP_USER = env.text("TOUCHSTONE_IMAP_USER")
IMAP_PASSWORD = env.text("TOUCHSTONE_IMAP_PASSWORD")
IMAP_TLS = env.flag("TOUCHSTONE_IMAP_TLS", default=True)

WECOM_CORP_ID = env.text("TOUCHSTONE_WECOM_CORP_ID")
WECOM_AGENT_ID = env.text("TOUCHSTONE_WECOM_AGENT_ID")
WECOM_SECRET = env.text("TOUCHSTONE_WECOM_SECRET")
WECOM_API_BASE = env.text("WECOM_API_BASE", "https://qyapi.weixin.qq.com/cgi-bin/")
WECOM_OAUTH_BASE = env.text("WECOM_OAUTH_BASE", "https://open.weixin.qq.com")
WECOM_LOGIN_BASE = env.text("WECOM_LOGIN_BASE", "https://login.work.weixin.qq.com")
WECOM_TOKEN = env.text("TOUCHSTONE_WECOM_TOKEN")
WECOM_AES_KEY = env.text("TOUCHSTONE_WECOM_AES_KEY")
WECOM_MEETINGS = env.flag("TOUCHSTONE_WECOM_MEETINGS")
WECOM_PAID_MEETINGS = env.flag("TOUCHSTONE_WECOM_PAID_MEETINGS")
TENCENT_MEETING_TOKEN = env.text("TOUCHSTONE_TENCENT_MEETING_TOKEN")
SMS_BASE = env.text("TENCENT_SMS_BASE", "https://sms.tencentcloudapi.com")
SMS_SECRET_ID = env.text("TOUCHSTONE_SMS_SECRET_ID")
SMS_SECRET_KEY = env.text("TOUCHSTONE_SMS_SECRET_KEY")
SMS_APP_ID = env.text("TOUCHSTONE_SMS_APP_ID")
SMS_SIGN = env.text("TOUCHSTONE_SMS_SIGN")
# Numbers of approved templates: invited, moved, cancelled, reminder; with .en those in English.
SMS_TEMPLATES = env.pairs("TOUCHSTONE_SMS_TEMPLATES")
TENCENT_MEETING_BASE = env.text("TENCENT_MEETING_BASE", "https://api.meeting.qq.com")
TENCENT_MEETING_APP_ID = env.text("TOUCHSTONE_TENCENT_MEETING_APP_ID")
TENCENT_MEETING_SECRET_ID = env.text("TOUCHSTONE_TENCENT_MEETING_SECRET_ID")
TENCENT_MEETING_SECRET_KEY = env.text("TOUCHSTONE_TENCENT_MEETING_SECRET_KEY")
TENCENT_MEETING_USER_ID = env.text("TOUCHSTONE_TENCENT_MEETING_USER_ID")
LLM_BASE = env.text("TOUCHSTONE_LLM_BASE")
LLM_KEY = env.text("TOUCHSTONE_LLM_KEY")
LLM_MODEL = env.text("TOUCHSTONE_LLM_MODEL")
LLM_RATES = env.flag("TOUCHSTONE_LLM_RATES")
LLM_TIMEOUT_S = env.number("TOUCHSTONE_LLM_TIMEOUT_S", 60, low=1, high=600)
LLM_DAILY_REQUESTS = env.number("TOUCHSTONE_LLM_DAILY_REQUESTS", 2000)  # 0: no limit
LLM_DAILY_TOKENS = env.number("TOUCHSTONE_LLM_DAILY_TOKENS", 0)
DEMO_OUTSIDE = env.text("TOUCHSTONE_DEMO_OUTSIDE")
SPEECH_BASE = env.text("TOUCHSTONE_SPEECH_BASE")
SPEECH_KEY = env.text("TOUCHSTONE_SPEECH_KEY")
SPEECH_MODEL = env.text("TOUCHSTONE_SPEECH_MODEL")
SPEECH_LARGEST_MB = env.number("TOUCHSTONE_SPEECH_LARGEST_MB", 25, low=1, high=4096)
SPEECH_TIMEOUT_S = env.number("TOUCHSTONE_SPEECH_TIMEOUT_S", 600, low=5, high=7200)
# Runs candidates' programs in place of the sandbox here; scores them it never does.
JUDGE0 = env.judge0()

# Networks of the company itself that webhooks may reach, such as 10.20.0.0/16.
WEBHOOK_NETWORKS = env.networks("TOUCHSTONE_WEBHOOK_NETWORKS")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "touchstone.config.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": env.text("TOUCHSTONE_LOG_LEVEL", "WARNING")},
    "loggers": {
        "touchstone": {"level": env.text("TOUCHSTONE_LOG_LEVEL", "INFO")},
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}
