"""A rule tried on stored decisions: what is counted, what is kept, and what is left out."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from fraudsite.core.actors import Actor
from fraudsite.core.choices import Role
from fraudsite.core.models import AuditEntry, User
from fraudsite.core.uuid7 import lowest_uuid7
from kyc.refusals import ChangedElsewhere, Refusal
from scoring.models import RuleVersion
from scoring.rule_names import rule_schema
from scoring.rules import Rule, RuleSet
from scoring.services.rule_backtests import BacktestPlan, backtest_result, rule_backtest
from scoring.services.rule_texts import RuleText
from scoring.services.rules import rule_draft, version_state
from tests.scoring.decided import a_customer, a_transaction, decide, packed
from transactions.choices import LabelSource
from transactions.services.labels import label_record

pytestmark = pytest.mark.django_db
PLAN = BacktestPlan(days=30, limit=1000)


@pytest.fixture
def rita(make_user: Callable[..., User]) -> User:
    return make_user("rita@example.com", Role.RISK_MANAGER)


def version_of(user: User, expression: str) -> RuleVersion:
    text = RuleText(expression, "review", "Because.")
    return rule_draft(rule_id="tried", title="Tried", text=text, user=user)


def label(row: object, *, is_fraud: bool) -> None:
    label_record(
        labelled=row, is_fraud=is_fraud, source=LabelSource.ANALYST, actor=Actor.system("test")
    )


def test_hits_customers_and_labels_are_counted(rita: User) -> None:
    carla, carl = a_customer(), a_customer()
    high = [a_transaction(carla, amount_minor=900_00), a_transaction(carla, amount_minor=800_00)]
    low = a_transaction(carl, amount_minor=5_00)
    unknown = a_transaction(carl, amount_minor=5_00, amount_reference_minor=None)
    for row in (*high, low, unknown):
        decide(row)
    label(high[0], is_fraud=True)
    label(high[1], is_fraud=False)
    label(low, is_fraud=True)

    result = rule_backtest(version=version_of(rita, "amount > 100"), plan=PLAN, user=rita)

    counted = {name: result[name] for name in (
        "evaluated", "matched", "entities", "labelled_fraud_caught", "false_positives",
        "labelled_fraud", "labelled_honest", "not_enough_data", "errors", "skipped",
    )}  # fmt: skip
    assert counted == {
        "evaluated": 4,
        "matched": 2,
        "entities": 1,
        "labelled_fraud_caught": 1,
        "false_positives": 1,
        "labelled_fraud": 2,
        "labelled_honest": 1,
        "not_enough_data": 1,
        "errors": 0,
        "skipped": 0,
    }
    assert (result["precision"], result["recall"]) == (0.5, 0.5)
    today = timezone.now().date().isoformat()
    assert result["by_day"] == {today: {"evaluated": 4, "matched": 2}}


def test_the_label_known_last_counts(rita: User) -> None:
    row = a_transaction(a_customer(), amount_minor=900_00)
    decide(row)
    label(row, is_fraud=True)
    label(row, is_fraud=False)

    result = rule_backtest(version=version_of(rita, "amount > 100"), plan=PLAN, user=rita)

    assert (result["labelled_fraud_caught"], result["false_positives"]) == (0, 1)


def test_features_are_those_that_the_decision_kept(rita: User) -> None:
    customer = a_customer()
    for count in (3, 9, 12):
        decide(a_transaction(customer), features=packed(tx_count_1h=count))
    decide(a_transaction(customer), features=packed())

    version = version_of(rita, 'tx_count_1h >= 9 and kind == "payment"')
    result = rule_backtest(version=version, plan=PLAN, user=rita)

    assert (result["matched"], result["not_enough_data"]) == (2, 1)


def test_lists_are_those_of_the_day_of_the_decision(rita: User) -> None:
    listed = [{"list_id": "blocked", "kind": "block", "subject": "merchant"}]
    decide(a_transaction(a_customer()), lists=listed)
    decide(a_transaction(a_customer()))

    version = version_of(rita, "blocked_merchant and not blocked_customer")
    result = rule_backtest(version=version, plan=PLAN, user=rita)

    assert (result["evaluated"], result["matched"], result["errors"]) == (2, 1, 0)


def test_features_of_another_schema_are_skipped_and_counted(rita: User) -> None:
    decide(a_transaction(a_customer()), schema_hash="0" * 16, features=b"\0" * 8)
    decide(a_transaction(a_customer()))

    result = rule_backtest(version=version_of(rita, "amount > 1"), plan=PLAN, user=rita)

    assert (result["evaluated"], result["skipped"]) == (1, 1)


def test_only_the_newest_decisions_of_the_window_are_looked_at(rita: User) -> None:
    old = int((timezone.now() - timedelta(days=31)).timestamp() * 1000)
    decide(a_transaction(a_customer()), id=lowest_uuid7(old))
    for _ in range(3):
        decide(a_transaction(a_customer()))
    version = version_of(rita, "amount > 1")

    assert backtest_result(version, BacktestPlan(days=30, limit=1000))["evaluated"] == 3
    assert backtest_result(version, BacktestPlan(days=30, limit=2))["evaluated"] == 2
    assert backtest_result(version, BacktestPlan(days=40, limit=1000))["evaluated"] == 4


def test_chunks_add_up_to_what_one_pass_gives(rita: User, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(7)
    customers = [a_customer() for _ in range(3)]
    amounts = rng.integers(1_00, 2000_00, size=23).tolist()
    for place, cents in enumerate(amounts):
        row = a_transaction(customers[place % 3], amount_minor=cents)
        decide(row, features=packed(tx_number=float(place)))
        if place % 2:
            label(row, is_fraud=place % 4 == 1)
    version = version_of(rita, "amount > 500 and tx_number >= 4")
    whole = backtest_result(version, PLAN)
    seen: list[tuple[int, int]] = []
    monkeypatch.setattr("scoring.services.rule_backtests.CHUNK", 5)

    in_chunks = backtest_result(version, PLAN, lambda done, total: seen.append((done, total)))

    rule = Rule.of("tried", 1, version.expression, rule_schema())
    by_row = [
        RuleSet([rule]).evaluate_row({"amount": cents / 100, "tx_number": place})[0].outcome.name
        for place, cents in enumerate(amounts)
    ]
    assert in_chunks == whole
    assert in_chunks["matched"] == by_row.count("HIT") > 0
    assert seen == [(5, 23), (10, 23), (15, 23), (20, 23), (23, 23)]


def test_a_text_edited_meanwhile_keeps_no_result(
    rita: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = version_of(rita, "amount > 1")

    def edited_meanwhile(*_args: object) -> dict[str, object]:
        RuleVersion.objects.filter(pk=version.pk).update(expression="amount > 2")
        return {"evaluated": 0, "matched": 0}

    monkeypatch.setattr("scoring.services.rule_backtests.backtest_result", edited_meanwhile)
    with pytest.raises(ChangedElsewhere):
        rule_backtest(version=version, plan=PLAN, user=rita)

    version.refresh_from_db()
    assert version.backtest is None
    assert not AuditEntry.objects.filter(action="rule.backtested").exists()


def test_a_page_that_is_stale_starts_nothing(rita: User) -> None:
    version = version_of(rita, "amount > 1")
    seen = version_state(version)
    rule_backtest(version=version, plan=PLAN, seen=seen, user=rita)

    with pytest.raises(ChangedElsewhere):
        rule_backtest(version=version, plan=PLAN, seen=seen, user=rita)

    assert AuditEntry.objects.filter(action="rule.backtested").count() == 1


def test_a_name_that_is_gone_is_said(rita: User) -> None:
    version = version_of(rita, "amount > 1")
    RuleVersion.objects.filter(pk=version.pk).update(expression="was_there_once > 1")
    version.refresh_from_db()

    with pytest.raises(Refusal) as refusal:
        rule_backtest(version=version, plan=PLAN, user=rita)

    assert "There is no name was_there_once." in refusal.value.sentence


def test_the_command_prints_the_result_and_keeps_it(
    rita: User, capsys: pytest.CaptureFixture[str]
) -> None:
    decide(a_transaction(a_customer(), amount_minor=900_00))
    version = version_of(rita, "amount > 100")

    call_command("backtest_rule", "tried@1", "--days", "7", "--json")

    printed = json.loads(capsys.readouterr().out)
    version.refresh_from_db()
    assert (printed["rule"], printed["evaluated"], printed["matched"]) == ("tried@1", 1, 1)
    assert version.backtest is not None
    assert version.backtest["days"] == printed["days"] == 7


def test_a_dry_run_keeps_nothing(rita: User, capsys: pytest.CaptureFixture[str]) -> None:
    version = version_of(rita, "amount > 100")

    call_command("backtest_rule", "tried@1", "--dry-run")

    version.refresh_from_db()
    assert "Decisions looked at" in capsys.readouterr().out
    assert version.backtest is None


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("tried",), "Name a version as RULE@N"),
        (("tried@9",), "Of this rule there are: tried@1."),
        (("tried@1", "--days", "0"), "--days and --limit are at least 1."),
    ],
)
def test_the_command_says_what_is_wrong(rita: User, words: tuple[str, ...], sentence: str) -> None:
    version_of(rita, "amount > 100")

    with pytest.raises(CommandError, match=sentence):
        call_command("backtest_rule", *words)
