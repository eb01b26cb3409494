"""The process environment: `.env` of the checkout first, then which settings to use."""

from __future__ import annotations

import os
from pathlib import Path

import environ

CHECKOUT = Path(__file__).resolve().parent.parent


def load_environment() -> None:
    """Read `.env` (never overriding what is set already) and name the settings module.

    Without a word about it, a process gets the production settings: the strict ones.
    """
    environ.Env.read_env(CHECKOUT / ".env", overwrite=False)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fraudsite.settings.production")
    os.environ.setdefault("NUMBA_CACHE_DIR", str(CHECKOUT / "var" / "numba"))
