"""How the tests post to the scoring API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.test import Client

URL = "/api/v1/transactions/"
Payment = Callable[..., dict[str, Any]]


def post(api: Client, body: dict[str, Any], url: str = URL, **headers: str) -> Any:
    """Send JSON, as an integrator's program does."""
    return api.post(url, body, content_type="application/json", headers=headers or None)
