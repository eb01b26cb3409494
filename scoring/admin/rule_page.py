"""What the pages of a rule and of one of its versions show."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from fraudsite.core.models import User
from scoring.admin.history import history_of
from scoring.choices import RuleStatus
from scoring.models import Rule, RuleVersion
from scoring.services.rule_backtests import BACKTEST_WORDS
from scoring.services.rules import version_state

S = RuleStatus


def rule_context(rule: Rule, viewer: User) -> dict[str, Any]:
    """Return the template context of a rule's page: its versions, newest first."""
    versions = list(rule.versions.select_related("rule").order_by("-number"))
    drafts = [version for version in versions if version.status == S.DRAFT]
    can_change = viewer.has_perm("scoring.change_rule")
    return {
        "rule": rule,
        "versions": [_row(version) for version in versions],
        "draft_url": reverse("admin:scoring_rule_draft", args=[rule.pk])
        if can_change and not drafts
        else "",
        "can_change": can_change,
    }


def version_context(version: RuleVersion, viewer: User) -> dict[str, Any]:
    """Return the template context of one version's page."""
    return {
        "version": version,
        "row": _row(version),
        "rule_url": reverse("admin:scoring_rule_change", args=[version.rule_id]),
        "author": _role_of(version.created_by) or "shipped with the product",
        "activated_by": _role_of(version.activated_by),
        "backtest": backtest_rows(version),
        "days": _days(version),
        "seen": version_state(version),
        "acts": list(_acts(version, viewer)),
        "edit_url": _url("edit", version) if _may_edit(version, viewer) else "",
        "timeline": history_of(version),
    }


def backtest_rows(version: RuleVersion) -> list[tuple[str, Any]]:
    """Return the figures of the last backtest with their words."""
    result = version.backtest or {}
    return [(words, result[name]) for name, words in BACKTEST_WORDS if name in result]


def _row(version: RuleVersion) -> dict[str, Any]:
    result = version.backtest or {}
    return {
        "reference": str(version),
        "url": reverse("admin:scoring_rule_version", args=[version.rule_id, version.number]),
        "status": version.status,
        "status_label": version.get_status_display(),
        "effect": version.get_effect_display(),
        "expression": version.expression,
        "sentence": version.sentence,
        "created_at": version.created_at,
        "matched": result.get("matched"),
        "evaluated": result.get("evaluated"),
        "backtested_at": version.backtested_at,
    }


def _role_of(user: User | None) -> str:
    """Return a colleague by role and address: who wrote a rule is no secret among staff."""
    return f"{user.email} ({user.get_role_display()})" if user is not None else ""


def _days(version: RuleVersion) -> list[dict[str, Any]]:
    """Return hits by day with the length of their bars, of 100."""
    days = (version.backtest or {}).get("by_day") or {}
    longest = max((entry["matched"] for entry in days.values()), default=0) or 1
    return [
        {"day": day, **entry, "length": round(100 * entry["matched"] / longest)}
        for day, entry in sorted(days.items())
    ]


def _may_edit(version: RuleVersion, viewer: User) -> bool:
    return version.status == S.DRAFT and viewer.has_perm("scoring.change_rule")


def _acts(version: RuleVersion, viewer: User) -> Iterator[dict[str, str]]:
    """Yield the buttons that make sense now, each with what it will do."""
    if not viewer.has_perm("scoring.change_rule"):
        return
    permits = RuleVersion.transitions.permits
    if version.status != S.RETIRED:
        yield _act(
            "backtest", "Backtest", "info", "Look at the decisions of the last 30 days.", version
        )
    if permits(version.status, S.SHADOW):
        words = "Hits are recorded from now on and do not act."
        words = words if version.backtest is not None else "Needs a backtest of this text first."
        yield _act("shadow", "Put in shadow", "warning", words, version)
    if permits(version.status, S.ACTIVE):
        yield _act(
            "activate", "Make active", "success", _activation_words(version, viewer), version
        )
    if permits(version.status, S.RETIRED):
        words = "For good: it neither acts nor watches any more."
        yield _act("retire", "Retire", "danger", words, version)


def _activation_words(version: RuleVersion, viewer: User) -> str:
    if version.created_by_id == viewer.pk:
        return "You wrote this version; a second person makes it active."
    return "Hits act from now on; the version that is active now is retired at the same moment."


def _act(name: str, label: str, tone: str, words: str, version: RuleVersion) -> dict[str, str]:
    return {
        "name": name,
        "label": label,
        "tone": tone,
        "words": words,
        "url": _url(name, version),
    }


def _url(name: str, version: RuleVersion) -> str:
    return reverse(f"admin:scoring_rule_{name}", args=[version.rule_id, version.number])
