"""What a decision does beside its label: each effect as a value that a decision keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Literal


@dataclass(frozen=True, slots=True)
class SettleVerification:
    """Approve, decline or send back a verification.

    Attributes
    ----------
    reason : str
        One of `kyc.choices.AnalystReason` that fits the act.
    seen : str
        `verification_state` of the page the analyst saw; empty: as it is when decided.
    """

    kind: ClassVar[str] = "verification"
    verification_id: str
    act: Literal["approve", "decline", "resubmit"]
    reason: str
    seen: str = ""

    @property
    def target(self) -> tuple[str, ...]:
        """What it changes; a decision changes each thing once."""
        return self.kind, self.verification_id

    @property
    def lets_through(self) -> bool:
        """Whether the subject gets what they wanted."""
        return self.act == "approve"


@dataclass(frozen=True, slots=True)
class SettlePayment:
    """Release or refuse a held payment; `reason` is a `scoring.review_reasons.ReviewReason`.

    `seen` is `review_state` of the page the analyst saw; empty: as it is when decided.
    """

    kind: ClassVar[str] = "payment"
    transaction_id: str
    act: Literal["release", "refuse"]
    reason: str
    seen: str = ""

    @property
    def target(self) -> tuple[str, ...]:
        """What it changes; a decision changes each thing once."""
        return self.kind, self.transaction_id

    @property
    def lets_through(self) -> bool:
        """Whether the subject gets what they wanted."""
        return self.act == "release"


@dataclass(frozen=True, slots=True)
class Block:
    """Put the case's customer, a card or a device on the block list for some days.

    `reference` is a card's token or a device's id, as callers name it; empty for the customer.
    """

    kind: ClassVar[str] = "block"
    subject: Literal["customer", "card", "device"]
    days: int
    reference: str = ""

    @property
    def target(self) -> tuple[str, ...]:
        """What it changes; a decision changes each thing once."""
        return self.kind, self.subject, self.reference

    @property
    def lets_through(self) -> bool:
        """Whether the subject gets what they wanted."""
        return False


@dataclass(frozen=True, slots=True)
class Snooze:
    """Have a rule not act on the case's customer for some days."""

    kind: ClassVar[str] = "snooze"
    rule_id: str
    days: int

    @property
    def target(self) -> tuple[str, ...]:
        """What it changes; a decision changes each thing once."""
        return self.kind, self.rule_id

    @property
    def lets_through(self) -> bool:
        """Whether the subject gets what they wanted."""
        return False


Effect = SettleVerification | SettlePayment | Block | Snooze
KINDS: dict[str, type[Effect]] = {
    effect.kind: effect for effect in (SettleVerification, SettlePayment, Block, Snooze)
}


def effect_to_json(effect: Effect) -> dict[str, Any]:
    """Return an effect as a decision keeps it.

    Examples
    --------
    >>> effect_to_json(Snooze("velocity", 7))
    {'kind': 'snooze', 'rule_id': 'velocity', 'days': 7}
    """
    return {"kind": effect.kind, **asdict(effect)}


def effect_from_json(value: Mapping[str, Any]) -> Effect:
    """Return the effect that `effect_to_json` wrote.

    Raises `KeyError` for a kind there is not, `TypeError` for fields that do not fit.

    Examples
    --------
    >>> effect_from_json({"kind": "snooze", "rule_id": "velocity", "days": 7})
    Snooze(rule_id='velocity', days=7)
    """
    fields = dict(value)
    return KINDS[fields.pop("kind")](**fields)
