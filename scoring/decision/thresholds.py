"""The operator's policy: from which score on what happens."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, fields

from scoring.decision.levels import Decision, RiskLevel
from scoring.rules.effect import Effect


@dataclass(frozen=True, slots=True)
class Policy:
    """Thresholds of one version of the policy; scores are probabilities, 0…1.

    The shipped values are set by hand for a calibrated score; a model's manifest suggests others
    from its own validation, which `dataclasses.replace` puts in.

    Attributes
    ----------
    fraud_threshold : float
        From here on `is_fraud` is true. Decides nothing.
    review_from, block_from, decline_from : float
        From here on the model alone leads to it. Above 0, in this order, at most 1.
    medium_from, high_from, critical_from : float
        From here on the risk level is at least this.
    block_list_effect : Effect
        What being on a block list leads to.
    is_model_required : bool
        Whether a transaction that cannot be scored goes to a person. If not, rules and lists decide
        alone, and the answer says so.
    holdout_share : float
        Share of the model's would-be declines that is approved at random, to learn from, 0…1.
    holdout_max_minor : int
        Largest amount of a holdout, in cents of the reference currency.
    version : str
        Follows from the values: another value, another version.

    Raises
    ------
    ValueError
        For values out of range or order, by name.

    Examples
    --------
    >>> Policy().decision_of(0.95).value, Policy().risk_of(0.95).value
    ('decline', 'critical')
    >>> Policy().version == Policy(review_from=0.2).version
    False
    >>> Policy(review_from=0.7, block_from=0.5)
    Traceback (most recent call last):
    ValueError: review_from, block_from, decline_from rise within 0…1.
    """

    fraud_threshold: float = 0.5
    review_from: float = 0.3
    block_from: float = 0.6
    decline_from: float = 0.9
    medium_from: float = 0.3
    high_from: float = 0.6
    critical_from: float = 0.9
    block_list_effect: Effect = Effect.DECLINE
    is_model_required: bool = True
    holdout_share: float = 0.01
    holdout_max_minor: int = 5_000
    version: str = field(init=False, compare=False)

    def __post_init__(self) -> None:
        self._require_order("review_from", "block_from", "decline_from")
        self._require_order("medium_from", "high_from", "critical_from")
        self._require_order("fraud_threshold")
        if not 0.0 <= self.holdout_share <= 1.0:
            raise ValueError("holdout_share is a share, 0…1.")
        if self.holdout_max_minor < 0:
            raise ValueError("holdout_max_minor is not negative.")
        object.__setattr__(self, "version", self._hash())

    def _require_order(self, *names: str) -> None:
        values = [getattr(self, name) for name in names]
        is_within = all(0.0 < value <= 1.0 for value in values)
        if not is_within or values != sorted(values):
            raise ValueError(f"{', '.join(names)} rise within 0…1.")

    def _hash(self) -> str:
        values = {each.name: getattr(self, each.name) for each in fields(self) if each.init}
        text = json.dumps(values, sort_keys=True)
        return f"policy-{hashlib.sha256(text.encode()).hexdigest()[:12]}"

    def decision_of(self, score: float) -> Decision:
        """Return what a score alone leads to."""
        if score >= self.decline_from:
            return Decision.DECLINE
        if score >= self.block_from:
            return Decision.BLOCK_AND_REVIEW
        return Decision.REVIEW if score >= self.review_from else Decision.APPROVE

    def risk_of(self, score: float) -> RiskLevel:
        """Return the risk level of a score."""
        if score >= self.critical_from:
            return RiskLevel.CRITICAL
        if score >= self.high_from:
            return RiskLevel.HIGH
        return RiskLevel.MEDIUM if score >= self.medium_from else RiskLevel.LOW
