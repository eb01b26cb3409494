"""Which cases an installation of some years has: their kinds, states, ages and weights, drawn.

Knows no database: payments go in, one frame of cases and one of their alerts come out.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from cases.choices import CaseStatus, DecisionLabel, QueueName
from cases.priority import PriorityInputs, prioritise, waiting_share
from transactions.services.bulk_ids import random_uuids

# A guess at a mid-sized site; what matters is that no queue, state or age is missing.
QUEUE_SHARES = {
    QueueName.PAYMENTS: 0.55,
    QueueName.ONBOARDING: 0.27,
    QueueName.ESCALATIONS: 0.08,
    QueueName.HUMAN_REVIEW: 0.06,
    QueueName.SCREENING: 0.04,
}
UNCLOSED_SHARES = {
    CaseStatus.OPEN: 0.93,
    CaseStatus.SUSPENDED: 0.05,
    CaseStatus.INVESTIGATING: 0.008,
    CaseStatus.CLAIMED: 0.006,
    CaseStatus.PENDING_APPROVAL: 0.006,
}
LABEL_SHARES = {
    DecisionLabel.FALSE_POSITIVE: 0.7,
    DecisionLabel.CONFIRMED_FRAUD: 0.15,
    DecisionLabel.VALUABLE_ALERT: 0.1,
    DecisionLabel.INCONCLUSIVE: 0.05,
}
SEVERITY_SHARES = {1: 0.35, 2: 0.4, 3: 0.2, 4: 0.05}
# Of the cases of a customer, each has up to two alerts about payments of its own.
ALERTS_EACH, TWO_ALERTS_SHARE = 2, 0.3
SECOND_LOOK_SHARE = 0.03
WAITING_DAYS_MEAN, OLDEST_DAYS = 4.0, 540.0
CLOSED_AFTER_HOURS_MEAN = 6.0
REASONS = ("rule.velocity", "rule.new_payee", "model.score", "rule.amount_jump", "list.watched")

Numbers = npt.NDArray[np.int64]
Days = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Extent:
    """How much there is: cases, how many of them are not closed, and what they are about."""

    cases: int = 200_000
    unclosed: int = 40_000
    transactions: int = 2_000_000
    users: int = 50_000


@dataclass(frozen=True, slots=True)
class QueueTerms:
    """What of a queue goes into its cases."""

    sla: timedelta
    second_look_policy: str


def cases_drawn(
    customer_ids: Sequence[str],
    analyst_ids: Sequence[str],
    extent: Extent,
    terms: dict[str, QueueTerms],
    now: datetime,
) -> pl.DataFrame:
    """Return the cases, numbered from 0; a customer's first one is their newest.

    Parameters
    ----------
    customer_ids : sequence of str
        Who has cases, all equally often; at least `extent.unclosed`, as each has one open case.
    analyst_ids : sequence of str
        Who takes them in turn.
    terms : mapping of str to QueueTerms
    now : datetime
    """
    rng = np.random.default_rng(7)
    numbers = np.arange(extent.cases)
    is_closed = numbers >= extent.unclosed
    queues = _chosen(rng, QUEUE_SHARES, extent.cases)
    status = np.where(is_closed, CaseStatus.CLOSED, _chosen(rng, UNCLOSED_SHARES, extent.cases))
    days, took_days = _days(rng, is_closed)
    cases = pl.DataFrame(
        {
            "number": numbers,
            "place": numbers // len(customer_ids),
            "customer_id": [customer_ids[at] for at in numbers % len(customer_ids)],
            "analyst_id": [analyst_ids[at] for at in numbers % len(analyst_ids)],
            "queue_id": queues,
            "status": status,
            "opened_at": _before(now, days),
            "ended_at": _before(now, days - took_days),
            "severity": _chosen(rng, SEVERITY_SHARES, extent.cases),
            "score": rng.beta(2.0, 3.0, extent.cases).round(4),
            "label": np.where(is_closed, _chosen(rng, LABEL_SHARES, extent.cases), ""),
            "reason": _chosen(rng, dict.fromkeys(REASONS, 1 / len(REASONS)), extent.cases),
            "about_verification": _is_about_verification(rng, queues),
            "has_two_alerts": rng.random(extent.cases) < TWO_ALERTS_SHARE,
            "is_sampled": rng.random(extent.cases) < SECOND_LOOK_SHARE,
            "id": uuid7s(rng, _milliseconds(now, days)),
            "decision_id": uuid7s(rng, _milliseconds(now, days - took_days)),
            "verification_id": random_uuids(extent.cases),
        }
    )
    return cases.with_columns(
        *_times(terms, now),
        pl.when("about_verification").then("verification_id").alias("verification_id"),
        _second_look().alias("second_look_reason"),
    )


def alerts_drawn(cases: pl.DataFrame, payments: pl.DataFrame) -> pl.DataFrame:
    """Return the alerts of the cases: about a verification, or about one or two payments each.

    `payments` holds `transaction_id`, `customer_id`, `amount_minor` and `place`, 0, 1, … of each
    customer: the n-th case takes the places 2n and 2n + 1.
    """
    about_payment = ~pl.col("about_verification")
    second = cases.filter("has_two_alerts", about_payment)
    alerts = pl.concat([cases.with_columns(nth=0), second.with_columns(nth=1)]).with_columns(
        payment_place=pl.when(about_payment).then(pl.col("place") * ALERTS_EACH + pl.col("nth"))
    )
    found = alerts.join(
        payments.rename({"place": "payment_place"}),
        on=["customer_id", "payment_place"],
        how="left",
        maintain_order="left",
    )
    moments = found["opened_at"].dt.epoch("ms").to_numpy()
    return found.with_columns(
        pl.col("amount_minor").fill_null(0), alert_id=uuid7s(np.random.default_rng(9), moments)
    )


def weighed(cases: pl.DataFrame, alerts: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """Return the cases with what their alerts add up to, and their priority as it is judged."""
    sums = alerts.group_by("number").agg(pl.col("amount_minor").sum(), alerts_count=pl.len())
    summed = cases.join(sums, on="number", how="left", maintain_order="left")
    columns = ("amount_minor", "score", "severity", "opened_at", "due_at", "queue_id")
    judged = [prioritise(_inputs(row, now)) for row in summed.select(columns).iter_rows(named=True)]
    return summed.with_columns(
        priority=pl.Series([one.value for one in judged]),
        priority_parts=pl.Series(
            [json.dumps([asdict(part) for part in one.parts]) for one in judged]
        ),
    )


def uuid7s(rng: np.random.Generator, milliseconds: Numbers) -> pl.Series:
    """Return UUIDs version 7 of these Unix times as 32 hexadecimal digits."""
    words = np.empty((len(milliseconds), 2), dtype=">u8")
    noise = rng.integers(0, 1 << 62, (2, len(milliseconds)), dtype=np.uint64)
    low_12 = noise[0] & np.uint64(0xFFF)
    words[:, 0] = (milliseconds.astype(np.uint64) << np.uint64(16)) | np.uint64(0x7000) | low_12
    words[:, 1] = np.uint64(1 << 63) | noise[1]
    digits = words.tobytes().hex()
    return pl.Series([digits[at : at + 32] for at in range(0, len(digits), 32)])


def _inputs(row: dict[str, Any], now: datetime) -> PriorityInputs:
    return PriorityInputs(
        amount_minor=row["amount_minor"],
        score=row["score"],
        severity=row["severity"],
        waiting_share=waiting_share(row["opened_at"], row["due_at"], now),
        is_asked_by_customer=row["queue_id"] == QueueName.HUMAN_REVIEW,
        customer_age_days=400.0,
    )


def _chosen(rng: np.random.Generator, shares: dict[Any, float], count: int) -> npt.NDArray[Any]:
    values = np.array([value if isinstance(value, int) else str(value) for value in shares])
    chosen: npt.NDArray[Any] = rng.choice(values, count, p=list(shares.values()))
    return chosen


def _is_about_verification(
    rng: np.random.Generator, queues: npt.NDArray[Any]
) -> npt.NDArray[np.bool_]:
    asked = (queues == QueueName.HUMAN_REVIEW) & (rng.random(len(queues)) < 0.5)
    about: npt.NDArray[np.bool_] = (queues == QueueName.ONBOARDING) | asked
    return about


def _before(now: datetime, days: Days) -> pl.Series:
    moments = np.datetime64(now.replace(tzinfo=None), "us") - (days * 86_400e6).astype("m8[us]")
    return pl.Series(moments).dt.replace_time_zone("UTC")


def _milliseconds(now: datetime, days: Days) -> Numbers:
    moments: Numbers = (now.timestamp() * 1000 - days * 86_400e3).astype(np.int64)
    return moments


def _days(rng: np.random.Generator, is_closed: npt.NDArray[np.bool_]) -> tuple[Days, Days]:
    """Return how long ago each was opened, and how long it took."""
    waiting = np.minimum(0.001 + rng.exponential(WAITING_DAYS_MEAN, len(is_closed)), 60.0)
    ago = np.where(is_closed, rng.uniform(3.0, OLDEST_DAYS, len(is_closed)), waiting)
    took = rng.exponential(CLOSED_AFTER_HOURS_MEAN / 24, len(is_closed))
    return ago, np.minimum(took, ago)


def _second_look() -> pl.Expr:
    """Return why two people must agree: those that wait for the second were drawn for it."""
    is_asked = pl.col("is_sampled") | (pl.col("status") == str(CaseStatus.PENDING_APPROVAL))
    return pl.when(is_asked).then(pl.lit("sample")).otherwise(pl.lit(""))


def _times(terms: dict[str, QueueTerms], now: datetime) -> list[pl.Expr]:
    """Return deadline, warning and what came of both; who is suspended is so since yesterday."""
    due = pl.col("opened_at") + _of_queue({name: one.sla for name, one in terms.items()})
    warn = pl.col("opened_at") + _of_queue({name: one.sla * 0.75 for name, one in terms.items()})
    is_closed = pl.col("status") == str(CaseStatus.CLOSED)
    until = pl.when(is_closed).then(pl.col("ended_at")).otherwise(pl.lit(now))
    is_suspended = pl.col("status") == str(CaseStatus.SUSPENDED)
    policies = {name: one.second_look_policy for name, one in terms.items()}
    return [
        due.alias("due_at"),
        warn.alias("warn_at"),
        pl.when(warn < until).then(warn).alias("warned_at"),
        pl.when(due < until).then(due).alias("breached_at"),
        pl.when(is_closed).then("ended_at").alias("closed_at"),
        pl.when(is_suspended).then(pl.lit(now - timedelta(days=1))).alias("suspended_at"),
        pl.when(is_suspended).then(pl.lit(now + timedelta(days=6))).alias("suspended_until"),
        _of_queue(policies).alias("second_look_policy"),
    ]


def _of_queue(values: dict[str, Any]) -> pl.Expr:
    return pl.col("queue_id").replace_strict(values)
