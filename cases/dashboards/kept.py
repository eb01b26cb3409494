"""Answers kept for some seconds, so that many open pages ask the database once."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from redis.exceptions import RedisError

# A page asks every 15 s: what it shows is at most so much older.
KEEP_S = 10


def kept(name: str, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return what was made under this name some seconds ago, or make it.

    Kept as JSON, not pickled: whoever can write to Redis must not run code here. While Redis is
    away nothing is kept, and everything is made anew.
    """
    key = f"dashboard:{name}"
    stored = _read(key)
    if stored is not None:
        answer: dict[str, Any] = json.loads(stored)
        return answer
    made = make()
    _write(key, json.dumps(made))
    return made


def _read(key: str) -> str | None:
    try:
        stored: str | None = cache.get(key)
    except RedisError:
        return None
    return stored


def _write(key: str, text: str) -> None:
    try:
        cache.set(key, text, KEEP_S)
    except RedisError:
        return
