"""The priority of a case, 0 to 100, and the parts that it is the sum of."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PriorityInputs:
    """What is known of a case.

    Attributes
    ----------
    amount_minor : int
        What is at risk, in cents of the reference currency.
    score : float or None
        Highest probability of fraud that a model gave, 0…1.
    severity : int
        Of its worst alert: 1 low, 2 medium, 3 high, 4 critical.
    waiting_share : float
        How much of the time to work it is used up, 0…1.
    is_asked_by_customer : bool
        Whether the customer asked that a person looks.
    confirmed_frauds, false_alarms : int
        How earlier cases of the same subject ended.
    customer_age_days : float or None
        How long the customer has been known.
    """

    amount_minor: int = 0
    score: float | None = None
    severity: int = 1
    waiting_share: float = 0.0
    is_asked_by_customer: bool = False
    confirmed_frauds: int = 0
    false_alarms: int = 0
    customer_age_days: float | None = None


@dataclass(frozen=True, slots=True)
class PriorityPolicy:
    """How many points each part can give; together 100.

    The weights are a judgement, not measured: what is at risk and how likely it is come first, so
    that expected loss orders the work; time keeps anything from waiting for ever.
    """

    amount: int = 30
    score: int = 25
    severity: int = 10
    waiting: int = 20
    history: int = 15
    # Amounts count by their logarithm from one euro up: a hundred euros give 40 %, 100,000 all.
    amount_full_minor: int = 10_000_000
    new_customer_days: float = 30.0

    def __post_init__(self) -> None:
        total = self.amount + self.score + self.severity + self.waiting + self.history
        if total != 100:
            message = f"The parts of a priority add up to 100, not to {total}."
            raise ValueError(message)


@dataclass(frozen=True, slots=True)
class PriorityPart:
    """One part: its code, its points, and why in a sentence."""

    code: str
    points: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Priority:
    """A priority and what it is made of; the parts' points add up to the value."""

    value: int
    parts: tuple[PriorityPart, ...]


SEVERITY_SHARE = {1: 0.0, 2: 0.35, 3: 0.7, 4: 1.0}
SEVERITY_WORD = {1: "low", 2: "medium", 3: "high", 4: "critical"}


def prioritise(inputs: PriorityInputs, policy: PriorityPolicy | None = None) -> Priority:
    """Return how urgent a case is: 0 can wait, 100 is to be looked at at once.

    Parameters
    ----------
    inputs : PriorityInputs
        What is known of the case.
    policy : PriorityPolicy, optional
        The weights; the shipped ones if left out.

    Returns
    -------
    Priority
        A higher amount, score, severity or wait never lowers the value.

    Examples
    --------
    >>> judged = prioritise(PriorityInputs(amount_minor=100_000, score=0.8, severity=3))
    >>> judged.value, [part.code for part in judged.parts]
    (49, ['amount', 'score', 'severity', 'history'])
    """
    weights = policy or PriorityPolicy()
    parts = (
        _amount(inputs, weights),
        _score(inputs, weights),
        _severity(inputs, weights),
        _waiting(inputs, weights),
        _history(inputs, weights),
    )
    return Priority(
        sum(part.points for part in parts), tuple(part for part in parts if part.points)
    )


def _amount(inputs: PriorityInputs, policy: PriorityPolicy) -> PriorityPart:
    whole = math.log10(max(policy.amount_full_minor / 100, 10.0))
    share = math.log10(max(inputs.amount_minor / 100, 1.0)) / whole
    sentence = f"{inputs.amount_minor / 100:,.2f} at risk, in the reference currency."
    return PriorityPart("amount", _points(policy.amount, share), sentence)


def _score(inputs: PriorityInputs, policy: PriorityPolicy) -> PriorityPart:
    if inputs.score is None:
        return PriorityPart("score", 0, "No model gave a score.")
    sentence = f"The model's highest score is {inputs.score:.2f}."
    return PriorityPart("score", _points(policy.score, inputs.score), sentence)


def _severity(inputs: PriorityInputs, policy: PriorityPolicy) -> PriorityPart:
    share = SEVERITY_SHARE.get(inputs.severity, 0.0)
    word = SEVERITY_WORD.get(inputs.severity, "low")
    sentence = f"The worst alert is of {word} severity."
    return PriorityPart("severity", _points(policy.severity, share), sentence)


def _waiting(inputs: PriorityInputs, policy: PriorityPolicy) -> PriorityPart:
    sentence = f"At least {inputs.waiting_share:.0%} of the time to work it is used up."
    if inputs.waiting_share >= 1:
        sentence = "The time to work it is over."
    return PriorityPart("waiting", _points(policy.waiting, inputs.waiting_share), sentence)


def _history(inputs: PriorityInputs, policy: PriorityPolicy) -> PriorityPart:
    """Of several things known about the subject the weightiest one counts."""
    reasons = [(0.0, "Nothing in the history raises it.")]
    if inputs.confirmed_frauds:
        reasons.append((1.0, "Fraud was confirmed in an earlier case."))
    if inputs.is_asked_by_customer:
        reasons.append((0.7, "The customer asked that a person looks."))
    if inputs.customer_age_days is None or inputs.customer_age_days < policy.new_customer_days:
        reasons.append((0.3, f"Known for less than {policy.new_customer_days:g} days."))
    share, sentence = max(reasons, key=lambda reason: reason[0])
    if inputs.false_alarms and not inputs.confirmed_frauds:
        # Halved for the first false alarm, and again for each further one.
        share /= 2.0 ** min(inputs.false_alarms, 10)
        sentence += f" Lowered: {inputs.false_alarms} false alarms before."
    return PriorityPart("history", _points(policy.history, share), sentence)


def _points(weight: int, share: float) -> int:
    """Return whole points, so that what is shown adds up."""
    return round(weight * min(max(share, 0.0), 1.0))
