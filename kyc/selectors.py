"""What other apps may ask about customers."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from kyc.choices import VerificationStatus
from kyc.contracts import VerificationFacts
from kyc.models import Decision, RiskAssessment, Verification
from kyc.services.verifications import decision_in_force

OUTCOME_OF = {
    VerificationStatus.APPROVED: "approved",
    VerificationStatus.IN_REVIEW: "in_review",
    VerificationStatus.DECLINED: "declined",
}
FRAUD, CONSIDER = "fraud", "consider"


def is_verified(customer_id: uuid.UUID) -> bool:
    """Whether the customer's newest verification is approved."""
    verification = _newest(customer_id)
    return verification is not None and verification.status == VerificationStatus.APPROVED


def customer_of_verification(verification_id: str) -> uuid.UUID | None:
    """Return whose verification it is."""
    found = Verification.objects.filter(pk=verification_id)
    return found.values_list("customer_id", flat=True).first()


def verification_facts(customer_id: uuid.UUID) -> VerificationFacts | None:
    """Return what is known of the customer's newest verification; None if there is none."""
    verification = _newest(customer_id)
    if verification is None:
        return None
    decision = decision_in_force(verification)
    checks = dict(_checks(decision))
    return VerificationFacts(
        customer_id=customer_id,
        outcome=OUTCOME_OF.get(VerificationStatus(verification.status), "pending"),
        risk_level=_risk_level(verification, decision, checks),
        face_match_score=_face_match_score(checks.get("face.match", {})),
        liveness_score=_liveness_score(checks),
        decided_at=verification.decided_at or verification.created_at,
    )


def customer_risk(customer_id: uuid.UUID) -> str:
    """Return how much risk the customer is: low, medium, high or prohibited; "" if not assessed."""
    newest = RiskAssessment.objects.filter(customer_id=customer_id).order_by("-id")
    return newest.values_list("level", flat=True).first() or ""


def _newest(customer_id: uuid.UUID) -> Verification | None:
    return Verification.objects.filter(customer_id=customer_id).order_by("-created_at").first()


def _checks(decision: Decision | None) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the checks of the policy's tree; a person's decision repeats none."""
    if decision is None:
        return
    judged = decision if decision.tree else _last_by_policy(decision)
    for group in judged.tree if judged else ():
        for check in group["checks"]:
            yield check["code"], check


def _last_by_policy(decision: Decision) -> Decision | None:
    by_policy = decision.verification.decisions.filter(decided_by=None)
    return by_policy.order_by("-created_at").first()


def _risk_level(
    verification: Verification, decision: Decision | None, checks: Mapping[str, Mapping[str, Any]]
) -> str:
    if decision is None:
        return ""
    considered = [check for check in checks.values() if check["state"] == CONSIDER]
    is_approved = verification.status == VerificationStatus.APPROVED
    if verification.status == VerificationStatus.DECLINED:
        return "high"
    if not is_approved and any(check["kind"] == FRAUD for check in considered):
        return "high"
    if is_approved and verification.attempt == 1 and not considered:
        return "low"
    return "medium"


def _face_match_score(check: Mapping[str, Any]) -> float | None:
    """Turn a distance and its limit into 0…1, with .5 at the limit."""
    distance, limit = check.get("score"), check.get("limit")
    if distance is None or not limit:
        return None
    return max(0.0, 1.0 - float(distance) / (2.0 * float(limit)))


def _liveness_score(checks: Mapping[str, Mapping[str, Any]]) -> float | None:
    """Return the share of movements that were seen; 0 when the video looks made."""
    active, integrity = checks.get("liveness.active", {}), checks.get("liveness.integrity", {})
    if integrity.get("state") == CONSIDER:
        return 0.0
    seen, asked = active.get("score"), active.get("limit")
    if seen is None or not asked:
        return None
    return min(1.0, float(seen) / float(asked))
