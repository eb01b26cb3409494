"""A batch whose payments are posted one by one by somebody else, each time just before it."""

from __future__ import annotations

from threading import Thread
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from fraudsite.core.models import Workspace
from scoring.services import score
from scoring.services.requests import ScoredTransaction, ScoreRequest
from tests.scoring.conftest import TESTER
from tests.scoring.faults.site import Kept, a_payment, assert_state_agrees, kept
from transactions.incoming import IncomingTransaction, check

# More than the tries that a request has when nobody gets anywhere.
PAYMENTS = score.MAX_TRIES + 3


def a_request() -> ScoreRequest:
    body = a_payment()
    now = timezone.now()
    told = IncomingTransaction(**{**body, "timestamp": now})
    return ScoreRequest(check(told, arrived_at=now))


@pytest.mark.django_db(transaction=True)
def test_a_batch_that_is_overtaken_at_every_try_is_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    workspace_id = Workspace.objects.live().pk
    requests = [a_request() for _ in range(PAYMENTS)]
    still_to_come = list(requests)
    advance = score.states_advance

    def post_elsewhere() -> None:
        score.score_one(still_to_come.pop(), workspace_id=workspace_id, actor=TESTER)
        connection.close()

    def advance_overtaken(events: Any) -> Any:
        if len(events) > 1:
            other = Thread(target=post_elsewhere)
            other.start()
            other.join()
        return advance(events)

    monkeypatch.setattr(score, "states_advance", advance_overtaken)

    answers = score.score_many(requests, workspace_id=workspace_id, actor=TESTER)

    assert len(still_to_come) == 1
    assert all(isinstance(answer, ScoredTransaction) for answer in answers)
    assert sum(answer.is_replay for answer in answers) == PAYMENTS - 1
    assert kept() == Kept(PAYMENTS, PAYMENTS, PAYMENTS)
    assert_state_agrees()
