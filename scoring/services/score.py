"""A transaction is judged: the one way in for REST, batches, the customer's page and streams.

In one database transaction the states of every entity named are locked, the features computed,
the model and rules asked, and transaction, decision, states and event written. Whoever dies in
between leaves nothing behind; the same request again gets the same answer.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction
from django.utils import timezone

from fraudsite.core.actors import Actor
from fraudsite.core.insertion import rows_insert
from fraudsite.core.outbox import events_prepare
from scoring.configuration import Configuration, configuration
from scoring.entity_events import transaction_facts
from scoring.event_records import events_of, transaction_record
from scoring.feature_store import states_advance
from scoring.services.decision_rows import decision_rows, news_of
from scoring.services.judgements import judge_rows, surroundings_find
from scoring.services.replays import Answer, replays_find
from scoring.services.requests import ScoredTransaction, ScoreRequest, transaction_row
from transactions.choices import TransactionStatus
from transactions.incoming import IncomingRefused
from transactions.models import Transaction
from transactions.services.references import (
    References,
    references_forget,
    references_resolve,
)

logger = structlog.get_logger(__name__)

# A deadlock, a row gone from under a remembered id, or the same request twice at once: each is
# settled by looking again.
MAX_TRIES = 3
# PostgreSQL, appendix A. A deadlock ends one transaction so that another can go on.
FOREIGN_KEY_VIOLATION, DEADLOCK = "23503", "40P01"
STATUS_OF = {
    "approve": TransactionStatus.APPROVED,
    "review": TransactionStatus.HELD,
    "block_and_review": TransactionStatus.HELD,
    "decline": TransactionStatus.DECLINED,
}


@dataclass(frozen=True, slots=True)
class _Row:
    """A transaction about to be judged, and its place among the requests."""

    place: int
    transaction: Transaction
    references: References


def score_one(request: ScoreRequest, *, workspace_id: uuid.UUID, actor: Actor) -> Answer:
    """Judge one transaction; see `score_many`."""
    return score_many([request], workspace_id=workspace_id, actor=actor)[0]


def score_many(
    requests: Sequence[ScoreRequest], *, workspace_id: uuid.UUID, actor: Actor
) -> list[Answer]:
    """Judge transactions in the order given, and keep them with their decisions.

    Returns for each what was decided, or why it is refused; a refused one stops no other. What was
    answered before is answered the same again.
    """
    started_ns = time.perf_counter_ns()
    may_retry = not connection.in_atomic_block
    answers: dict[int, Answer] = {}
    # A single request is nearly always new, and finds out by the database's own constraint.
    if len(requests) > 1:
        answers = _answered_before(requests, workspace_id)
    tries_left = MAX_TRIES - 1
    while True:
        new = [place for place in range(len(requests)) if place not in answers]
        try:
            answers |= _score_new(requests, new, workspace_id, actor, started_ns)
            return [answers[place] for place in range(len(requests))]
        except IntegrityError as error:
            if not tries_left:
                raise
            # Not for the same request twice at once: every retry of a caller's would cost the
            # others what this process knows.
            if _code(error) == FOREIGN_KEY_VIOLATION:
                references_forget()
        except OperationalError as error:
            if not (tries_left and may_retry and _code(error) == DEADLOCK):
                raise
            logger.warning("score_deadlock", transactions=len(new))
        answered = len(answers)
        answers = _answered_before(requests, workspace_id)
        # What others settled meanwhile is less to do; only standing still uses up a try. A batch
        # loses such a race once for each of its payments that is posted elsewhere.
        tries_left -= len(answers) == answered


def _answered_before(
    requests: Sequence[ScoreRequest], workspace_id: uuid.UUID
) -> dict[int, Answer]:
    """Return answers from earlier requests, and refuse what one batch holds twice."""
    answers = replays_find(requests, workspace_id=workspace_id)
    seen: set[str] = set()
    for place, request in enumerate(requests):
        own_id = request.checked.told.transaction_id
        if own_id in seen and place not in answers:
            sentence = "This batch holds the same `transaction_id` further up."
            answers[place] = IncomingRefused("repeated_in_batch", sentence, "transaction_id")
        if own_id:
            seen.add(own_id)
    return answers


def _score_new(
    requests: Sequence[ScoreRequest],
    places: Sequence[int],
    workspace_id: uuid.UUID,
    actor: Actor,
    started_ns: int,
) -> dict[int, Answer]:
    if not places:
        return {}
    arrived_at = timezone.now()
    in_force = configuration()
    checked = [requests[place].checked for place in places]
    found = references_resolve(workspace_id=workspace_id, transactions=checked, actor=actor)
    answers: dict[int, Answer] = {}
    rows = []
    for place, references in zip(places, found, strict=True):
        if isinstance(references, IncomingRefused):
            answers[place] = references
            continue
        row = transaction_row(
            requests[place],
            references,
            workspace_id=workspace_id,
            rates=in_force.rates,
            arrived_at=arrived_at,
        )
        rows.append(_Row(place, row, references))
    return answers | _judge_and_keep(rows, in_force, started_ns)


def _judge_and_keep(
    rows: Sequence[_Row], in_force: Configuration, started_ns: int
) -> dict[int, Answer]:
    if not rows:
        return {}
    transactions = [row.transaction for row in rows]
    facts = [transaction_facts(row.transaction, _opened_at(row)) for row in rows]
    records = events_of(map(transaction_record, facts))
    with transaction.atomic():
        around = surroundings_find(transactions, facts, in_force)
        # From here on others wait for the same customers and merchants.
        applied = states_advance(records)
        judgements = judge_rows(transactions, facts, applied.features, around, in_force)
        for row, sequence, judgement in zip(
            transactions, applied.sequences, judgements, strict=True
        ):
            row.sequence = sequence
            row.status = STATUS_OF[judgement.verdict.decision]
        decisions = decision_rows(
            transactions, applied.features, judgements, in_force, started_ns=started_ns
        )
        events = events_prepare([news_of(decision) for decision in decisions])
        rows_insert(transactions, decisions, events)
    return {
        row.place: ScoredTransaction(row.transaction, decision)
        for row, decision in zip(rows, decisions, strict=True)
    }


def _opened_at(row: _Row) -> datetime | None:
    account = row.references.account
    return account.opened_at if account else None


def _code(error: DatabaseError) -> str | None:
    """Return what PostgreSQL calls an error."""
    return getattr(error.__cause__, "pgcode", None)
