"""A rule from draft to retirement: who may do what, and what each step needs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from fraudsite.core.choices import Role
from fraudsite.core.models import AuditEntry, OutboxEvent, StatusChange, User
from kyc.refusals import ChangedElsewhere, Refusal
from scoring.choices import RuleStatus
from scoring.models import EntityList, Rule, RuleVersion
from scoring.rules import STARTER_RULES
from scoring.services.rule_backtests import BacktestPlan, rule_backtest
from scoring.services.rule_texts import RuleText
from scoring.services.rules import (
    rule_activate,
    rule_draft,
    rule_edit,
    rule_retire,
    rule_shadow,
    version_state,
)
from scoring.services.starter_rules import starter_rules_install

pytestmark = pytest.mark.django_db
S = RuleStatus
TEXT = RuleText("amount > 1000", "review", "More than a thousand euros.")


@pytest.fixture
def rita(make_user: Callable[..., User]) -> User:
    """A risk manager, who writes rules."""
    return make_user("rita@example.com", Role.RISK_MANAGER)


@pytest.fixture
def ralf(make_user: Callable[..., User]) -> User:
    """Another one, who looks over them."""
    return make_user("ralf@example.com", Role.RISK_MANAGER)


def drafted(user: User, rule_id: str = "large", text: RuleText = TEXT) -> RuleVersion:
    return rule_draft(rule_id=rule_id, title="Large amounts", text=text, user=user)


def in_shadow(user: User, rule_id: str = "large") -> RuleVersion:
    version = drafted(user, rule_id)
    rule_backtest(version=version, plan=BacktestPlan(), user=user)
    return rule_shadow(version=version, seen=version_state(version), user=user)


def active(author: User, second: User) -> RuleVersion:
    version = in_shadow(author)
    return rule_activate(version=version, seen=version_state(version), user=second)


def test_versions_are_numbered_and_each_step_is_audited(rita: User, ralf: User) -> None:
    first = active(rita, ralf)
    second = drafted(rita)

    assert (str(first), first.status, str(second), second.status) == (
        "large@1",
        S.ACTIVE,
        "large@2",
        S.DRAFT,
    )
    assert (first.created_by, first.activated_by) == (rita, ralf)
    actions = list(AuditEntry.objects.order_by("id").values_list("action", flat=True))
    assert actions == [
        "rule.created",
        "rule.drafted",
        "rule.backtested",
        "scoring.ruleversion.shadow",
        "scoring.ruleversion.active",
        "rule.drafted",
    ]
    moves = StatusChange.objects.order_by("id").values_list("from_status", "to_status")
    assert list(moves) == [("draft", "shadow"), ("shadow", "active")]
    assert OutboxEvent.objects.filter(kind="scoring.ruleversion.active").count() == 1


@pytest.mark.parametrize(
    ("text", "field", "words"),
    [
        (RuleText("amonut > 5", "review", "x"), "expression", "Did you mean amount"),
        (RuleText("amount > ", "review", "x"), "expression", "At character"),
        (RuleText("amount > 5", "approve", "x"), "effect", "Choose what a hit leads to."),
        (RuleText("amount > 5", "review", " "), "sentence", "Say in 1 to 200 characters"),
        (
            RuleText("amount > 5", "review", "Card 4111 1111 1111 1111"),
            "sentence",
            "looks like a card number",
        ),
    ],
)
def test_a_text_that_cannot_be_is_refused_by_field_and_nothing_is_kept(
    rita: User, text: RuleText, field: str, words: str
) -> None:
    with pytest.raises(Refusal) as refusal:
        drafted(rita, text=text)

    assert refusal.value.field == field
    assert words in refusal.value.sentence
    assert not Rule.objects.exists()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("rule_id", ["", "two words", "x" * 41, "a/b"])
def test_an_id_that_is_no_slug_is_refused(rita: User, rule_id: str) -> None:
    with pytest.raises(Refusal) as refusal:
        drafted(rita, rule_id)

    assert refusal.value.field == "rule_id"


def test_a_rule_has_one_draft_at_a_time(rita: User, ralf: User) -> None:
    drafted(rita)

    with pytest.raises(Refusal) as refusal:
        drafted(ralf)

    assert refusal.value.code == "draft_exists"
    assert RuleVersion.objects.count() == 1


def test_an_edit_forgets_the_backtest_of_the_earlier_text(rita: User) -> None:
    version = drafted(rita)
    rule_backtest(version=version, plan=BacktestPlan(), user=rita)
    other = RuleText("amount > 2000", TEXT.effect, TEXT.sentence)

    edited = rule_edit(
        version=version, title="Large", text=other, seen=version_state(version), user=rita
    )

    edited.refresh_from_db()
    assert (edited.expression, edited.backtest, edited.backtested_at) == (
        "amount > 2000",
        None,
        None,
    )
    assert edited.rule.title == "Large"
    with pytest.raises(Refusal) as refusal:
        rule_shadow(version=edited, seen=version_state(edited), user=rita)
    assert refusal.value.code == "not_backtested"


def test_whoever_edits_a_draft_is_its_author_and_cannot_activate_it(rita: User, ralf: User) -> None:
    version = drafted(rita)
    rule_edit(version=version, title="Large", text=TEXT, seen=version_state(version), user=ralf)
    version.refresh_from_db()
    rule_backtest(version=version, plan=BacktestPlan(), user=rita)
    version = rule_shadow(version=version, seen=version_state(version), user=rita)

    with pytest.raises(Refusal) as refusal:
        rule_activate(version=version, seen=version_state(version), user=ralf)

    assert refusal.value.code == "four_eyes"
    assert rule_activate(version=version, seen=version_state(version), user=rita).status == S.ACTIVE


def test_nobody_activates_their_own_version(rita: User) -> None:
    version = in_shadow(rita)

    with pytest.raises(Refusal) as refusal:
        rule_activate(version=version, seen=version_state(version), user=rita)

    version.refresh_from_db()
    assert refusal.value.sentence == "You wrote this version; a second person makes it active."
    assert (version.status, version.activated_by) == (S.SHADOW, None)
    assert not OutboxEvent.objects.filter(kind="scoring.ruleversion.active").exists()


def test_activating_takes_a_permission(rita: User, anna: User) -> None:
    version = in_shadow(rita)

    with pytest.raises(Refusal) as refusal:
        rule_activate(version=version, seen=version_state(version), user=anna)

    assert refusal.value.code == "not_yours_to_activate"


def test_a_draft_does_not_become_active_without_shadow(rita: User, ralf: User) -> None:
    version = drafted(rita)

    with pytest.raises(Refusal) as refusal:
        rule_activate(version=version, seen=version_state(version), user=ralf)

    assert refusal.value.sentence == "A version that is draft cannot become active."


def test_activating_retires_the_version_before_at_the_same_moment(rita: User, ralf: User) -> None:
    first, second = active(rita, ralf), in_shadow(rita)

    rule_activate(version=second, seen=version_state(second), user=ralf)

    statuses = dict(RuleVersion.objects.values_list("number", "status"))
    assert statuses == {1: S.RETIRED, 2: S.ACTIVE}
    change = StatusChange.objects.get(target_id=str(first.pk), to_status=S.RETIRED)
    assert change.reason_code == "replaced"


def test_a_page_that_is_stale_does_nothing(rita: User, ralf: User) -> None:
    version = in_shadow(rita)
    seen = version_state(version)
    rule_retire(version=version, seen=seen, user=rita)

    with pytest.raises(ChangedElsewhere):
        rule_activate(version=version, seen=seen, user=ralf)

    version.refresh_from_db()
    assert version.status == S.RETIRED


@pytest.mark.parametrize(
    "change",
    [
        {"expression": "amount > 1"},
        {"effect": "decline"},
        {"sentence": "Something else."},
        {"number": 7},
        {"created_by": None},
        {"status": "draft"},
    ],
)
def test_the_database_refuses_to_change_what_a_live_version_says(
    rita: User, change: dict[str, object]
) -> None:
    version = in_shadow(rita)

    with pytest.raises(IntegrityError, match="fixed once it is no draft"), transaction.atomic():
        RuleVersion.objects.filter(pk=version.pk).update(**change)

    version.refresh_from_db()
    assert (version.expression, version.status) == (TEXT.expression, S.SHADOW)


def test_the_database_refuses_to_delete_a_live_version_and_lets_a_draft_go(rita: User) -> None:
    version, draft = in_shadow(rita), drafted(rita, "other")

    with pytest.raises(IntegrityError, match="fixed once it is no draft"), transaction.atomic():
        version.delete()

    draft.delete()
    assert [str(one) for one in RuleVersion.objects.all()] == ["large@1"]


def test_the_database_keeps_one_active_version_and_two_pairs_of_eyes(
    rita: User, ralf: User
) -> None:
    active(rita, ralf)
    second = in_shadow(rita)

    with pytest.raises(IntegrityError, match="scoring_rule_one_active"), transaction.atomic():
        RuleVersion.objects.filter(pk=second.pk).update(status=S.ACTIVE)
    with pytest.raises(IntegrityError, match="activated_by_another"), transaction.atomic():
        RuleVersion.objects.filter(pk=second.pk).update(activated_by=rita)


def test_starter_rules_and_lists_are_installed_once() -> None:
    installed = starter_rules_install()
    again = starter_rules_install()

    assert installed.rules == tuple(starter.id for starter in STARTER_RULES)
    assert installed.lists == ("blocked", "trusted")
    assert (again.rules, again.lists) == ((), ())
    versions = RuleVersion.objects.all()
    assert {(one.number, one.status, one.created_by) for one in versions} == {(1, S.ACTIVE, None)}
    assert dict(EntityList.objects.values_list("pk", "kind")) == {
        "blocked": "block",
        "trusted": "allow",
    }


def test_a_rule_of_the_same_id_is_left_as_it_is(rita: User) -> None:
    drafted(rita, "velocity")

    installed = starter_rules_install()

    assert "velocity" not in installed.rules
    assert RuleVersion.objects.get(rule_id="velocity").expression == TEXT.expression


def test_the_command_says_what_it_would_install_and_installs_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    call_command("load_starter_rules", "--dry-run")

    words = capsys.readouterr().out
    assert f"Would install {len(STARTER_RULES)} rules: velocity" in words
    assert "Would install 2 lists: blocked, trusted." in words
    assert not Rule.objects.exists()
    assert not EntityList.objects.exists()
