"""The scoring of the product in one process, without a database: for notebooks, tests and streams.

    >>> from scoring import FraudDetector  # doctest: +SKIP
    >>> FraudDetector("var/models/scoring-demo-…").predict(
    ...     {"user_id": "u1", "amount": "12.50", "merchant_id": "m1",
    ...      "timestamp": "2026-11-21T09:30:00Z"})  # doctest: +SKIP

Knows no Django. The same features, model, rules and policy as the site; state is kept in memory and
is gone with the detector.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from os import PathLike
from pathlib import Path
from typing import Any

import msgspec

from scoring.decision import Policy
from scoring.event_records import (
    TransactionFacts,
    events_of,
    label_record,
    transaction_record,
    verification_record,
)
from scoring.features import SCHEMA, Known, StateTable, apply_events
from scoring.judging import Judgement, Subject
from scoring.ml import load_model
from scoring.rule_fields import RuleRow
from scoring.starter_judge import starter_judge
from transactions.incoming import CheckedTransaction, IncomingTransaction, check
from transactions.money import DEFAULT_RATES, ReferenceRates, reference_minor

# Without a currency the amount is taken to be in this one, the reference currency.
DEFAULT_CURRENCY = "EUR"


class FraudDetector:
    """Judges transactions one by one or in batches, remembering what it has seen.

    Parameters
    ----------
    model_dir : path
        A stored model's folder.
    policy : Policy, optional
        Thresholds; the shipped ones if left out.
    rates : ReferenceRates, optional
        To compare amounts in other currencies.
    has_starter_rules : bool
        Whether the starter rules judge too.
    has_reasons : bool
        Whether what is not simply approved gets its factors: 0.3 ms each.

    Raises
    ------
    scoring.ml.ModelMissing, scoring.ml.ModelDamaged, scoring.ml.SchemaMismatch
        The model cannot be used.

    Notes
    -----
    Not for several threads at once: one transaction changes what the next one sees.
    """

    def __init__(
        self,
        model_dir: str | PathLike[str],
        *,
        policy: Policy | None = None,
        rates: ReferenceRates = DEFAULT_RATES,
        has_starter_rules: bool = True,
        has_reasons: bool = True,
    ) -> None:
        model = load_model(Path(model_dir), SCHEMA.hash)
        self._rates = rates
        self._states = StateTable()
        self._known: dict[str, Known] = {}
        self._judge = starter_judge(
            model, policy, has_rules=has_starter_rules, has_reasons=has_reasons
        )
        self._model_version = model.manifest.version
        self._policy_version = self._judge.policy.version

    def predict(self, transaction: Mapping[str, Any]) -> dict[str, Any]:
        """Judge one transaction; the fields in and out are those of the REST API.

        Raises
        ------
        msgspec.ValidationError
            A field is missing, unknown or of another type.
        transactions.incoming.IncomingRefused
            A field cannot be.
        """
        return self.predict_many([transaction])[0]

    def predict_many(self, transactions: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Judge transactions in their order, each knowing those before it."""
        started_ns = time.perf_counter_ns()
        checked, facts = self.prepare(transactions)
        judgements = self.judge(checked, facts)
        elapsed_ms = (time.perf_counter_ns() - started_ns) / 1e6 / max(1, len(checked))
        return [
            self._answer(fact, judgement, elapsed_ms)
            for fact, judgement in zip(facts, judgements, strict=True)
        ]

    def prepare(
        self, transactions: Sequence[Mapping[str, Any]]
    ) -> tuple[list[CheckedTransaction], list[TransactionFacts]]:
        """Return transactions checked, and what features know of them, as `judge` takes both.

        Raises what `predict` raises.
        """
        arrived_at = datetime.now(UTC)
        checked = [check(_told(one), arrived_at=arrived_at) for one in transactions]
        return checked, [self._facts(one, arrived_at) for one in checked]

    def judge(
        self, checked: Sequence[CheckedTransaction], facts: Sequence[TransactionFacts]
    ) -> list[Judgement]:
        """Judge transactions whose fields were checked, and let the state learn of them."""
        features = apply_events(events_of(map(transaction_record, facts)), self._states)
        subjects = [
            Subject(RuleRow(fact, one.money.minor, one.money.currency, vector))
            for one, fact, vector in zip(checked, facts, features, strict=True)
        ]
        return self._judge.judge(subjects, features)

    def learn_label(
        self, transaction: Mapping[str, Any], *, is_fraud: bool, known_at: datetime
    ) -> None:
        """Let the features learn what a transaction that was judged turned out to be.

        `transaction` is what was given to `predict`, with its `transaction_id`.
        """
        checked = check(_told(transaction), arrived_at=datetime.now(UTC))
        facts = self._facts(checked, checked.occurred_at)
        before = self._known.get(facts.transaction, Known.NOTHING)
        record = label_record(facts, is_fraud=is_fraud, previous=before, known_at=known_at)
        apply_events(events_of([record]), self._states)
        self._known[facts.transaction] = Known.FRAUD if is_fraud else Known.HONEST

    def learn_verification(
        self,
        user_id: str,
        *,
        outcome: str,
        decided_at: datetime,
        risk_level: str = "",
        face_match_score: float | None = None,
        liveness_score: float | None = None,
    ) -> None:
        """Let the features learn what a customer's verification came to."""
        record = verification_record(
            customer=user_id,
            outcome=outcome,
            risk_level=risk_level,
            face_match_score=face_match_score,
            liveness_score=liveness_score,
            decided_at=decided_at,
        )
        apply_events(events_of([record]), self._states)

    def _facts(self, checked: CheckedTransaction, arrived_at: datetime) -> TransactionFacts:
        told = checked.told
        return TransactionFacts(
            transaction=told.transaction_id or str(uuid.uuid4()),
            customer=told.user_id,
            merchant=told.merchant_id or "",
            device=told.device_id or "",
            ip=checked.ip_address or "",
            card=told.card_token or "",
            kind=told.kind,
            channel=told.channel,
            amount_reference_minor=reference_minor(checked.money, self._rates),
            occurred_at=checked.occurred_at,
            arrived_at=arrived_at,
            country=told.country or "",
            mcc=told.mcc,
            latitude=told.latitude,
            longitude=told.longitude,
        )

    def _answer(
        self, facts: TransactionFacts, judgement: Judgement, elapsed_ms: float
    ) -> dict[str, Any]:
        verdict = judgement.verdict
        return {
            "id": facts.transaction,
            "decision": verdict.decision.value,
            "fraud_score": judgement.score,
            "is_fraud": verdict.is_fraud,
            "risk_level": verdict.risk_level.value,
            "causes": [{"code": one.code, "text": one.sentence} for one in verdict.causes],
            "notes": [{"code": one.code, "text": one.sentence} for one in verdict.notes],
            "factors": judgement.factors
            and [
                {"code": one.code, "text": one.text, "contribution": one.contribution}
                for one in judgement.factors
            ],
            "rules": [one.reference for one in judgement.rules if one.outcome.name == "HIT"],
            "model_version": self._model_version,
            "is_demo_model": self._judge.is_demo,
            "policy_version": self._policy_version,
            "processing_time_ms": elapsed_ms,
        }


def _told(transaction: Mapping[str, Any]) -> IncomingTransaction:
    given = {"currency": DEFAULT_CURRENCY, **transaction}
    if isinstance(given.get("amount"), float):
        # What a float shows is what was meant; its binary digits are not.
        given["amount"] = repr(given["amount"])
    return msgspec.convert(given, IncomingTransaction)
