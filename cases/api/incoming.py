"""What callers send about cases."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from cases.effects import Block, Effect, SettlePayment, SettleVerification, Snooze
from cases.services.decisions import Verdict
from fraudsite.core.api.errors import RequestRefused

# A version is a column of 32 bits.
Version = Annotated[int, Meta(ge=1, le=2**31 - 1, description="The `version` you saw")]
Text = Annotated[str, Meta(max_length=4000)]
Code = Annotated[str, Meta(max_length=64)]
Reference = Annotated[str, Meta(max_length=100)]
Days = Annotated[int, Meta(ge=1, le=3650)]
Label = Literal["confirmed_fraud", "false_positive", "valuable_alert", "inconclusive"]


class IncomingClaim(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Take a case as it was seen."""

    seen: Version


class IncomingComment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A note for colleagues. A remark suits a case that moved on, too: `seen` may be left out."""

    text: Text
    seen: Version | None = None


class IncomingEffect(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is done beside the label.

    `payment`: `transaction_id`, `act` release or refuse, `reason`. `verification`:
    `verification_id`, `act` approve, decline or resubmit, `reason`. `block`: `subject`, `days`,
    and the `reference` of a card or device. `snooze`: `rule_id`, `days`.
    """

    kind: Literal["payment", "verification", "block", "snooze"]
    transaction_id: uuid.UUID | None = None
    verification_id: uuid.UUID | None = None
    act: Literal["release", "refuse", "approve", "decline", "resubmit"] | None = None
    reason: Code | None = None
    subject: Literal["customer", "card", "device"] | None = None
    reference: Reference = ""
    rule_id: Code | None = None
    days: Days | None = None


class IncomingDecision(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a case, or some of its alerts, turned out to be, and what is done about it."""

    seen: Version
    label: Label
    reason: Code
    effects: Annotated[list[IncomingEffect], Meta(max_length=50)] = []
    alert_ids: Annotated[list[uuid.UUID], Meta(min_length=1, max_length=500)] | None = None
    note: Text = ""


# Which fields an effect of each kind must have, and what it may be told to do.
NEEDS = {
    "payment": ("transaction_id", "act", "reason"),
    "verification": ("verification_id", "act", "reason"),
    "block": ("subject", "days"),
    "snooze": ("rule_id", "days"),
}
ACTS = {
    "payment": ("release", "refuse"),
    "verification": ("approve", "decline", "resubmit"),
}


def verdict_of(told: IncomingDecision) -> Verdict:
    """Return what somebody decides. An effect without what its kind needs is refused with 400."""
    return Verdict(
        label=told.label,
        reason=told.reason,
        effects=[_effect(one, f"effects.{place}") for place, one in enumerate(told.effects)],
        alert_ids=told.alert_ids,
        note=told.note,
    )


def _effect(told: IncomingEffect, path: str) -> Effect:
    for name in NEEDS[told.kind]:
        if getattr(told, name) is None:
            field = f"{path}.{name}"
            raise RequestRefused("required", f"`{field}` is required.", field=field)
    acts = ACTS.get(told.kind)
    if acts and told.act not in acts:
        field = f"{path}.act"
        sentence = f"`{field}` must be one of {', '.join(acts)}."
        raise RequestRefused("invalid_choice", sentence, field=field)
    return _MADE[told.kind](told)


# What is None here was refused above.
_MADE: dict[str, Callable[[Any], Effect]] = {
    "payment": lambda told: SettlePayment(str(told.transaction_id), told.act, told.reason),
    "verification": lambda told: SettleVerification(
        str(told.verification_id), told.act, told.reason
    ),
    "block": lambda told: Block(told.subject, told.days, told.reference),
    "snooze": lambda told: Snooze(told.rule_id, told.days),
}
