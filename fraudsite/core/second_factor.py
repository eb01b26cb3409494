"""The forms that ask for a code: each code counts once, for as long as it is valid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from django.core.cache import cache

if TYPE_CHECKING:
    from fraudsite.core.models import User

NO_CODE = ""


def _used_key(user: User, code: str) -> str:
    return f"second-factor-used:{user.pk}:{normalize_user_code(code)}"


def _valid_for_s() -> int:
    """Seconds for which an authenticator's code passes: its own step and the tolerated ones."""
    return int(app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1))


class _EachCodeOnce:
    """Refuses a code that was used (RFC 6238, section 5.2).

    allauth remembers a code for one step only, while with a tolerance it is valid for three.
    """

    def clean_code(self) -> str:
        """Return the code; one that was used counts as a wrong one, also for the rate limit."""
        key = _used_key(self.user, self.cleaned_data["code"])  # type: ignore[attr-defined]
        if cache.get(key):
            self.cleaned_data["code"] = NO_CODE  # type: ignore[attr-defined]
        code: str = super().clean_code()  # type: ignore[misc]
        cache.set(key, "used", timeout=_valid_for_s())
        return code


class AuthenticateOnceForm(_EachCodeOnce, AuthenticateForm):  # type: ignore[misc]  # no types
    """At log-in."""


class ReauthenticateOnceForm(_EachCodeOnce, ReauthenticateForm):  # type: ignore[misc]  # no types
    """Before something sensitive."""
