"""The rows of drawn cases: alerts, decisions, moves, events, notes and judged payments, by COPY."""

from __future__ import annotations

import json
import os
import uuid
from datetime import datetime
from typing import Any

import polars as pl

from bench.cases_verifications import keys_of, sealed, verifications_write
from cases.choices import HELD_BY_ANALYST, AlertSource, CaseStatus, DecisionLabel
from cases.decision_reasons import DecisionReason
from cases.models import Alert, Case, CaseDecision, CaseEvent, Note
from fraudsite.core.models import StatusChange, Workspace
from scoring.models import Decision
from transactions.services.bulk_ids import random_uuids
from transactions.services.copying import rows_copy

NOTED_SHARE = 0.3
NOTE = b"Called the customer: they know the payee and sent the invoice. Waiting for the bank."
# What a packed vector of 153 features takes.
FEATURES = "\\x" + os.urandom(612).hex()
FACTORS = json.dumps(
    [
        {"code": f"factor_{nth}", "text": "Unlike earlier payments.", "contribution": 0.3 / nth}
        for nth in (1, 2, 3, 4, 5)
    ]
)
BATCH = 50_000
TEXT = "Unlike what this customer did before."


def rows_write(cases: pl.DataFrame, alerts: pl.DataFrame, senior_id: str, now: datetime) -> None:
    """Write the rows of all tables; `cases` and `alerts` as `cases_plan` draws them."""
    verifications_write(cases.filter("about_verification"))
    rows_copy(Case, _cases(cases, now))
    rows_copy(CaseDecision, _decisions(cases, alerts, senior_id))
    rows_copy(Alert, _alerts(alerts))
    judged = alerts.filter(pl.col("transaction_id").is_not_null())
    for part in judged.iter_slices(BATCH):
        rows_copy(Decision, _judgements(part))
    rows_copy(CaseEvent, _events(cases, alerts))
    rows_copy(StatusChange, _moves(cases))
    rows_copy(Note, _notes(cases))


def _cases(cases: pl.DataFrame, now: datetime) -> pl.DataFrame:
    is_held = pl.col("status").is_in([str(status) for status in HELD_BY_ANALYST])
    is_open = pl.col("status") == str(CaseStatus.OPEN)
    is_taken = ~is_open & (pl.col("status") != str(CaseStatus.SUSPENDED))
    return cases.select(
        *("id", "customer_id", "queue_id", "severity", "priority", "priority_parts", "score"),
        *("amount_minor", "alerts_count", "second_look_policy", "second_look_reason", "label"),
        *("status", "opened_at", "suspended_at", "suspended_until", "warn_at", "due_at"),
        *("warned_at", "breached_at", "closed_at"),
        reasons=_in_json("", "reason", ""),
        is_asked_by_customer=pl.col("queue_id") == "human_review",
        claimed_by_id=pl.when(is_taken).then("analyst_id"),
        claimed_at=pl.when(is_taken).then("opened_at"),
        # So that nobody's is released while it is measured.
        active_at=pl.when(is_held).then(pl.lit(now)),
        priority_due_at=pl.when(is_open).then("due_at"),
        workspace_id=pl.lit(str(Workspace.objects.live().pk)),
        updated_at="ended_at",
    )


def _decisions(cases: pl.DataFrame, alerts: pl.DataFrame, senior_id: str) -> pl.DataFrame:
    """Return a decision of each case that is closed or waits for a second person."""
    is_closed = pl.col("closed_at").is_not_null()
    waits = pl.col("status") == str(CaseStatus.PENDING_APPROVAL)
    reason_of = {label: DecisionReason.of_label(label)[0][0] for label in DecisionLabel.values}
    label = pl.when(is_closed).then("label").otherwise(pl.lit(str(DecisionLabel.FALSE_POSITIVE)))
    status = pl.when(is_closed).then(pl.lit("applied")).otherwise(pl.lit("awaiting_approval"))
    is_looked_at = is_closed & (pl.col("second_look_reason") != "")
    covers = alerts.group_by("number").agg(pl.col("alert_id").str.join('", "'))
    return (
        cases.filter(is_closed | waits)
        .join(covers, on="number", how="left", maintain_order="left")
        .select(
            "second_look_reason",
            id="decision_id",
            case_id="id",
            decided_by_id="analyst_id",
            approved_by_id=pl.when(is_looked_at).then(pl.lit(senior_id)),
            label=label,
            reason=label.replace_strict(reason_of),
            effects=pl.lit("[]"),
            covers=_in_json("", "alert_id", ""),
            status=status,
            created_at="ended_at",
            takes_effect_at="closed_at",
            ended_at="closed_at",
        )
    )


def _alerts(alerts: pl.DataFrame) -> pl.DataFrame:
    is_closed = pl.col("closed_at").is_not_null()
    about_payment = pl.col("transaction_id").is_not_null()
    verification, payment = map(
        pl.lit, map(str, (AlertSource.VERIFICATION, AlertSource.TRANSACTION))
    )
    return alerts.select(
        *("verification_id", "transaction_id", "queue_id", "reason", "severity", "score"),
        "amount_minor",
        id="alert_id",
        case_id="id",
        source=pl.when(about_payment).then(payment).otherwise(verification),
        source_id=pl.coalesce("transaction_id", "verification_id"),
        decision_id=pl.when(is_closed).then("decision_id"),
        reasons=_causes(),
        settlement=pl.when(is_closed).then(pl.lit("decided")).otherwise(pl.lit("")),
        raised_at="opened_at",
        settled_at="closed_at",
    )


def _judgements(alerts: pl.DataFrame) -> pl.DataFrame:
    return alerts.select(
        "transaction_id",
        "score",
        id=random_uuids(len(alerts)),
        outcome=pl.lit("review"),
        risk_level=pl.lit("high"),
        is_fraud=pl.lit(value=True),
        shadow_outcome=pl.lit("review"),
        causes=_causes(),
        notes=pl.lit("[]"),
        factors=pl.lit(FACTORS),
        rules_asked=_in_json("", "reason", "@3"),
        rules=pl.lit("[]"),
        lists=pl.lit("[]"),
        features=pl.lit(FEATURES),
        schema_hash=pl.lit("0" * 64),
        policy_version=pl.lit("bench"),
        processing_time_us=900,
        decided_at="opened_at",
    )


def _events(cases: pl.DataFrame, alerts: pl.DataFrame) -> pl.DataFrame:
    """Return what happened to the cases: alerts merged, decided, in effect."""
    closed = cases.filter(pl.col("closed_at").is_not_null())
    decided = pl.concat_str(
        pl.lit('{"decision_id": "'), "decision_id", pl.lit('", "label": "'), "label", pl.lit('"}')
    )
    merged = pl.concat_str(pl.lit('{"alert_id": "'), "alert_id", pl.lit('"}'))
    return pl.concat(
        [
            _happened(alerts, "alert_merged", merged, "opened_at", None),
            _happened(closed, "decided", decided, "closed_at", "analyst_id"),
            _happened(closed, "decision_applied", decided, "closed_at", "analyst_id"),
        ]
    )


def _happened(
    rows: pl.DataFrame, kind: str, details: pl.Expr, at: str, analyst: str | None
) -> pl.DataFrame:
    return rows.select(
        case_id="id", kind=pl.lit(kind), details=details, occurred_at=at, **_actor(analyst)
    )


def _moves(cases: pl.DataFrame) -> pl.DataFrame:
    """Return the moves of the cases that were ever taken, and of their ends."""
    taken = cases.filter(~pl.col("status").is_in(["open", "suspended"]))
    begun = taken.filter(pl.col("status") != "claimed")
    closed = taken.filter(pl.col("closed_at").is_not_null())
    return pl.concat(
        [
            _moved(taken, "open", "claimed", "opened_at"),
            _moved(begun, "claimed", "investigating", "ended_at"),
            _moved(closed, "investigating", "closed", "ended_at"),
        ]
    )


def _moved(rows: pl.DataFrame, old: str, new: str, at: str) -> pl.DataFrame:
    return rows.select(
        target_type=pl.lit("cases.case"),
        # As text, with its hyphens: what every page asks for.
        target_id=pl.Series([str(uuid.UUID(key)) for key in rows["id"]], dtype=pl.String),
        from_status=pl.lit(old),
        to_status=pl.lit(new),
        details=pl.lit("{}"),
        occurred_at=at,
        **_actor("analyst_id"),
    )


def _notes(cases: pl.DataFrame) -> pl.DataFrame:
    """Return notes on some of the cases, sealed as the product seals them."""
    noted = cases.sample(fraction=NOTED_SHARE, seed=10)
    keys = keys_of(noted["customer_id"].unique().to_list())
    ids = [uuid.UUID(text) for text in random_uuids(len(noted))]
    texts = [
        sealed(keys[owner], NOTE, f"note:{key}:text")
        for key, owner in zip(ids, noted["customer_id"], strict=True)
    ]
    return noted.select(
        id=pl.Series([str(key) for key in ids]),
        case_id="id",
        author_id="analyst_id",
        text_sealed=pl.Series(texts),
        created_at="ended_at",
    )


def _actor(analyst: str | None) -> dict[str, Any]:
    if analyst is None:
        return {name: pl.lit(value) for name, value in SYSTEM.items()}
    words = {"actor_kind": pl.lit("user"), "actor_label": pl.lit("analyst")}
    return {**words, "actor_id": pl.col(analyst)}


SYSTEM = {"actor_kind": "system", "actor_label": "alerts", "actor_id": "alerts"}


def _causes() -> pl.Expr:
    return pl.concat_str(pl.lit('[{"code": "'), "reason", pl.lit(f'@3", "text": "{TEXT}"}}]'))


def _in_json(before: str, column: str, after: str) -> pl.Expr:
    """Return a list of one text, or of several joined by quotes and commas."""
    return pl.concat_str(pl.lit(f'["{before}'), column, pl.lit(f'{after}"]'))
