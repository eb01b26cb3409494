from __future__ import annotations

import doctest
from importlib import import_module

import pytest

MODULES = (
    "addresses",
    "outcomes",
    "public_hosts",
    "quiet_hours",
    "rendering",
    "retries",
    "routing",
    "throttle",
    "webhook",
)


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_in_docstrings_hold(name: str) -> None:
    result = doctest.testmod(import_module(f"cases.notifications.{name}"))

    assert result.attempted > 0
    assert result.failed == 0
