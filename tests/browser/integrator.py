"""A shop that sends its payments to the API, honest ones and those of somebody trying out cards."""

from __future__ import annotations

import json
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tests.browser.site import Site

SCOPES = ("transactions:write", "transactions:read")


@dataclass(frozen=True)
class Shop:
    """Whoever holds the API key."""

    url: str
    key: str

    def pay(self, user: str, number: int, amount_minor: int, **fields: Any) -> dict[str, Any]:
        """Send a payment and return the answer."""
        body = {
            "transaction_id": f"{user}-{number}",
            "user_id": user,
            "amount_minor": amount_minor,
            "currency": "EUR",
            "timestamp": datetime.now(UTC).isoformat(),
            "channel": "web",
            "merchant_id": f"songs-{number % 3}-{user}",
            "device_id": f"device-{user}",
            "card_token": f"tok_{user}",
            "ip_address": "203.0.113.9",
            "country": "DE",
            "mcc": 5815,
            **fields,
        }
        return self._asked("/api/v1/transactions/", json.dumps(body).encode())

    def try_out_cards(self, user: str, count: int) -> list[dict[str, Any]]:
        """Send tiny payments with one card, one after the other, and return the answers."""
        return [self.pay(user, number, 120 + 13 * number) for number in range(count)]

    def read(self, key: str) -> dict[str, Any]:
        """Return a payment as it stands now."""
        return self._asked(f"/api/v1/transactions/{key}/", None)

    def _asked(self, path: str, body: bytes | None) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}{path}", body, headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            told: dict[str, Any] = json.load(answer)
        return told


def open_shop(site: Site) -> Shop:
    """Make an API key on the command line, as an operator does."""
    scopes = [word for scope in SCOPES for word in ("--scope", scope)]
    told = json.loads(site.manage("create_api_key", "A shop", *scopes, "--json"))
    return Shop(site.url, told["text"])
