"""The decision: all checks in, one outcome with its reasons out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from kyc.decision.checks import Check, CheckGroup, CheckKind, CheckState
from kyc.decision.document_checks import document_group
from kyc.decision.duplicate_checks import duplicate_group
from kyc.decision.evidence import Evidence
from kyc.decision.person_checks import (
    consent_group,
    face_group,
    liveness_group,
)
from kyc.decision.rules import Effect, Rules
from kyc.decision.screening_checks import screening_group


class Outcome(StrEnum):
    """What is decided about an attempt."""

    APPROVED = "approved"
    REVIEW = "review"
    RESUBMIT = "resubmit"
    DECLINED = "declined"


RETRIES_USED_UP = "retries_used_up"


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of the operator's policy; the version is stored with every decision."""

    version: str = "2026-11.4"
    rules: Rules = field(default_factory=Rules)


@dataclass(frozen=True, slots=True)
class PolicyDecision:
    """The outcome and everything it stands on.

    Attributes
    ----------
    reason_codes : tuple of str
        Codes of the checks that led to it, worst first; empty for an approval.
    redo : tuple of str
        Captures to take again, for RESUBMIT.
    """

    outcome: Outcome
    groups: tuple[CheckGroup, ...]
    reason_codes: tuple[str, ...]
    redo: tuple[str, ...]
    policy_version: str


def decide(evidence: Evidence, policy: Policy) -> PolicyDecision:
    """Judge one attempt.

    1. Any sign of fraud sends the customer to a person, and nothing is said to them of it.
    2. What the law fixes (the minimum age) is declined.
    3. What the customer can mend is sent back, as long as attempts are left.
    4. A required check without an answer, for whatever reason, goes to a person.
    5. Otherwise every required check is clear: approved.
    """
    groups = check_groups(evidence, policy.rules)
    checks = [check for group in groups for check in group.checks]
    outcome, reasons = _outcome(checks, evidence, policy.rules)
    redo = _captures_to_redo(checks) if outcome is Outcome.RESUBMIT else ()
    return PolicyDecision(outcome, groups, reasons, redo, policy.version)


def check_groups(evidence: Evidence, rules: Rules) -> tuple[CheckGroup, ...]:
    """Return the whole tree, without the checks that the operator has switched off."""
    groups = (
        document_group(evidence, rules),
        consent_group(evidence, rules),
        liveness_group(evidence, rules),
        face_group(evidence, rules),
        duplicate_group(evidence.duplicates.run, evidence.duplicates.findings, rules),
        screening_group(evidence.screening, rules),
    )
    return tuple(_switched_on(group, rules) for group in groups)


def _switched_on(group: CheckGroup, rules: Rules) -> CheckGroup:
    return replace(group, checks=tuple(c for c in group.checks if rules.is_on(c.code)))


def _outcome(
    checks: list[Check], evidence: Evidence, rules: Rules
) -> tuple[Outcome, tuple[str, ...]]:
    raised = [check for check in checks if check.is_raised]
    frauds = _codes(c for c in raised if c.kind is CheckKind.FRAUD and _is(rules, c, Effect.REVIEW))
    if frauds:
        return Outcome.REVIEW, frauds
    declines = _codes(c for c in raised if _is(rules, c, Effect.DECLINE))
    if declines:
        return Outcome.DECLINED, declines
    mendable = _codes(c for c in raised if _is_mendable(c, rules))
    if mendable and evidence.attempts_left > 0:
        return Outcome.RESUBMIT, mendable
    if mendable:
        return Outcome.REVIEW, (RETRIES_USED_UP, *mendable)
    reviews = _codes(c for c in raised if not _is(rules, c, Effect.NONE))
    missing = _codes(c for c in checks if c.is_required and c.state is CheckState.SKIPPED)
    if reviews or missing:
        return Outcome.REVIEW, reviews + missing
    return Outcome.APPROVED, ()


def _is(rules: Rules, check: Check, effect: Effect) -> bool:
    return rules.effect_of(check.code) is effect


def _is_mendable(check: Check, rules: Rules) -> bool:
    """Whether the customer can do something about it and may know."""
    is_sent_back = _is(rules, check, Effect.RESUBMIT) or check.state is CheckState.UNPROCESSABLE
    return check.kind is CheckKind.BEHAVIOUR and is_sent_back and bool(check.redo)


def _codes(checks: Iterable[Check]) -> tuple[str, ...]:
    return tuple(check.code for check in checks)


def _captures_to_redo(checks: list[Check]) -> tuple[str, ...]:
    wanted = {kind for check in checks if check.is_raised for kind in check.redo}
    return tuple(sorted(wanted))
