"""Staff pages without their second factor, which has tests of its own in tests/core."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture(autouse=True)
def without_second_factor(settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = False
