"""Who calls the API: a key, what it may do, and whose data it sees."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from fraudsite.core.actors import Actor


@dataclass(frozen=True, slots=True)
class ApiPrincipal:
    """The API key behind a request; found as `request.auth`."""

    key_id: uuid.UUID
    workspace_id: uuid.UUID
    prefix: str
    scopes: frozenset[str]

    @property
    def actor(self) -> Actor:
        """The key as history names it."""
        return Actor.api_key(str(self.key_id), self.prefix)
