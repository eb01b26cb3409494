"""A pytest plugin that has the real PostgreSQL and Valkey run while tests do.

Loaded with `-p` before pytest-django reads the settings. Only the first process starts servers;
the workers of pytest-xdist inherit the addresses.
"""

from __future__ import annotations

import base64
import os
import secrets
from contextlib import ExitStack

import pytest

IS_FIRST = "PYTEST_XDIST_WORKER" not in os.environ
if IS_FIRST:
    # Before anything of the project is imported: what `.env` says of these is for the site.
    os.environ["DJANGO_SETTINGS_MODULE"] = "fraudsite.settings.test"
    os.environ["SECRET_KEY"] = secrets.token_urlsafe(50)
    # Empty is unset, and keeps what `.env` says of a live site out: tests empty what they use.
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.setdefault(name, "")
    os.environ["MASTER_KEYS"] = f"test:{base64.b64encode(secrets.token_bytes(32)).decode()}"

from fraudsite.local.servers import leased_servers  # noqa: E402 - see above

_servers = ExitStack()

if IS_FIRST:
    _servers.enter_context(leased_servers())
else:
    # A Redis database for each worker: the broker's queues of one are no business of another.
    worker = int(os.environ["PYTEST_XDIST_WORKER"].removeprefix("gw"))
    os.environ["REDIS_URL"] = f"{os.environ['REDIS_URL'].rsplit('/', 1)[0]}/{worker + 1}"


def pytest_unconfigure(config: pytest.Config) -> None:
    """Let go of the servers; the last one to do so stops them."""
    _servers.close()
