"""A verification that was decided reaches the features through the outbox."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.utils import timezone

from fraudsite.core.outbox import relay_batch
from fraudsite.core.transitions import move
from kyc.models import Customer, Decision, Verification
from kyc.selectors import customer_of_verification, is_verified, verification_facts
from scoring.features import SCHEMA
from scoring.models import Decision as ScoringDecision
from scoring.models import ModelVersion, VerificationChange
from scoring.services.rebuild import features_check
from tests.scoring.conftest import TESTER

pytestmark = pytest.mark.django_db


def check(code: str, state: str, kind: str, score: float | None, limit: float | None) -> Any:
    return {"code": code, "state": state, "kind": kind, "score": score, "limit": limit}


def decided(customer: Customer, to: str, *checks: Any, attempt: int = 1) -> Verification:
    """A verification that went through the pipeline with these checks, and was moved."""
    verification = Verification.objects.create(
        customer=customer, status="processing", attempt=attempt
    )
    outcome = {"in_review": "review"}.get(to, to)
    Decision.objects.create(
        verification=verification,
        attempt=attempt,
        outcome=outcome,
        tree=[{"code": "all", "label": "All", "state": "clear", "checks": list(checks)}],
    )
    move(verification, to=to, actor=TESTER, update={"decided_at": timezone.now()})
    return verification


@pytest.fixture
def customer(champion: ModelVersion, api: Client, payment: Callable[..., Any]) -> Customer:
    api.post("/api/v1/transactions/", payment(), content_type="application/json")
    return Customer.objects.get(external_id="carla")


FACE = check("face.match", "clear", "fraud", 0.15, 0.6)
LIVE = check("liveness.active", "clear", "behaviour", 3.0, 4.0)


def test_an_approved_one_is_a_feature_of_the_next_payment(
    customer: Customer, api: Client, payment: Callable[..., Any]
) -> None:
    verification = decided(customer, "approved", FACE, LIVE)

    relay_batch()
    body = payment(transaction_id="T-2")
    api.post("/api/v1/transactions/", body, content_type="application/json")

    vector = np.frombuffer(
        bytes(ScoringDecision.objects.get(transaction__external_id="T-2").features), "<f4"
    )
    expected = {
        "is_verification_approved": 1.0,
        "is_verification_declined": 0.0,
        "verification_risk": 1.0,
        "face_match_score": 0.875,
        "liveness_score": 0.75,
    }
    assert {name: vector[SCHEMA.index(name)] for name in expected} == expected
    assert customer_of_verification(str(verification.pk)) == customer.pk
    assert is_verified(customer.pk)
    assert features_check().differing == 0


def test_each_event_is_applied_once_however_often_it_is_delivered(customer: Customer) -> None:
    decided(customer, "approved", FACE, LIVE)

    relay_batch()
    relay_batch()

    assert VerificationChange.objects.count() == 1
    assert VerificationChange.objects.get().sequence is not None


@pytest.mark.parametrize(
    ("to", "checks", "attempt", "risk_level"),
    [
        ("approved", (FACE, LIVE), 1, "low"),
        ("approved", (FACE, LIVE), 2, "medium"),
        ("approved", (check("face.match", "consider", "fraud", 0.7, 0.6),), 1, "medium"),
        ("in_review", (check("face.match", "consider", "fraud", 0.7, 0.6),), 1, "high"),
        ("in_review", (check("document.blur", "consider", "behaviour", 0.1, 0.6),), 1, "medium"),
        ("declined", (FACE, LIVE), 1, "high"),
    ],
)
def test_the_risk_follows_from_outcome_tries_and_signs(
    customer: Customer, to: str, checks: tuple[Any, ...], attempt: int, risk_level: str
) -> None:
    decided(customer, to, *checks, attempt=attempt)

    facts = verification_facts(customer.pk)

    assert (facts.outcome, facts.risk_level) == (to, risk_level)


def test_a_made_video_is_worth_no_liveness(customer: Customer) -> None:
    made = check("liveness.integrity", "consider", "fraud", None, None)
    decided(customer, "in_review", LIVE, made)

    facts = verification_facts(customer.pk)

    assert facts.liveness_score == 0.0
    assert facts.face_match_score is None


def test_nothing_is_known_of_who_never_began(customer: Customer) -> None:
    assert verification_facts(customer.pk) is None
    assert not is_verified(customer.pk)
