"""Structured logs: one JSON object a line, with personal data taken out."""

from __future__ import annotations

from typing import Any

import structlog
from structlog.typing import Processor

from fraudsite.core.redaction import redact_event

# What every record passes, whether from structlog or from the standard library. Redaction comes
# after the traceback became text, so that a value in an exception's message (a unique constraint
# quotes the offending e-mail address) is taken out as well.
SHARED_PROCESSORS: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    structlog.processors.StackInfoRenderer(),
    structlog.processors.format_exc_info,
    redact_event,
]
# One list for the life of the process: loggers keep the list they first saw, and structlog's
# capture_logs swaps its contents.
STRUCTLOG_PROCESSORS: list[Processor] = [
    structlog.stdlib.filter_by_level,
    *SHARED_PROCESSORS,
    structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
]


def logging_config(*, level: str = "INFO") -> dict[str, Any]:
    """Configure structlog and return the value of Django's LOGGING.

    Lines go to standard error: standard output belongs to the commands that print JSON there.
    """
    structlog.configure(
        processors=STRUCTLOG_PROCESSORS,
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED_PROCESSORS,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.JSONRenderer(),
                ],
            }
        },
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "stream": "ext://sys.stderr",
                "formatter": "json",
            }
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Django's own handlers would print each record a second time, unredacted.
            "django": {"handlers": [], "propagate": True},
            # It quotes the whole request line; the request middleware logs the same redacted.
            "django.server": {"handlers": [], "propagate": False},
            "django.request": {"level": "ERROR"},
            # It quotes what a task returned; BaseTask logs one line a task without it.
            "celery.app.trace": {"level": "WARNING"},
        },
    }
