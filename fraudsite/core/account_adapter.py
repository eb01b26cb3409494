"""What allauth asks of the site: sign-up makes customers, secrets are encrypted."""

from __future__ import annotations

import base64
import time
from typing import Any

import structlog
from allauth.account import app_settings as account_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import (
    get_authentication_records,
    record_authentication,
)
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.db import transaction
from django.http import HttpRequest

from fraudsite.core.actors import Actor
from fraudsite.core.choices import Role
from fraudsite.core.client_ip import client_ip
from fraudsite.core.models import User
from fraudsite.core.services.audit import audit_record
from fraudsite.core.services.data_keys import open_bytes, platform_key, seal_bytes

logger = structlog.get_logger(__name__)

TOTP_CONTEXT = "mfa-secret"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Signing up makes a customer, whatever the form contained."""

    def new_user(self, request: HttpRequest) -> User:  # noqa: ARG002
        """Return an unsaved customer."""
        return User(role=Role.CUSTOMER)

    def clean_email(self, email: str) -> str:
        """Return the address as it is kept."""
        return User.objects.normalize_email(email)

    def login(self, request: HttpRequest, user: User) -> None:
        """Sign the user in, all factors given, and keep in the trail that it happened."""
        super().login(request, user)
        with transaction.atomic():
            audit_record(actor=Actor.of_user(user), action="user.signed_in", target=user)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Log a refused log-in; the middleware's ids and network are what tells an attack."""
        super().authentication_failed(request, **credentials)
        logger.warning("sign_in_refused")

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask for the password again before sensitive changes, unless it was just given.

        A member of staff who must set up a second factor right after logging in would otherwise
        type the same password twice in a row.
        """
        if _has_just_logged_in(self.request):
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address that rate limits count by: the one our proxies vouch for."""
        return client_ip(request)


def _has_just_logged_in(request: HttpRequest) -> bool:
    records = get_authentication_records(request, request.user)
    newest = max((record.get("at", 0) for record in records), default=0)
    return bool(time.time() - float(newest) < account_settings.REAUTHENTICATION_TIMEOUT)


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    """Keeps TOTP secrets and recovery seeds encrypted under the platform's key."""

    def encrypt(self, text: str) -> str:
        """Return the secret as it is stored."""
        sealed = seal_bytes(data_key=platform_key(), value=text.encode(), context=TOTP_CONTEXT)
        return base64.b64encode(sealed).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret."""
        sealed = base64.b64decode(encrypted_text)
        return open_bytes(data_key=platform_key(), sealed=sealed, context=TOTP_CONTEXT).decode()


def count_enrolment_as_second_factor(
    request: HttpRequest, user: User, authenticator: Authenticator, **_: Any
) -> None:
    """Note the second factor in the session that set it up: its code was just entered.

    Otherwise the next page would ask for another code, and the one used is refused for 30 s.
    """
    if authenticator.type == Authenticator.Type.TOTP:
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)


authenticator_added.connect(count_enrolment_as_second_factor)
