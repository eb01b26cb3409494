"""What a key must be permitted, for cases and for news of them."""

from __future__ import annotations

from fraudsite.core.api.permissions import ScopePermission


class CanReadCases(ScopePermission):
    """Lets keys through that may read cases."""

    scope = "cases:read"  # type: ignore[assignment]  # a key's scopes are plain texts


class CanWorkCases(ScopePermission):
    """Lets keys through that may take, comment and decide cases."""

    scope = "cases:work"  # type: ignore[assignment]  # as above


class CanReadEvents(ScopePermission):
    """Lets keys through that may read the news of cases."""

    scope = "events:read"  # type: ignore[assignment]  # as above
