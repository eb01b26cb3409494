"""The rules that are shipped, installed as what is in force until somebody changes them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from fraudsite.core.actors import Actor
from fraudsite.core.services.audit import audit_record
from scoring.choices import RuleStatus
from scoring.models import Rule, RuleVersion
from scoring.rules import STARTER_RULES, StarterRule
from scoring.services.lists import lists_install
from scoring.services.rule_texts import RuleText, text_checked
from scoring.services.rules import activate, version_move

ACTOR = Actor.system("load_starter_rules")


@dataclass(frozen=True, slots=True)
class Installed:
    """What was not there before, by id."""

    rules: tuple[str, ...]
    lists: tuple[str, ...]


def starter_rules_install(*, is_dry_run: bool = False) -> Installed:
    """Install the shipped rules and lists that are not there; the others are left as they are.

    A shipped rule begins active, without an author: nobody here wrote it, so anybody here may
    replace it. Raises `kyc.refusals.Refusal` when one does not fit the features of this version.
    """
    there = set(Rule.objects.values_list("pk", flat=True))
    missing = [starter for starter in STARTER_RULES if starter.id not in there]
    for starter in missing:
        text_checked(_text(starter))
    with transaction.atomic():
        lists = lists_install(actor=ACTOR, is_dry_run=is_dry_run)
        if not is_dry_run:
            for starter in missing:
                _install(starter)
    return Installed(tuple(starter.id for starter in missing), tuple(lists))


def _install(starter: StarterRule) -> None:
    text = _text(starter)
    rule = Rule.objects.create(pk=starter.id, title=starter.title)
    version = RuleVersion.objects.create(
        rule=rule,
        number=1,
        expression=text.expression,
        effect=text.effect,
        sentence=text.sentence,
    )
    audit_record(actor=ACTOR, action="rule.installed", target=rule)
    version_move(version, RuleStatus.SHADOW, ACTOR, reason_code="shipped")
    activate(version, actor=ACTOR, user=None)


def _text(starter: StarterRule) -> RuleText:
    return RuleText(starter.expression, starter.effect.value, starter.sentence)
