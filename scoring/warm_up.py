"""Everything that the first transaction of a process would wait for, done before it."""

from __future__ import annotations

from datetime import UTC, datetime

import structlog
from django.db import DatabaseError, connections

from scoring.configuration import configuration
from scoring.event_records import TransactionFacts, events_of, transaction_record
from scoring.features import advance, entities_of
from scoring.judging import Subject
from scoring.rule_fields import RuleRow

logger = structlog.get_logger(__name__)


def warm_up() -> None:
    """Load compiled features, model and rules by judging a transaction that is not kept.

    A database that is away stops no process from starting: its first request looks again.
    """
    try:
        judge = configuration().judge
    except DatabaseError as error:
        logger.warning("warm_up_without_database", error_type=type(error).__name__)
        return
    finally:
        connections.close_all()
    now = datetime.now(UTC)
    facts = TransactionFacts(
        transaction="warm-up",
        customer="warm-up",
        merchant="warm-up",
        device="warm-up",
        ip="warm-up",
        card="warm-up",
        kind="payment",
        amount_reference_minor=100,
        occurred_at=now,
        arrived_at=now,
    )
    events = events_of([transaction_record(facts)])
    features, _ = advance(events, dict.fromkeys(entities_of(events)))
    judge.judge([Subject(RuleRow(facts, 100, "EUR", features[0]))], features)
    judge.factors(features)
