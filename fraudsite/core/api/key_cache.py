"""What this process lately learnt about API keys, so that a request asks the database nothing."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from fraudsite.core.api.principal import ApiPrincipal

# After this long a key that was revoked opens nothing on any process.
TTL_S = 2.0
# Keys in use at once on one site are tens. What is beyond costs a query a request, no more.
MAX_ENTRIES = 1024


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A key that was in force when it was read, and the end it had then."""

    principal: ApiPrincipal
    expires_at: datetime | None
    fresh_until_s: float


class KeyCache:
    """Keys by the hash of their text, each for `ttl_s` seconds; the texts are never kept.

    It is the process's own: neither a stopped Redis nor a slow one is felt by a request.
    """

    def __init__(
        self,
        *,
        ttl_s: float = TTL_S,
        max_entries: int = MAX_ENTRIES,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self.clock_s = clock_s
        self._ttl_s = ttl_s
        self._max_entries = max_entries
        self._entries: dict[str, KnownKey] = {}
        self._lock = threading.Lock()

    def get(self, text_hash: str, now: datetime) -> ApiPrincipal | None:
        """Return whose key this is if that is fresh and the key has not expired since."""
        known = self._entries.get(text_hash)
        if known is None or self.clock_s() >= known.fresh_until_s:
            return None
        is_expired = known.expires_at is not None and known.expires_at <= now
        return None if is_expired else known.principal

    def put(
        self,
        text_hash: str,
        principal: ApiPrincipal,
        *,
        expires_at: datetime | None,
        asked_at_s: float,
    ) -> None:
        """Keep a key; its time counts from before the database was asked, not from its answer."""
        known = KnownKey(principal, expires_at, asked_at_s + self._ttl_s)
        with self._lock:
            if len(self._entries) >= self._max_entries:
                self._drop_stale()
            self._entries[text_hash] = known

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()

    def __len__(self) -> int:
        return len(self._entries)

    def _drop_stale(self) -> None:
        """Make room: without the stale entries, or, if all are fresh, without any."""
        now_s = self.clock_s()
        fresh = {key: known for key, known in self._entries.items() if known.fresh_until_s > now_s}
        self._entries = fresh if len(fresh) < self._max_entries else {}
