"""Whatever the description of the API permits or forbids: cases answer as it describes."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase, seed, settings

from cases.models import Case
from cases.services.approvals import decision_undo
from fraudsite.core.models import User
from tests.cases.raised import claimed_by
from tests.described_answers import CHECKS, described

# Six operations, two dozen generated requests each: half a minute.
pytestmark = [pytest.mark.django_db, pytest.mark.slow]
EXAMPLES = 24
_numbers = itertools.count()
schema = described.include(path_regex=r"^/api/v1/(cases|events)/")


@pytest.fixture(autouse=True)
def kept_connection() -> Iterator[None]:
    """A request closes the connection it used; here that is the test's own."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def held(anna: User) -> Case:
    """A case in hand, for the addresses that name one."""
    return claimed_by(anna)


@pytest.fixture
def authorization(key_of: Callable[..., Client], anna: User) -> str:
    return str(key_of(anna).defaults["HTTP_AUTHORIZATION"])


@pytest.fixture
def carried_out() -> Iterator[list[str]]:
    """Collect what was carried out: requests that are all refused would show little."""
    done: list[str] = []
    yield done
    assert len(done) >= EXAMPLES / 4


def corrected(request: Any, held: Case) -> None:
    """Have a generated request be one that can be carried out."""
    if "case_id" in (request.path_parameters or {}):
        request.path_parameters["case_id"] = str(held.pk)
    request.query = {}
    # Generated ones may be keys that were used before.
    request.headers.pop("Idempotency-Key", None)
    held.refresh_from_db()
    if request.path.endswith("/comments/"):
        request.body = {"text": "Called twice.", "seen": held.version}
    elif request.path.endswith("/claim/"):
        request.body = {"seen": held.version}
    elif request.path.endswith("/decisions/"):
        request.body = decision_on(held)


def decision_on(held: Case) -> dict[str, Any]:
    payment = str(held.alerts.get().transaction_id)
    effect = {
        "kind": "payment",
        "transaction_id": payment,
        "act": "refuse",
        "reason": "refuse_fraud",
    }
    return {
        "seen": held.version,
        "label": "confirmed_fraud",
        "reason": "fraud_mule",
        "effects": [effect],
    }


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
    case: Any, held: Case, authorization: str, anna: User, carried_out: list[str]
) -> None:
    # One as it was generated, one corrected, and so on.
    if next(_numbers) % 2:
        corrected(case, held)
    case.operation.app = get_wsgi_application()

    response = case.call(headers={"Authorization": authorization}, base_url="http://localhost")

    if response.status_code < 300:
        carried_out.append(case.operation.label)
    if response.status_code == 201 and case.path.endswith("/decisions/"):
        decision_undo(decision_id=held.decisions.get(status="scheduled").pk, user=anna)
    case.validate_response(response, checks=CHECKS)
