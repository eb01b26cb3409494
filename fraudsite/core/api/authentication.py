"""Signing in by API key: `Authorization: Bearer fsk_…`."""

from __future__ import annotations

import hmac

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from fraudsite.core.api.key_cache import KeyCache
from fraudsite.core.api.key_text import key_text_hash, prefix_of
from fraudsite.core.api.principal import ApiPrincipal
from fraudsite.core.models import ApiKey

SCHEME = "bearer"
known_keys = KeyCache()


class InvalidApiKey(AuthenticationFailed):
    """The one answer to a key that is unknown, wrong, expired or revoked."""

    default_detail = "This API key is unknown, expired or revoked. Ask an administrator for one."
    default_code = "invalid_api_key"


class ApiKeyAuthentication(BaseAuthentication):
    """Finds the key behind a request: one query when it is not known, none when it is.

    The first use of a day also writes that date.
    """

    def authenticate(self, request: Request) -> tuple[AnonymousUser, ApiPrincipal] | None:
        """Return nobody and the key's principal; None if no credentials were sent."""
        header = request.headers.get("Authorization", "")
        if not header:
            return None
        scheme, _, text = header.partition(" ")
        text = text.strip()
        prefix = prefix_of(text) if scheme.lower() == SCHEME else None
        if prefix is None:
            raise InvalidApiKey
        return AnonymousUser(), principal_of(text, prefix)

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002
        """Return the challenge that makes the answer 401 (RFC 6750 §3)."""
        return 'Bearer realm="api"'


def principal_of(text: str, prefix: str) -> ApiPrincipal:
    """Return whose key this is, from what this process knows or from the database."""
    # How long looking up a hash takes tells nothing about the secret it was made from.
    text_hash = key_text_hash(text)
    known = known_keys.get(text_hash, timezone.now())
    return known if known is not None else _ask_database(text_hash, prefix)


def _ask_database(text_hash: str, prefix: str) -> ApiPrincipal:
    asked_at_s = known_keys.clock_s()
    now = timezone.now()
    key = ApiKey.objects.filter(prefix=prefix).first()
    if key is None or not hmac.compare_digest(key.secret_hash, text_hash):
        raise InvalidApiKey
    if not key.is_in_force(now):
        raise InvalidApiKey
    principal = ApiPrincipal(key.pk, key.workspace_id, key.prefix, frozenset(key.scopes))
    known_keys.put(text_hash, principal, expires_at=key.expires_at, asked_at_s=asked_at_s)
    if key.last_used_on != now.date():
        ApiKey.objects.filter(pk=key.pk).update(last_used_on=now.date())
    return principal
