"""When a decision takes a second person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class SecondLookPolicy:
    """When two people must agree; kept with each case as it was when the case opened.

    Attributes
    ----------
    from_minor : int or None
        With this much at risk, in cents of the reference currency; None: whatever the amount.
    sample_share : float
        This share of all other cases, drawn at opening, 0…1.
    is_always : bool
        Every case of the queue.
    is_blind : bool
        Whether the second person decides without seeing what the first one decided.
    """

    from_minor: int | None = None
    sample_share: float = 0.0
    is_always: bool = False
    is_blind: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the policy as a case keeps it."""
        return {
            "from_minor": self.from_minor,
            "sample_share": self.sample_share,
            "is_always": self.is_always,
            "is_blind": self.is_blind,
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        """Return the policy that `to_json` wrote."""
        return cls(**value)


@dataclass(frozen=True, slots=True)
class SecondLookFacts:
    """What of a case the policy looks at; `draw` is in [0, 1) and the same every time."""

    amount_minor: int
    draw: float


def second_look_reason(policy: SecondLookPolicy, facts: SecondLookFacts) -> str:
    """Return why a second person must agree: "type", "amount" or "sample"; "" if none must.

    Examples
    --------
    >>> strict = SecondLookPolicy(from_minor=500_000, sample_share=0.05)
    >>> second_look_reason(strict, SecondLookFacts(amount_minor=600_000, draw=0.9))
    'amount'
    >>> second_look_reason(strict, SecondLookFacts(amount_minor=100, draw=0.9))
    ''
    """
    if policy.is_always:
        return "type"
    if policy.from_minor is not None and facts.amount_minor >= policy.from_minor:
        return "amount"
    return "sample" if facts.draw < policy.sample_share else ""
