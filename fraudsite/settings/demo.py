"""Settings of `make run`: plain HTTP on this machine, demo logins without a second factor."""

from __future__ import annotations

from fraudsite.settings.base import *

STAFF_MFA_REQUIRED = env.bool("STAFF_MFA_REQUIRED", default=False)
IS_DEMO = True
EXTRA_ISSUING_STATES = {"UTO": "Utopia (specimens)"}
# A terminal with a person before it: what went wrong, and the milestones.
for _noisy in ("fraudsite.core.base_task", "fraudsite.core.services.audit", "django_structlog"):
    LOGGING["loggers"][_noisy] = {"level": "WARNING"}
# No mail leaves a demonstration, so nobody could confirm an address.
ACCOUNT_EMAIL_VERIFICATION = "optional"
