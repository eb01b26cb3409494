"""The id that ties together what one request or task wrote: logs, audit, history and events."""

from __future__ import annotations

import structlog


def current_request_id() -> str:
    """Return the id bound by the request middleware or carried into the worker, else ""."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))
