"""Write `.env` for a demonstration on this machine, once, with keys of its own."""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path

from fraudsite.environment import CHECKOUT

TEMPLATE = """\
# Made by `make setup` for a demonstration on this machine; .env.example explains every setting.
# Whoever has MASTER_KEYS can read the evidence; whoever loses it can read nothing any more.
DJANGO_SETTINGS_MODULE=fraudsite.settings.demo
SECRET_KEY={secret_key}
MASTER_KEYS={master_keys}
"""


def ensure_env_file(path: Path) -> bool:
    """Write the file with fresh keys unless there is one; return whether it was written."""
    if path.exists():
        return False
    master_key = base64.b64encode(secrets.token_bytes(32)).decode()
    text = TEMPLATE.format(secret_key=secrets.token_urlsafe(50), master_keys=f"demo:{master_key}")
    unfinished = path.with_name(path.name + ".part")
    unfinished.touch(mode=0o600)
    unfinished.write_text(text)
    unfinished.replace(path)
    return True


def is_configured_otherwise() -> bool:
    """Whether the process environment brings keys of its own, as on a live host."""
    return bool(os.environ.get("SECRET_KEY") or os.environ.get("MASTER_KEYS"))


if __name__ == "__main__":
    if not is_configured_otherwise() and ensure_env_file(CHECKOUT / ".env"):
        print("setup: wrote .env with keys for a demonstration")
