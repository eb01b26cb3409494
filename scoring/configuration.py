"""What decides in this process: champion, rules, lists and policy, looked up every two seconds.

Promotion, a rule made active, an entry on a list: all are rows in the database, and every process
acts on them within `REFRESH_S`, when it next scores.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import structlog
from django.conf import settings
from django.utils import timezone

from scoring.choices import RuleStatus
from scoring.decision import Policy, ScoreProblem
from scoring.judging import Judge, RuleWords
from scoring.models import EntityList, ListEntry, RuleSnooze, RuleVersion
from scoring.registry import Champion, champion_look_up
from scoring.rule_names import rule_schema
from scoring.rules import Effect, Rule, RuleRefused, RuleSet
from transactions.money import ReferenceRates
from transactions.services.reference_rates import rates_of_settings

logger = structlog.get_logger(__name__)

# "On every process within 5 s", with room for a slow disk.
REFRESH_S = 2.0
PROBLEM_OF = {
    "no_model": ScoreProblem.NO_MODEL,
    "schema_mismatch": ScoreProblem.SCHEMA_MISMATCH,
}


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything that decides, as it was when it was looked up.

    Attributes
    ----------
    judge : Judge
        The champion, the rules that act and those on trial, and the policy.
    policy_version : str
        Of the judge's policy.
    list_ends : mapping of str to datetime
        Until when lists are good, of those that run out.
    """

    champion: Champion
    judge: Judge
    policy_version: str
    list_ends: Mapping[str, datetime]
    has_list_entries: bool
    has_snoozes: bool
    rates: ReferenceRates

    def expired_lists(self, now: datetime) -> tuple[str, ...]:
        """Return the lists whose time is over."""
        return tuple(name for name, end in self.list_ends.items() if end <= now)


class _Holder:
    """The configuration this process last saw, and when it looked."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._current: Configuration | None = None
        self._looked_at = 0.0

    def current(self) -> Configuration:
        """Return a configuration looked up at most `REFRESH_S` ago.

        One thread looks while the others go on with what is there; only the first look is waited
        for.
        """
        current = self._current
        if current is not None and time.monotonic() - self._looked_at < REFRESH_S:
            return current
        if not self._lock.acquire(blocking=current is None):
            return current or self.current()
        try:
            return self._refresh()
        finally:
            self._lock.release()

    def forget(self) -> None:
        """Look again at the next call."""
        self._looked_at = 0.0

    def _refresh(self) -> Configuration:
        if self._current is None or time.monotonic() - self._looked_at >= REFRESH_S:
            looked_at = time.monotonic()
            champion = self._current.champion if self._current else Champion()
            self._current = _look_up(champion)
            self._looked_at = looked_at
        return self._current


_holder = _Holder()
configuration = _holder.current
configuration_forget = _holder.forget


def policy_of_settings() -> Policy:
    """Return the policy that the settings describe."""
    return Policy(
        fraud_threshold=settings.FRAUD_THRESHOLD,
        review_from=settings.REVIEW_FROM,
        block_from=settings.BLOCK_FROM,
        decline_from=settings.DECLINE_FROM,
        holdout_share=settings.HOLDOUT_SHARE,
        holdout_max_minor=settings.HOLDOUT_MAX_AMOUNT_MINOR,
    )


def _look_up(current: Champion) -> Configuration:
    champion = champion_look_up(current)
    judge = _judge(champion)
    ends = EntityList.objects.filter(valid_until__isnull=False).values_list("pk", "valid_until")
    return Configuration(
        champion=champion,
        judge=judge,
        policy_version=judge.policy.version,
        list_ends={name: end for name, end in ends if end is not None},
        has_list_entries=ListEntry.objects.exists(),
        has_snoozes=RuleSnooze.objects.filter(until__gt=timezone.now()).exists(),
        rates=rates_of_settings(),
    )


def _judge(champion: Champion) -> Judge:
    in_force = RuleVersion.objects.filter(status__in=[RuleStatus.ACTIVE, RuleStatus.SHADOW])
    versions = list(in_force.order_by("rule_id", "number"))
    compiled = {version.pk: _compiled(version) for version in versions}
    return Judge(
        model=champion.model,
        problem=PROBLEM_OF.get(champion.trouble, ScoreProblem.MODEL_ERROR),
        policy=policy_of_settings(),
        rules=_rule_set(versions, compiled, RuleStatus.ACTIVE),
        shadow_rules=_rule_set(versions, compiled, RuleStatus.SHADOW),
        words={str(one): RuleWords(Effect(one.effect), one.sentence) for one in versions},
        broken_rules=tuple(
            str(one)
            for one in versions
            if compiled[one.pk] is None and one.status == RuleStatus.ACTIVE
        ),
        is_demo=champion.row is not None and champion.row.is_demo,
    )


@lru_cache(maxsize=1_024)
def _rule(rule_id: str, number: int, expression: str) -> Rule:
    """Return a rule, parsed once: at each look nearly all are as they were two seconds before."""
    return Rule.of(rule_id, number, expression, rule_schema())


def _compiled(version: RuleVersion) -> Rule | None:
    try:
        return _rule(version.rule_id, version.number, version.expression)
    except RuleRefused:
        logger.exception("rule_unreadable", rule=str(version))
        return None


def _rule_set(
    versions: list[RuleVersion], compiled: Mapping[int, Rule | None], status: RuleStatus
) -> RuleSet:
    rules = (compiled[version.pk] for version in versions if version.status == status)
    return RuleSet(rule for rule in rules if rule is not None)
