"""Takes part in loads of history, for the loader that may not import this app.

Imported by every process at start, so what it calls is loaded when a history comes.
"""

from __future__ import annotations

from transactions.services.load_hooks import LoadedHistory, after_load, during_load


def register() -> None:
    """Take part in loads from now on; a second call changes nothing."""
    if load_records not in during_load:
        during_load.append(load_records)
    if build_features not in after_load:
        after_load.append(build_features)


def load_records(loaded: LoadedHistory) -> None:
    """Keep verifications and blocked merchants, in the load's own transaction."""
    from scoring.services.history import history_records_load  # noqa: PLC0415 - see above

    history_records_load(loaded)


def build_features(loaded: LoadedHistory) -> None:
    """Bring the feature state up to date with what was loaded."""
    from scoring.services.history import history_features_build  # noqa: PLC0415 - see above

    history_features_build(loaded)
