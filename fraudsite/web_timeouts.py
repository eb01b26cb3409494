"""How long a web process may hold rows that others wait for, and wait for them itself."""

from __future__ import annotations

from typing import Any

# Between two statements of a transaction: judging a batch of 1,000 with all its reasons takes 0.4 s
# of a free core. A process that takes longer is stopped or starved; PostgreSQL ends its transaction
# so that the customers and merchants it holds can be paid and judged again.
IDLE_IN_TRANSACTION_S = 10
# Longer than that, so that who waits for a process that stands still outlives it. Then: 503.
LOCK_S = 15


def limit_waiting(options: dict[str, Any]) -> None:
    """Put the limits into a database's OPTIONS, beside what is there; for connections made later.

    For the web alone: rebuilding features or loading a history holds and waits for minutes.

    Examples
    --------
    >>> options = {"options": "-c search_path=fraud"}
    >>> limit_waiting(options)
    >>> options["options"]
    '-c search_path=fraud -c idle_in_transaction_session_timeout=10s -c lock_timeout=15s'
    """
    limits = {"idle_in_transaction_session_timeout": IDLE_IN_TRANSACTION_S, "lock_timeout": LOCK_S}
    words = [f"-c {name}={seconds}s" for name, seconds in limits.items()]
    options["options"] = " ".join(filter(None, [options.get("options"), *words]))
