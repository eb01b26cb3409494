"""Whether a case takes a second person: the policy it opened under, and its draw."""

from __future__ import annotations

import hashlib
import hmac
import uuid

from django.conf import settings

from cases.models import Case
from cases.priority import SecondLookFacts, SecondLookPolicy, second_look_reason

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


def _draw(case_id: uuid.UUID) -> float:
    """Return a number in [0, 1) that nobody outside can foresee, the same at every try."""
    digest = hmac.digest(settings.SECRET_KEY.encode(), DRAW_KEY + case_id.bytes, hashlib.sha256)
    return int.from_bytes(digest[:7], "big") / (1 << 56)
