from __future__ import annotations

import doctest
from importlib import import_module

import pytest

MODULES = [
    "fraudsite.core.api.invalid_body",
    "fraudsite.core.api.key_text",
    "fraudsite.core.api.paging",
    "fraudsite.core.api.parsing",
    "fraudsite.core.api.permissions",
    "fraudsite.core.api.struct_schema",
    "fraudsite.core.api.unusable",
    "fraudsite.core.array_literals",
    "fraudsite.core.client_ip",
    "fraudsite.core.crypto.blind_index",
    "fraudsite.core.crypto.envelope",
    "fraudsite.core.crypto.keyring",
    "fraudsite.core.outbox",
    "fraudsite.core.redaction",
    "fraudsite.core.transitions",
    "fraudsite.core.uuid7",
    "fraudsite.web_timeouts",
]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_in_docstrings_hold(name: str) -> None:
    result = doctest.testmod(import_module(name))

    assert result.attempted > 0
    assert result.failed == 0
