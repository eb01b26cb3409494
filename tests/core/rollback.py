"""A transaction that fails after its work is done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction


class _Failure(Exception):
    pass


@contextmanager
def rolled_back() -> Iterator[None]:
    """Do what is inside, then have the transaction fail."""
    try:
        with transaction.atomic():
            yield
            raise _Failure
    except _Failure:
        return
