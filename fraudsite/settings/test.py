"""Settings of the test run: everything real, with keys made for this run only."""

from __future__ import annotations

import base64
import os
import secrets

os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(50))
os.environ.setdefault("MASTER_KEYS", f"test:{base64.b64encode(secrets.token_bytes(32)).decode()}")

from fraudsite.settings.base import *

# Emptying the cache empties its Redis database; the broker keeps one of its own.
_server, _, _number = REDIS_URL.rpartition("/")
CACHES["default"]["LOCATION"] = f"{_server}/{int(_number) + 8}"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
# The one place that permits the browser's fake device, which names itself after the file it plays.
PERMITTED_VIRTUAL_CAMERAS = ("fake_device", ".mjpeg")
# Sign-ups and log-ins by the hundred from one address are a test run, not an attack.
ACCOUNT_RATE_LIMITS = False
EXTRA_ISSUING_STATES = {"UTO": "Utopia (specimens)"}
# The pages of tests are reached by signing up; that addresses are confirmed is tested in core.
ACCOUNT_EMAIL_VERIFICATION = "optional"
