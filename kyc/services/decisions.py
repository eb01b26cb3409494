"""The policy's decision on one attempt: made once, applied if nobody was faster."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from fraudsite.core.actors import Actor
from fraudsite.core.services.audit import audit_record
from fraudsite.core.services.data_keys import DataKeyDestroyed
from fraudsite.core.transitions import move
from kyc.choices import VerificationStatus
from kyc.decision.checks import CheckGroup
from kyc.decision.policy import Outcome, PolicyDecision, decide
from kyc.models import Decision, Verification
from kyc.services.attempt_evidence import attempt_evidence
from kyc.services.locks import verification_lock
from kyc.services.policy import current_policy

logger = structlog.get_logger(__name__)

POLICY_ACTOR = Actor.system("policy")
STATUS_OF = {
    Outcome.APPROVED: VerificationStatus.APPROVED,
    Outcome.REVIEW: VerificationStatus.IN_REVIEW,
    Outcome.RESUBMIT: VerificationStatus.RESUBMIT,
    Outcome.DECLINED: VerificationStatus.DECLINED,
}


def attempt_decide(*, verification_id: str, attempt: int) -> None:
    """Decide an attempt on its stage results and move the verification.

    Runs twice without harm: the second run finds the first one's decision. When a person decided
    in the meantime, the policy's view is kept beside theirs and changes nothing.
    """
    try:
        with transaction.atomic():
            made = _decide(verification_id, attempt)
    except DataKeyDestroyed:
        # A person decided while stages ran, and the customer was erased before this.
        logger.info("decision_of_erased_customer")
        return
    if made is not None:
        logger.info(
            "verification_decided",
            verification_id=verification_id,
            outcome=made.outcome,
            reason_codes=made.reason_codes,
            is_applied=made.is_applied,
        )


def _decide(verification_id: str, attempt: int) -> Decision | None:
    """Decide, where this attempt is the present one and was not decided yet."""
    found = Verification.objects.filter(pk=verification_id, attempt=attempt).first()
    if found is None:
        logger.warning("decision_without_verification")
        return None
    verification = verification_lock(found)
    if verification.decisions.filter(attempt=attempt, decided_by=None).exists():
        return None
    if verification.attempt != attempt:
        return None
    decision = decide(attempt_evidence(verification), current_policy())
    is_applied = verification.status == VerificationStatus.PROCESSING
    made = _record(verification, decision, is_applied=is_applied)
    if is_applied:
        _apply(verification, decision, made)
    return made


def tree_json(groups: tuple[CheckGroup, ...]) -> list[dict[str, Any]]:
    """Return the check tree as it is stored: states, codes, scores; nothing that was read."""
    return [
        {
            "code": group.code,
            "label": group.label,
            "state": group.state.value,
            "checks": [asdict(check) for check in group.checks],
        }
        for group in groups
    ]


def _record(verification: Verification, decision: PolicyDecision, *, is_applied: bool) -> Decision:
    made = Decision.objects.create(
        verification=verification,
        attempt=verification.attempt,
        outcome=decision.outcome.value,
        reason_codes=list(decision.reason_codes),
        redo=list(decision.redo),
        tree=tree_json(decision.groups),
        policy_version=decision.policy_version,
        is_applied=is_applied,
    )
    audit_record(
        actor=POLICY_ACTOR,
        action="verification.decided",
        target=verification,
        details={
            "decision_id": str(made.id),
            "outcome": made.outcome,
            "policy_version": made.policy_version,
            "is_applied": is_applied,
        },
    )
    return made


def _apply(verification: Verification, decision: PolicyDecision, made: Decision) -> None:
    move(
        verification,
        to=STATUS_OF[decision.outcome],
        actor=POLICY_ACTOR,
        reason_code=decision.reason_codes[0] if decision.reason_codes else "all_clear",
        payload={"decision_id": str(made.id), "decided_by": "policy"},
        update={"decided_at": timezone.now()},
    )
