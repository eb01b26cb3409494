"""Programs that work cases in a person's name."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from fraudsite.core.actors import Actor
from fraudsite.core.api.authentication import known_keys
from fraudsite.core.api.key_text import key_text_hash
from fraudsite.core.api.principal import ApiPrincipal
from fraudsite.core.models import User, Workspace
from fraudsite.core.services.api_keys import api_key_create
from tests.cases.raised import TESTER

SCOPES = ("cases:read", "cases:work", "events:read")
# Longer than any test, since the cache forgets after two seconds.
AN_HOUR_S = 3600.0


@pytest.fixture
def key_of() -> Callable[..., Client]:
    """Make a client whose key that person made; None: it was made on the command line."""

    def make(user: User | None, *scopes: str, workspace: Workspace | None = None) -> Client:
        made = api_key_create(
            name="Tester",
            scopes=["transactions:read"],
            workspace=workspace or Workspace.objects.live(),
            actor=TESTER if user is None else Actor.of_user(user),
        )
        key = made.key
        principal = ApiPrincipal(key.pk, key.workspace_id, key.prefix, frozenset(scopes or SCOPES))
        known_keys.put(
            key_text_hash(made.text),
            principal,
            expires_at=None,
            asked_at_s=known_keys.clock_s() + AN_HOUR_S,
        )
        return Client(headers={"authorization": f"Bearer {made.text}"})

    return make
