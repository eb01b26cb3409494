"""What a process that a test starts needs to know of the test's own database and servers."""

from __future__ import annotations

from django.conf import settings
from django.db import connection


def child_environment() -> dict[str, str]:
    """Return the variables that bring another process to the same data."""
    return {
        "DATABASE_URL": database_url(),
        "REDIS_URL": settings.REDIS_URL,
        "FRAUDSITE_MODELS_DIR": str(settings.MODELS_DIR),
        "MASTER_KEYS": settings.MASTER_KEYS,
        "SECRET_KEY": settings.SECRET_KEY,
        "DJANGO_SETTINGS_MODULE": "fraudsite.settings.test",
    }


def database_url() -> str:
    """Return the address of the test database."""
    require_test_database()
    found = connection.settings_dict
    where = f"{found['HOST']}:{found['PORT']}/{found['NAME']}"
    return f"postgresql://{found['USER']}:{found['PASSWORD']}@{where}"


def require_test_database() -> None:
    """Refuse to go on with a database that was not made for tests: what follows empties it."""
    name = connection.settings_dict["NAME"]
    assert name.startswith("test_"), f"{name} is no test database"
