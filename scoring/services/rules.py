"""A rule's life: drafted, backtested, in shadow, made active by a second person, retired.

Whoever presses a button saw a page; `seen` is `version_state` as it was on that page, and a
version that has moved on since is left alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import transaction
from django.utils import timezone

from fraudsite.core.actors import Actor
from fraudsite.core.models import User
from fraudsite.core.services.audit import audit_record
from fraudsite.core.transitions import TransitionRefused, move
from kyc.refusals import ChangedElsewhere, Refusal
from scoring.choices import RuleStatus
from scoring.models import Rule, RuleVersion
from scoring.services.rule_texts import RuleText, text_checked

S = RuleStatus
# As long as the columns.
MAX_ID_LENGTH, MAX_TITLE_LENGTH = 40, 100
MOVED_ON = "This version has moved on since you opened it. Look at it again, then decide."


def rule_draft(*, rule_id: str, title: str, text: RuleText, user: User) -> RuleVersion:
    """Write the next version of a rule as a draft; an unknown id makes a new rule.

    Raises
    ------
    Refusal
        For an id, title or text that cannot be, with the field it belongs to; or while the rule
        has a draft already: two at once would race each other to be next.
    """
    text_checked(text)
    _check_title(title)
    with transaction.atomic():
        rule = _rule_ensure(rule_id, title, Actor.of_user(user))
        newest = rule.versions.order_by("-number").first()
        if rule.versions.filter(status=S.DRAFT).exists():
            sentence = "This rule has a draft already. Edit that one, or retire it first."
            raise Refusal("draft_exists", sentence)
        return _draft_create(rule, newest.number + 1 if newest else 1, text, user)


def rule_edit(
    *, version: RuleVersion, title: str, text: RuleText, seen: str, user: User
) -> RuleVersion:
    """Change what a draft says. Its author is then whoever changed it last.

    Another expression was never backtested, so an earlier result goes. Raises `Refusal` for a text
    that cannot be or a version that is no draft, `ChangedElsewhere` for one that has moved on.
    """
    text_checked(text)
    _check_title(title)
    with _locked(version, seen) as current:
        if current.status != S.DRAFT:
            sentence = "Only a draft can be edited. Write the next version instead."
            raise Refusal("not_a_draft", sentence)
        if current.expression != text.expression:
            current.backtest, current.backtested_at = None, None
        current.expression, current.effect = text.expression, text.effect
        current.sentence, current.created_by = text.sentence, user
        current.save(
            update_fields=[
                *("expression", "effect", "sentence", "created_by"),
                *("backtest", "backtested_at"),
            ]
        )
        _audit(current, "rule.edited", Actor.of_user(user))
        _retitle(current.rule, title, Actor.of_user(user))
    return current


def rule_shadow(*, version: RuleVersion, seen: str, user: User) -> RuleVersion:
    """Have a backtested draft watch: its hits are recorded and do not act.

    Raises `Refusal` when this text was never backtested or the move is not possible.
    """
    with _locked(version, seen) as current:
        if current.backtest is None:
            sentence = "Backtest this text first; then you know what it would have done."
            raise Refusal("not_backtested", sentence)
        version_move(current, S.SHADOW, Actor.of_user(user))
    return current


def rule_activate(*, version: RuleVersion, seen: str, user: User) -> RuleVersion:
    """Make somebody else's version the one that acts; the one before retires at the same moment.

    Raises `Refusal` without the permission, for one's own version, or when it is not in shadow.
    """
    if not user.has_perm("scoring.activate_rule"):
        raise Refusal("not_yours_to_activate", "Your role does not make rules active.")
    with _locked(version, seen) as current:
        if current.created_by_id == user.pk:
            sentence = "You wrote this version; a second person makes it active."
            raise Refusal("four_eyes", sentence)
        activate(current, actor=Actor.of_user(user), user=user)
    return current


def rule_retire(*, version: RuleVersion, seen: str, user: User) -> RuleVersion:
    """Take a version out of use for good."""
    with _locked(version, seen) as current:
        version_move(current, S.RETIRED, Actor.of_user(user))
    return current


def activate(version: RuleVersion, *, actor: Actor, user: User | None) -> None:
    """Retire what was active and make this version active. The rule's row is locked."""
    former = version.rule.versions.filter(status=S.ACTIVE).first()
    if former is not None and former.pk != version.pk:
        version_move(former, S.RETIRED, actor, reason_code="replaced")
    version_move(version, S.ACTIVE, actor, activated_by=user, activated_at=timezone.now())


def version_move(
    version: RuleVersion, to: RuleStatus, actor: Actor, *, reason_code: str = "", **update: Any
) -> None:
    """Move a version, its text's hash in the trail. Raises `Refusal` for a move that is none."""
    try:
        move(
            version,
            to=to,
            actor=actor,
            reason_code=reason_code,
            details={"rule": str(version), "text_sha256": text_hash(version)},
            payload={"rule": str(version)},
            update=update,
        )
    except TransitionRefused as refused:
        status = version.get_status_display().lower()
        sentence = f"A version that is {status} cannot become {to.label.lower()}."
        raise Refusal("move_not_allowed", sentence) from refused


def version_state(version: RuleVersion) -> str:
    """Return a token of how a version stands; any move, edit or backtest changes it."""
    backtested = version.backtested_at.isoformat() if version.backtested_at else ""
    return f"{version.status}:{text_hash(version)}:{backtested}"


def text_hash(version: RuleVersion) -> str:
    """Return the SHA-256 of what a version says."""
    text = "\x1f".join((version.expression, version.effect, version.sentence))
    return hashlib.sha256(text.encode()).hexdigest()


@contextmanager
def _locked(version: RuleVersion, seen: str) -> Iterator[RuleVersion]:
    """Lock the rule and give its version, as it was seen, within one transaction."""
    with transaction.atomic():
        rule = Rule.objects.select_for_update(no_key=True).get(pk=version.rule_id)
        current = RuleVersion.objects.select_for_update(no_key=True).get(pk=version.pk)
        current.rule = rule
        if version_state(current) != seen:
            raise ChangedElsewhere(MOVED_ON)
        yield current


def _rule_ensure(rule_id: str, title: str, actor: Actor) -> Rule:
    """Return the rule, its row locked; a new one is made."""
    _check_id(rule_id)
    rule, is_new = Rule.objects.select_for_update(no_key=True).get_or_create(
        pk=rule_id, defaults={"title": title}
    )
    if is_new:
        audit_record(actor=actor, action="rule.created", target=rule)
    _retitle(rule, title, actor)
    return rule


def _retitle(rule: Rule, title: str, actor: Actor) -> None:
    """Call a rule something else; what it says is untouched."""
    if rule.title == title:
        return
    rule.title = title
    rule.save(update_fields=["title"])
    audit_record(actor=actor, action="rule.retitled", target=rule)


def _draft_create(rule: Rule, number: int, text: RuleText, user: User) -> RuleVersion:
    version = RuleVersion.objects.create(
        rule=rule,
        number=number,
        expression=text.expression,
        effect=text.effect,
        sentence=text.sentence,
        created_by=user,
    )
    _audit(version, "rule.drafted", Actor.of_user(user))
    return version


def _audit(version: RuleVersion, action: str, actor: Actor) -> None:
    details = {"rule": str(version), "text_sha256": text_hash(version)}
    audit_record(actor=actor, action=action, target=version, details=details)


def _check_id(rule_id: str) -> None:
    try:
        validate_slug(rule_id)
    except ValidationError:
        sentence = "An id is made of letters, digits, hyphens and underscores."
        raise Refusal("invalid_rule_id", sentence, field="rule_id") from None
    if len(rule_id) > MAX_ID_LENGTH:
        sentence = f"An id has at most {MAX_ID_LENGTH} characters."
        raise Refusal("invalid_rule_id", sentence, field="rule_id")


def _check_title(title: str) -> None:
    if not title.strip() or len(title) > MAX_TITLE_LENGTH:
        sentence = f"A title has 1 to {MAX_TITLE_LENGTH} characters."
        raise Refusal("invalid_title", sentence, field="title")
