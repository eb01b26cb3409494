"""What a database says when bulk loading fails, in one sentence that quotes no value."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError

DISK_FULL = "53100"
NOTHING_LOADED = "Nothing was loaded."
FEATURES_MISSING = "The history is loaded; run manage.py rebuild_features to finish."


class HistoryRefused(Exception):
    """A history that was not loaded, or not finished; its sentences say which, and why."""


@contextmanager
def trouble_in_sentences(outcome: str = NOTHING_LOADED) -> Iterator[None]:
    """Turn what the database raises in the block into `HistoryRefused` with this outcome."""
    try:
        yield
    except IntegrityError as error:
        raise HistoryRefused(f"{_broken_rule(error)} {outcome}") from error
    except (OperationalError, InterfaceError) as error:
        raise HistoryRefused(f"{_outage(error)} {outcome}") from error
    except DatabaseError as error:
        code = _sqlstate(error)
        message = f"The database refused the rows (SQLSTATE {code or 'unknown'})."
        raise HistoryRefused(f"{message} {outcome}") from error


def _broken_rule(error: IntegrityError) -> str:
    """Name the rule; the message's detail would quote the row."""
    diagnostics = getattr(error.__cause__, "diag", None)
    name = getattr(diagnostics, "constraint_name", None) or "of a column"
    if name.endswith("external_id_unique"):
        noun = name.removesuffix("_external_id_unique").rpartition("_")[2]
        return f"Ids of {noun}s in the file exist in the database already."
    return f"A row breaks the rule {name} of the database."


def _outage(error: Exception) -> str:
    if _sqlstate(error) == DISK_FULL:
        return "The database's disk is full; make room and start again."
    return "The database cannot be reached, or went away."


def _sqlstate(error: Exception) -> str:
    return getattr(error.__cause__, "pgcode", None) or ""
