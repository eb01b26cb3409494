"""Every address of cases, by everybody who may ask; forbidden looks like missing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cases.route_callers import WHO, Stage, routes_of_cases, stage_made
from tests.cases.route_table import TABLE

pytestmark = pytest.mark.django_db
ROUTES = routes_of_cases()


@pytest.fixture
def stage(settings: Any) -> Stage:
    settings.STAFF_MFA_REQUIRED = False
    return stage_made()


def test_the_table_names_every_address() -> None:
    assert set(TABLE) == set(ROUTES)


@pytest.mark.parametrize("name", ROUTES)
def test_who_gets_what(name: str, stage: Stage) -> None:
    asked = {
        method: " ".join(str(stage.answer(method, name, ROUTES[name], who)) for who in WHO)
        for method in ("get", "post")
    }

    assert asked == dict(zip(("get", "post"), TABLE[name], strict=True))
