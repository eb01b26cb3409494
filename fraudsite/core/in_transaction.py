"""Refuses rows that must be written with the change they tell of."""

from __future__ import annotations

from django.db import connection


class NotInTransaction(RuntimeError):
    """A record was about to be written apart from the change it belongs to."""


def require_transaction(what: str) -> None:
    """Raise `NotInTransaction` unless a transaction is open.

    In autocommit the record would stay when the change fails, or be lost when it succeeds.
    """
    if not connection.in_atomic_block:
        message = f"{what} is written in the transaction of the change; open transaction.atomic()."
        raise NotInTransaction(message)
