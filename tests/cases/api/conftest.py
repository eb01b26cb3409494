"""Programs that work cases in a person's name."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from fraudsite.core.actors import Actor
from fraudsite.core.models import User, Workspace
from fraudsite.core.services.api_keys import api_key_create
from tests.cases.raised import TESTER

SCOPES = ("cases:read", "cases:work", "events:read")


@pytest.fixture
def key_of() -> Callable[..., Client]:
    """Make a client whose key that person made; None: it was made on the command line."""

    def make(user: User | None, *scopes: str, workspace: Workspace | None = None) -> Client:
        made = api_key_create(
            name="Tester",
            scopes=scopes or SCOPES,
            workspace=workspace or Workspace.objects.live(),
            actor=TESTER if user is None else Actor.of_user(user),
        )
        return Client(headers={"authorization": f"Bearer {made.text}"})

    return make
