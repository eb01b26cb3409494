"""What the API answers about a transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from scoring.models import Decision
from scoring.services.requests import ScoredTransaction
from transactions.incoming import IncomingRefused
from transactions.models import Label, Transaction


class Factor(msgspec.Struct, frozen=True):
    """What raised the score: a stable code, a sentence, and its part in log-odds."""

    code: str
    text: str
    contribution: float


class Cause(msgspec.Struct, frozen=True):
    """Why it was decided so, or what else there is to say: a stable code and a sentence."""

    code: str
    text: str


class TransactionAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A transaction and the decision on it.

    `fraud_score` is null when there was no model to ask; `factors` is null where they were not
    computed yet: those of a clear approval are computed when the transaction is read.
    """

    id: str
    transaction_id: str
    decision: str
    status: str
    fraud_score: float | None
    is_fraud: bool
    risk_level: str
    causes: list[Cause]
    notes: list[Cause]
    factors: list[Factor] | None
    rules: list[str]
    lists: list[str]
    model_version: str | None
    is_demo_model: bool
    is_holdout: bool
    policy_version: str
    processing_time_ms: float
    occurred_at: datetime
    decided_at: datetime


class RefusedAnswer(msgspec.Struct, frozen=True):
    """Why one transaction of a batch was not taken."""

    code: str
    message: str
    field: str


class BatchItem(msgspec.Struct, frozen=True, kw_only=True):
    """One of a batch: either what was decided, or why it was refused."""

    transaction: TransactionAnswer | None = None
    error: RefusedAnswer | None = None
    is_replay: bool = False


class BatchAnswer(msgspec.Struct, frozen=True):
    """The answers to a batch, in its order."""

    results: list[BatchItem]
    scored: int
    refused: int


class LabelAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A label as it stands."""

    id: int
    is_fraud: bool
    source: str
    reason_code: str
    known_at: datetime


def transaction_answer(row: Transaction, decision: Decision) -> TransactionAnswer:
    """Return the answer about a transaction; the decision's model is read with it."""
    model = decision.model
    return TransactionAnswer(
        id=str(row.pk),
        transaction_id=row.external_id,
        decision=decision.outcome,
        status=row.status,
        fraud_score=decision.score,
        is_fraud=decision.is_fraud,
        risk_level=decision.risk_level,
        causes=[Cause(cause["code"], cause["text"]) for cause in decision.causes],
        notes=[Cause(note["code"], note["text"]) for note in decision.notes],
        factors=_factors(decision.factors),
        rules=[
            rule["rule"]
            for rule in decision.rules
            if rule["outcome"] == "hit" and not rule["is_on_trial"]
        ],
        lists=[listed["list_id"] for listed in decision.lists],
        model_version=str(model.version) if model else None,
        is_demo_model=bool(model and model.is_demo),
        is_holdout=decision.is_holdout,
        policy_version=decision.policy_version,
        processing_time_ms=decision.processing_time_us / 1000,
        occurred_at=row.occurred_at,
        decided_at=decision.decided_at,
    )


def batch_answer(answers: list[ScoredTransaction | IncomingRefused]) -> BatchAnswer:
    """Return the answer to a batch."""
    items = [_batch_item(answer) for answer in answers]
    refused = sum(item.error is not None for item in items)
    return BatchAnswer(items, len(items) - refused, refused)


def label_answer(label: Label) -> LabelAnswer:
    """Return the answer about a label."""
    return LabelAnswer(
        id=label.pk,
        is_fraud=label.is_fraud,
        source=label.source,
        reason_code=label.reason_code,
        known_at=label.known_at,
    )


def _batch_item(answer: ScoredTransaction | IncomingRefused) -> BatchItem:
    if isinstance(answer, IncomingRefused):
        return BatchItem(error=RefusedAnswer(answer.code, answer.sentence, answer.field))
    return BatchItem(
        transaction=transaction_answer(answer.transaction, answer.decision),
        is_replay=answer.is_replay,
    )


def _factors(stored: list[dict[str, Any]] | None) -> list[Factor] | None:
    if stored is None:
        return None
    return [Factor(one["code"], one["text"], one["contribution"]) for one in stored]
