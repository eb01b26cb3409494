"""A pytest plugin that has the real PostgreSQL and Valkey run while tests do.

Loaded with `-p` before pytest-django reads the settings. Only the first process starts servers;
the workers of pytest-xdist inherit the addresses.
"""

from __future__ import annotations

import os
import secrets
from contextlib import ExitStack

import pytest

from fraudsite.local.servers import leased_servers

_servers = ExitStack()

if "PYTEST_XDIST_WORKER" not in os.environ:
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)
    os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(50))
    _servers.enter_context(leased_servers())
else:
    # A Redis database for each worker: the broker's queues of one are no business of another.
    worker = int(os.environ["PYTEST_XDIST_WORKER"].removeprefix("gw"))
    os.environ["REDIS_URL"] = f"{os.environ['REDIS_URL'].rsplit('/', 1)[0]}/{worker + 1}"


def pytest_unconfigure(config: pytest.Config) -> None:
    """Let go of the servers; the last one to do so stops them."""
    _servers.close()
