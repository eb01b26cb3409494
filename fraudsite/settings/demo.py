"""Settings of `make run`: plain HTTP on this machine, demo logins without a second factor."""

from __future__ import annotations

from fraudsite.settings.base import *

STAFF_MFA_REQUIRED = env.bool("STAFF_MFA_REQUIRED", default=False)
IS_DEMO = True
EXTRA_ISSUING_STATES = {"UTO": "Utopia (specimens)"}
