"""The examples in docstrings hold."""

from __future__ import annotations

import doctest
from importlib import import_module

import pytest

MODULES = [
    "cases.admin.decided",
    "cases.admin.queues",
    "cases.decision_reasons",
    "cases.effects",
    "cases.services.alert_sources",
    "cases.services.attachments",
    "cases.services.notes",
]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_in_docstrings_hold(name: str) -> None:
    result = doctest.testmod(import_module(name))

    assert result.attempted > 0
    assert result.failed == 0
