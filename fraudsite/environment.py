"""The process environment: `.env` of the checkout first, then which settings to use."""

from __future__ import annotations

import os
from pathlib import Path

import environ

CHECKOUT = Path(__file__).resolve().parent.parent

# The engines' own chatter on standard error, and caches that would land in somebody's home.
QUIET_ENGINES = {
    "GLOG_minloglevel": "2",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "OMP_THREAD_LIMIT": "1",
    # Threads that wait for work sleep: spinning, they take the core from those that have some.
    "OMP_WAIT_POLICY": "passive",
    "MPLCONFIGDIR": str(CHECKOUT / "var" / "cache" / "matplotlib"),
    "NUMBA_CACHE_DIR": str(CHECKOUT / "var" / "cache" / "numba"),
}


def load_environment() -> None:
    """Read `.env` (never overriding what is set already) and name the settings module.

    Without a word about it, a process gets the production settings: the strict ones.
    """
    environ.Env.read_env(CHECKOUT / ".env", overwrite=False)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fraudsite.settings.production")
    for name, value in QUIET_ENGINES.items():
        os.environ.setdefault(name, value)
