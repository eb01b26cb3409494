"""From a payment that is held, through the API, to the label that training reads."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cases.effects import SettlePayment
from cases.services.claims import case_next
from cases.services.decisions import Verdict, case_decide
from fraudsite.core.models import User, Workspace
from fraudsite.core.outbox import relay_batch
from fraudsite.core.services.audit import audit_seal_all, audit_verify
from scoring.services.training_set import training_set
from tests.scoring.conftest import api, api_key, payment  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db
URL = "/api/v1/transactions/"


def test_a_held_payment_becomes_a_case_a_label_and_training_data(
    api: Client,  # noqa: F811 - a fixture
    payment: Callable[..., dict[str, Any]],  # noqa: F811 - a fixture
    anna: User,
) -> None:
    body = payment(transaction_id="T-1")
    # Without a model nothing is approved: a person looks.
    told = api.post(URL, body, content_type="application/json").json()
    assert told["decision"] == "review"
    relay_batch()

    case = case_next(analyst=anna)
    assert case is not None
    assert case.reasons == ["model.no_model"]
    held = case.alerts.get().transaction
    verdict = Verdict(
        "confirmed_fraud",
        "fraud_account_takeover",
        [SettlePayment(str(held.pk), "refuse", "refuse_fraud")],
    )
    case_decide(
        case_id=case.pk, seen=case.version, verdict=verdict, analyst=anna, is_immediate=True
    )
    relay_batch()

    workspace = Workspace.objects.live()
    known = training_set(workspace_id=workspace.pk, until_us=time.time_ns() // 1000 + 1)
    assert known.dataset.is_fraud.tolist() == [1]
    assert api.get(f"{URL}{held.pk}/").json()["status"] == "refused"
    audit_seal_all()
    assert audit_verify().is_intact
