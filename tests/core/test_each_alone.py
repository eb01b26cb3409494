"""Failures that keep nobody else waiting."""

from __future__ import annotations

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from structlog.testing import capture_logs

from fraudsite.core.each_alone import each_alone


def test_a_failure_is_logged_by_its_type_and_goes_no_further() -> None:
    with capture_logs() as logs, each_alone("sweep_failed", case_id="c-1"):
        raise ValueError("no text of this may be logged: ERIKSSON")

    assert logs == [
        {
            "event": "sweep_failed",
            "case_id": "c-1",
            "error_type": "ValueError",
            "log_level": "error",
        }
    ]


def test_the_end_of_the_tasks_time_ends_the_task() -> None:
    with (
        capture_logs() as logs,
        pytest.raises(SoftTimeLimitExceeded),
        each_alone("sweep_failed", case_id="c-1"),
    ):
        raise SoftTimeLimitExceeded

    assert logs == []
