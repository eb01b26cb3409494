"""Whatever the description of the API permits or forbids: the answer is one that it describes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from fraudsite.environment import CHECKOUT
from tests.scoring.faults.site import Site, a_payment, assert_state_agrees

# Five operations, a hundred requests each, and gunicorn starts.
pytestmark = pytest.mark.slow

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = 80
schema = schemathesis.openapi.from_path(CHECKOUT / "docs" / "openapi.yaml")


@pytest.fixture(scope="module")
def known_id(site: Site) -> str:
    """The id of a judged payment, for the addresses that name one."""
    answer = site.post(a_payment())
    assert answer.status == 201
    return str(answer.body["id"])


@pytest.fixture(scope="module", autouse=True)
def state_that_agrees(site: Site) -> Iterator[None]:
    yield
    assert_state_agrees()


@seed(20_261_121)
@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=False,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_described(case: Any, site: Site, known_id: str) -> None:
    if case.method == "POST" and "transaction_id" in (case.path_parameters or {}):
        # A label for a payment that is there; unknown ones are asked for by reading.
        case.path_parameters["transaction_id"] = known_id
    headers = {"Authorization": f"Bearer {site.api_key}"}
    response = case.call(base_url=site.web.url, headers=headers)
    case.validate_response(response, checks=CHECKS)
