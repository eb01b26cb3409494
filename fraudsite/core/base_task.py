"""What every Celery task has: one log line with duration and outcome, and the request's id.

The id travels in the message's headers: `before_task_publish` puts it there, `task_prerun` binds
it. Both are Celery's signals rather than code around `run`, because a chord publishes its body
after `run` has returned.
"""

from __future__ import annotations

import time
from contextvars import ContextVar
from functools import partial
from typing import Any

import structlog
from celery.contrib.django.task import DjangoTask
from celery.exceptions import Ignore, Reject, Retry
from celery.signals import before_task_publish, task_postrun, task_prerun
from django.db import transaction

from fraudsite.core.request_id import current_request_id

logger = structlog.get_logger(__name__)

REQUEST_ID_HEADER = "fraudsite_request_id"
CONTROL_FLOW = (Ignore, Reject, Retry)

_expected_reason: ContextVar[str] = ContextVar("expected_reason", default="")


class BaseTask(DjangoTask):  # type: ignore[misc]  # Celery ships no types
    """Counts each run as success, expected or error.

    *Expected* is a failure the product knows: the task said so with `note_expected`, raised one of
    its `throws`, or asked for a retry. *Error* is everything else that was raised.
    """

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the task and log one line about it."""
        started = time.perf_counter()
        token = _expected_reason.set("")
        outcome = "error"
        try:
            result = self.run(*args, **kwargs)
            outcome = "expected" if _expected_reason.get() else "success"
        except (*CONTROL_FLOW, *self.throws) as error:
            outcome = "expected"
            note_expected(type(error).__name__)
            raise
        else:
            return result
        finally:
            logger.info(
                "task_done",
                task=self.name,
                outcome=outcome,
                reason_code=_expected_reason.get(),
                duration_ms=round((time.perf_counter() - started) * 1000, 1),
                retries=self.request.retries,
            )
            _expected_reason.reset(token)


def note_expected(reason_code: str) -> None:
    """Count the running task as an expected failure, for this reason."""
    _expected_reason.set(reason_code)


def enqueue_on_commit(task: Any, *args: Any, **kwargs: Any) -> None:
    """Send a task to the broker once the open transaction has committed, never before.

    A worker that started earlier would not see the rows. Arguments are ids and JSON. Outside a
    transaction it is sent at once.
    """
    send = partial(
        task.apply_async,
        args=args,
        kwargs=kwargs,
        headers={REQUEST_ID_HEADER: current_request_id()},
    )
    transaction.on_commit(send)


def carry_request_id(headers: dict[str, Any] | None = None, **_: Any) -> None:
    """Put the current request id into a message that is about to be published."""
    if headers is not None and not headers.get(REQUEST_ID_HEADER):
        headers[REQUEST_ID_HEADER] = current_request_id()


def bind_request_id(task_id: str = "", task: Any = None, **_: Any) -> None:
    """Bind the id that came with the message; work that no request began goes by its task id."""
    structlog.contextvars.clear_contextvars()
    request_id = (task.request.headers or {}).get(REQUEST_ID_HEADER) or task_id
    structlog.contextvars.bind_contextvars(request_id=request_id, task_id=task_id)


def clear_request_id(**_: Any) -> None:
    """Forget the id, so that the next task of this process does not inherit it."""
    structlog.contextvars.clear_contextvars()


before_task_publish.connect(carry_request_id)
task_prerun.connect(bind_request_id)
task_postrun.connect(clear_request_id)
