"""Histories of others in our columns: a map, every row checked, money and time exact.

Knows no Django and no database: backtests and `score_file` read files with it, and
`import_transactions` puts what it reads into the database.
"""

from __future__ import annotations

from transactions.importing.checks import Check, check_rows, transaction_checks
from transactions.importing.history import ImportedChunk, ImportedHistory, read_chunks, read_history
from transactions.importing.map_file import HistoryMap, MapRefused, parse_map, read_map
from transactions.importing.reasons import REASONS, REFUSED_SCHEMA
from transactions.importing.refusal_log import RefusalLog, ReportRefused, refusal_log
from transactions.importing.sources import SourceRefused, row_noun

__all__ = [
    "REASONS",
    "REFUSED_SCHEMA",
    "Check",
    "HistoryMap",
    "ImportedChunk",
    "ImportedHistory",
    "MapRefused",
    "RefusalLog",
    "ReportRefused",
    "SourceRefused",
    "check_rows",
    "parse_map",
    "read_chunks",
    "read_history",
    "read_map",
    "refusal_log",
    "row_noun",
    "transaction_checks",
]
