"""Why the machine decided as it did, in the sentences of the checks that led to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kyc.decision.policy import RETRIES_USED_UP
from kyc.models import Decision


@dataclass(frozen=True, slots=True)
class Reason:
    """What led to the decision.

    Attributes
    ----------
    is_check : bool
        Whether it is one of the checks on the page, where its code is its place.
    """

    code: str
    label: str
    sentence: str
    is_check: bool


def reasons_of(decision: Decision) -> list[Reason]:
    """Return the reasons of a decision, the weightiest first; none for a plain approval."""
    checks = {check["code"]: check for group in decision.tree for check in group["checks"]}
    return [_reason(code, checks.get(code)) for code in decision.reason_codes]


def _reason(code: str, check: dict[str, Any] | None) -> Reason:
    if code == RETRIES_USED_UP:
        return Reason(
            code, "All tries are used up", "What was to be done again is below.", is_check=False
        )
    if check is None:
        return Reason(code, code, "", is_check=False)
    return Reason(code, check["label"], check["sentence"], is_check=True)
