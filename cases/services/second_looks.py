"""Whether a case takes a second person: the policy it opened under, and its draw."""

from __future__ import annotations

import hashlib
import hmac
import uuid

from django.conf import settings

from cases.choices import DecisionStatus
from cases.models import Case, CaseDecision
from cases.priority import SecondLookFacts, SecondLookPolicy, second_look_reason
from fraudsite.core.models import User

DRAW_KEY = b"cases.second-look"


def second_look_of(case: Case) -> str:
    """Return why a second person must agree, "" if none must.

    The policy is the one pinned at opening; the amount is what is at risk by now.
    """
    policy = SecondLookPolicy.from_json(case.second_look_policy)
    return second_look_reason(policy, SecondLookFacts(case.amount_minor, _draw(case.pk)))


def is_blind(case: Case) -> bool:
    """Whether the second person decides without seeing the first decision."""
    return SecondLookPolicy.from_json(case.second_look_policy).is_blind


def hides_from(decision: CaseDecision, viewer: User | None) -> bool:
    """Whether a decision that waits for a blind second look is to be kept from somebody."""
    waits = decision.status == DecisionStatus.AWAITING_APPROVAL
    made_it = viewer is not None and decision.decided_by_id == viewer.pk
    return waits and is_blind(decision.case) and not made_it


def _draw(case_id: uuid.UUID) -> float:
    """Return a number in [0, 1) that nobody outside can foresee, the same at every try."""
    digest = hmac.digest(settings.SECRET_KEY.encode(), DRAW_KEY + case_id.bytes, hashlib.sha256)
    return int.from_bytes(digest[:7], "big") / (1 << 56)
