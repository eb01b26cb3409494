"""What the operator sets for notifications."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.urls import NoReverseMatch, reverse


def is_private_allowed() -> bool:
    """Whether channels may lead into private networks."""
    return bool(settings.NOTIFICATIONS_ALLOW_PRIVATE_ADDRESSES)


def case_url(case_id: UUID) -> str:
    """Return where staff look at a case; the staff site's first page if it shows no cases."""
    try:
        path = reverse("admin:cases_case_change", args=[case_id])
    except NoReverseMatch:
        path = reverse("admin:index")
    return str(settings.PUBLIC_URL).rstrip("/") + path
