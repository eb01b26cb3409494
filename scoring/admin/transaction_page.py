"""What the page of one transaction shows. No name, no whole id of a person, no whole address."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from scoring.admin.history import history_of
from scoring.choices import DecisionOutcome, ListKind, ListSubject, RuleEffect
from scoring.models import Decision
from scoring.review_reasons import ReviewReason
from scoring.services.reviews import review_state
from transactions.admin.masking import masked_address, masked_id, shown_counterparty
from transactions.choices import TransactionStatus
from transactions.models import Label, Transaction
from transactions.money import Money

# What a list leaves in the database: features alone are some 600 bytes a row.
NOT_LISTED = ("features", "factors", "rules", "rules_asked", "lists", "causes", "notes")
RECENT_LENGTH = 10
ACTS = (("release", "Release", "success"), ("refuse", "Refuse", "danger"))
LABEL_ACTS = (("fraud", "Label as fraud", "danger"), ("honest", "Label as honest", "success"))
# Those of rules that were worth keeping; the others did not hit.
OUTCOME_WORDS = {
    "hit": "Hit",
    "not_enough_data": "Not enough data",
    "error": "Error",
}

Facts = list[tuple[str, str]]


def transaction_context(
    shown: Transaction,
    factors: list[dict[str, Any]] | None,
    *,
    can_decide: bool,
    can_label: bool,
) -> dict[str, Any]:
    """Return the template context of one transaction's page.

    `factors` were computed just now, None to show those that the decision kept.
    """
    decision = getattr(shown, "decision", None)
    kept = decision.factors if decision is not None else None
    return {
        "transaction": _head(shown),
        "decision": _decision(decision) if decision is not None else None,
        "factors": _bars(factors if factors is not None else kept or []),
        "can_explain": _can_be_explained(decision) and factors is None and not kept,
        "facts": _facts(shown),
        "labels": [_label(label) for label in _labels(shown)],
        "recent": [_recent(row) for row in _others_of_customer(shown)],
        "timeline": history_of(shown),
        "acts": _acts(ACTS) if can_decide and shown.status == TransactionStatus.HELD else [],
        "label_acts": _acts(LABEL_ACTS) if can_label else [],
        "seen": review_state(shown),
        "decide_url": reverse("admin:transactions_transaction_decide", args=[shown.pk]),
        "label_url": reverse("admin:transactions_transaction_label", args=[shown.pk]),
    }


def money_of(shown: Transaction) -> str:
    """Return the amount for people."""
    return str(Money(shown.amount_minor, shown.currency))


def score_of(decision: Decision | None) -> str:
    """Return the score in per cent, empty where there is none."""
    if decision is None or decision.score is None:
        return ""
    return f"{decision.score:.1%}"


def _head(shown: Transaction) -> dict[str, Any]:
    return {
        "id": shown.pk,
        "reference": shown.reference,
        "status": shown.status,
        "status_label": shown.get_status_display(),
        "kind": shown.get_kind_display(),
        "amount": money_of(shown),
        "customer_ref": shown.customer.reference,
        "counterparty": shown_counterparty(shown.merchant),
        "occurred_at": shown.occurred_at,
        "external_id": shown.external_id,
    }


def _facts(shown: Transaction) -> Facts:
    account, card = shown.account, shown.card
    facts = [
        ("Kind", shown.get_kind_display()),
        ("Channel", shown.get_channel_display()),
        ("In reference currency", _reference_amount(shown)),
        ("Counterparty", shown_counterparty(shown.merchant)),
        ("Merchant category", f"{shown.mcc:04d}" if shown.mcc is not None else ""),
        ("Country", shown.country),
        ("Near", _place(shown)),
        ("Account", str(account) if account is not None else ""),
        ("Card", masked_id(card.token) if card is not None else ""),
        ("Device", masked_id(shown.device_reference)),
        ("Network", masked_address(shown.ip_address)),
        ("Happened", f"{shown.occurred_at:%-d %b %Y, %H:%M:%S} UTC"),
        ("Arrived", f"{shown.arrived_at:%-d %b %Y, %H:%M:%S} UTC"),
    ]
    return [(label, value) for label, value in facts if value]


def _reference_amount(shown: Transaction) -> str:
    cents = shown.amount_reference_minor
    if cents is None:
        return "no rate known"
    return "" if shown.currency == "EUR" else f"{cents / 100:,.2f} EUR"


def _place(shown: Transaction) -> str:
    """Return the place to a tenth of a degree, some 10 km: enough to see a journey."""
    if shown.latitude is None or shown.longitude is None:
        return ""
    return f"{shown.latitude:.1f}°, {shown.longitude:.1f}°"


def _decision(decision: Decision) -> dict[str, Any]:
    model = decision.model
    return {
        "outcome": decision.outcome,
        "outcome_label": decision.get_outcome_display(),
        "risk_level": decision.risk_level,
        "risk_label": decision.get_risk_level_display(),
        "score": decision.score,
        "percent": score_of(decision),
        "is_fraud": decision.is_fraud,
        "is_holdout": decision.is_holdout,
        "causes": decision.causes,
        "notes": decision.notes,
        "on_trial": _on_trial(decision),
        "rules": [_rule(entry) for entry in decision.rules],
        "rules_asked": len(decision.rules_asked),
        "lists": [_list(entry) for entry in decision.lists],
        "model_version": str(model) if model is not None else "",
        "is_demo": model is not None and model.is_demo,
        "policy_version": decision.policy_version,
        "milliseconds": decision.processing_time_us / 1000,
        "decided_at": decision.decided_at,
    }


def _on_trial(decision: Decision) -> str:
    """Return what rules on trial would have made of it, where that is something else."""
    if decision.shadow_outcome in {"", decision.outcome}:
        return ""
    return str(DecisionOutcome(decision.shadow_outcome).label)


def _rule(entry: dict[str, Any]) -> dict[str, Any]:
    reference = entry["rule"]
    rule_id, _, number = reference.rpartition("@")
    return {
        "reference": reference,
        "url": reverse("admin:scoring_rule_version", args=[rule_id, number]),
        "outcome": entry["outcome"],
        "outcome_label": OUTCOME_WORDS[entry["outcome"]],
        "effect": RuleEffect(entry["effect"]).label,
        "is_on_trial": entry["is_on_trial"],
        "is_snoozed": entry["is_snoozed"],
    }


def _list(entry: dict[str, str]) -> dict[str, str]:
    return {
        "list_id": entry["list_id"],
        "kind": str(ListKind(entry["kind"]).label),
        "subject": str(ListSubject(entry["subject"]).label),
    }


def _can_be_explained(decision: Decision | None) -> bool:
    return decision is not None and decision.model_id is not None and decision.score is not None


def _bars(factors: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return factors with the length of their bars, of 100, against the strongest one."""
    rows = [(factor, float(factor["contribution"])) for factor in factors]
    longest = max((abs(value) for _, value in rows), default=0.0) or 1.0
    return [
        {
            "code": factor["code"],
            "text": factor["text"],
            "magnitude": abs(value),
            "is_raising": value > 0,
            "length": max(1, round(100 * abs(value) / longest)),
        }
        for factor, value in rows
    ]


def _labels(shown: Transaction) -> QuerySet[Label]:
    return shown.labels.order_by("-known_at", "-id")


def _label(label: Label) -> dict[str, Any]:
    reasons = dict(ReviewReason.choices)
    return {
        "is_fraud": label.is_fraud,
        "source": label.get_source_display(),
        "reason": reasons.get(label.reason_code, label.reason_code),
        "known_at": label.known_at,
    }


def _others_of_customer(shown: Transaction) -> QuerySet[Transaction]:
    return (
        Transaction.objects.filter(customer_id=shown.customer_id)
        .exclude(pk=shown.pk)
        .select_related("merchant", "decision")
        .defer(*(f"decision__{name}" for name in NOT_LISTED))
        .order_by("-occurred_at")[:RECENT_LENGTH]
    )


def _recent(row: Transaction) -> dict[str, Any]:
    decision = getattr(row, "decision", None)
    return {
        "url": reverse("admin:transactions_transaction_change", args=[row.pk]),
        "reference": row.reference,
        "occurred_at": row.occurred_at,
        "kind": row.get_kind_display(),
        "amount": money_of(row),
        "counterparty": shown_counterparty(row.merchant),
        "status": row.status,
        "status_label": row.get_status_display(),
        "score": score_of(decision),
    }


def _acts(acts: Iterable[tuple[str, str, str]]) -> list[dict[str, Any]]:
    return [
        {"name": name, "label": label, "tone": tone, "reasons": ReviewReason.of_act(name)}
        for name, label, tone in acts
    ]
