"""Whatever the description of the API permits or forbids: the answer is one that it describes."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, seed, settings

from tests.described_answers import CHECKS, described
from tests.scoring.faults.site import BATCH_URL, URL, Site, a_payment, assert_state_agrees

# Five operations, a hundred requests each, and gunicorn starts.
pytestmark = pytest.mark.slow

EXAMPLES = 80
_numbers = itertools.count()
schema = described.include(path_regex=r"^/api/v1/transactions/")


@pytest.fixture(scope="module")
def known_id(site: Site) -> str:
    """The id of a judged payment, for the addresses that name one."""
    answer = site.post(a_payment())
    assert answer.status == 201
    return str(answer.body["id"])


@pytest.fixture(scope="module")
def answered(site: Site) -> Iterator[Counter[tuple[str, bool]]]:
    """How often each operation carried a request out, and how often it refused one."""
    counts: Counter[tuple[str, bool]] = Counter()
    yield counts
    # Requests that are all refused would show little.
    for label, _ in set(counts):
        assert counts[label, True] >= EXAMPLES / 8, (label, counts)
    assert_state_agrees()


def made_possible(body: dict[str, Any]) -> dict[str, Any]:
    """Return a payment with what JSON Schema cannot ask for: one amount, a currency, a past."""
    possible = body | {"currency": "EUR", "timestamp": "2026-01-31T12:00:00Z", "amount": None}
    possible["amount_minor"] = body.get("amount_minor") or 1250
    return possible | ({"ip_address": "203.0.113.9"} if body.get("ip_address") else {})


def corrected(case: Any, known_id: str) -> None:
    """Have a generated request name what is there, and be one that can be carried out."""
    if "transaction_id" in (case.path_parameters or {}):
        case.path_parameters["transaction_id"] = known_id
    if case.path == URL and isinstance(case.body, dict):
        case.body = made_possible(case.body)
    elif case.path == BATCH_URL and isinstance(case.body, dict):
        told = case.body.get("transactions")
        if isinstance(told, list):
            possible = [made_possible(one) if isinstance(one, dict) else one for one in told]
            case.body = {**case.body, "transactions": possible}


@seed(20_261_121)
@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_described(
    case: Any, site: Site, known_id: str, answered: Counter[tuple[str, bool]]
) -> None:
    # One as it was generated, one corrected, and so on.
    if next(_numbers) % 2:
        corrected(case, known_id)
    headers = {"Authorization": f"Bearer {site.api_key}"}

    response = case.call(base_url=site.web.url, headers=headers)

    answered[case.operation.label, response.status_code < 300] += 1
    case.validate_response(response, checks=CHECKS)
