"""Each rule that comes along is one of the language, hits what it is for and nothing calm."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from scoring.choices import RuleEffect
from scoring.features.schema import SCHEMA
from scoring.rules import STARTER_RULES, Outcome, Rule, RuleSet, StarterRule, ValueType, rule_schema

SCHEMA_OF_RULES = rule_schema(SCHEMA.specs)
IDS = [rule.id for rule in STARTER_RULES]

# A customer of long standing buys for what they usually spend.
CALM: dict[str, Any] = {
    "amount": 40.0,
    "amount_to_usual": 1.1,
    "below_limit_count_7d": 0,
    "blocked_merchant": False,
    "card_small_1h": 0,
    "deposits_24h": 0,
    "device_cards_1h": 1,
    "device_customers": 1,
    "device_customers_24h": 0,
    "dormant_gap_7d": 2,
    "has_device": True,
    "is_below_report_limit": 0.0,
    "is_device_new": 0.0,
    "is_impossible_travel": 0.0,
    "is_merchant_new": 0.0,
    "is_verified": True,
    "kind": "payment",
    "km_from_last": 3,
    "pace_24h": 1.2,
    "passed_through_24h": None,
    "small_count_1h": 0,
    "split_sum_7d": 0,
    "tx_count_1h": 0,
    "tx_count_24h": 2,
    "tx_number": 150,
    "verification_outcome": "approved",
}
# One or two values that make each rule hit.
STRANGE: list[tuple[str, dict[str, Any]]] = [
    ("velocity", {"tx_count_1h": 6}),
    ("velocity", {"tx_count_24h": 15, "pace_24h": 6}),
    ("structuring", {"amount": 9500, "is_below_report_limit": 1.0, "below_limit_count_7d": 2}),
    ("structuring", {"amount": 5000, "split_sum_7d": 20_000}),
    ("new_device_high_amount", {"amount": 300, "amount_to_usual": 4, "is_device_new": 1.0}),
    (
        "new_payee_high_amount",
        {"amount": 1000, "amount_to_usual": 8, "is_merchant_new": 1.0, "kind": "transfer"},
    ),
    ("blacklisted_counterparty", {"blocked_merchant": True}),
    ("impossible_travel", {"is_impossible_travel": 1.0, "km_from_last": 5000}),
    ("dormant_account", {"dormant_gap_7d": 60, "amount": 500}),
    ("unverified_customer", {"is_verified": False, "amount": 1000.01}),
    ("declined_verification", {"verification_outcome": "declined"}),
    ("card_testing", {"card_small_1h": 3}),
    ("card_testing", {"device_cards_1h": 3}),
    ("card_testing", {"small_count_1h": 4, "amount": 50}),
    ("shared_device", {"device_customers_24h": 3}),
    ("shared_device", {"device_customers": 6}),
    ("passed_through", {"deposits_24h": 1000, "passed_through_24h": 0.8}),
]


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    return RuleSet(Rule.of(rule.id, 1, rule.expression, SCHEMA_OF_RULES) for rule in STARTER_RULES)


def hits(rules: RuleSet, values: dict[str, Any]) -> set[str]:
    results = rules.evaluate_row(values)
    assert [result for result in results if result.outcome is Outcome.ERROR] == []
    return {result.rule_id for result in results if result.outcome is Outcome.HIT}


def test_the_calm_customer_has_a_value_for_every_name(rules: RuleSet) -> None:
    assert set(CALM) == set(rules.names)


def test_nothing_hits_the_calm_customer(rules: RuleSet) -> None:
    assert hits(rules, CALM) == set()


@pytest.mark.parametrize(("rule_id", "values"), STRANGE)
def test_each_hits_what_it_is_for_and_no_other_does(
    rules: RuleSet, rule_id: str, values: dict[str, Any]
) -> None:
    assert hits(rules, CALM | values) == {rule_id}


def test_every_rule_is_tried_above() -> None:
    assert {rule_id for rule_id, _ in STRANGE} == set(IDS)


def test_nothing_known_hits_nothing(rules: RuleSet) -> None:
    assert hits(rules, dict.fromkeys(CALM)) == set()


@pytest.mark.parametrize(
    ("rule_id", "values"),
    [
        ("velocity", {"tx_count_1h": 5}),
        ("structuring", {"amount": 10_000, "split_sum_7d": 30_000}),
        ("new_device_high_amount", {"amount": 299.99, "amount_to_usual": 9, "is_device_new": 1.0}),
        ("new_device_high_amount", {"amount": 900, "amount_to_usual": 9, "is_device_new": 1.0,
                                    "tx_number": 4}),
        ("new_payee_high_amount", {"amount": 9000, "amount_to_usual": 9, "is_merchant_new": 1.0}),
        ("new_payee_high_amount", {"amount": 999.99, "amount_to_usual": 9, "is_merchant_new": 1.0,
                                   "kind": "transfer"}),
        ("unverified_customer", {"is_verified": False, "amount": 1000.0}),
        ("declined_verification", {"verification_outcome": None}),
        ("shared_device", {"device_customers_24h": 2, "device_customers": 5}),
    ],
)  # fmt: skip
def test_just_below_its_limits_it_does_not_hit(
    rules: RuleSet, rule_id: str, values: dict[str, Any]
) -> None:
    assert rule_id not in hits(rules, CALM | values)


@pytest.mark.parametrize("rule", STARTER_RULES, ids=IDS)
def test_it_fits_the_database(rule: StarterRule) -> None:
    assert rule.id.replace("_", "a").isalnum()
    assert len(rule.id) <= 40
    assert len(rule.title) <= 100
    assert len(rule.sentence) <= 200
    assert rule.sentence.endswith(".")
    assert rule.effect in RuleEffect.values


def test_ids_are_unique() -> None:
    assert len(set(IDS)) == len(IDS)


def test_only_what_a_customer_can_mend_is_told() -> None:
    assert [rule.id for rule in STARTER_RULES if rule.is_customer_safe] == ["unverified_customer"]


def test_columns_of_vectors_come_out_as_rows_do(rules: RuleSet) -> None:
    random = np.random.default_rng(3)
    features = random.choice([0, 1, 3, 8, 900, 9500, np.nan], (200, len(SCHEMA))).astype("f4")
    columns: dict[str, np.ndarray] = {}
    for name, value_type in rules.names.items():
        if name in SCHEMA.names:
            columns[name] = features[:, SCHEMA.index(name)]
        elif value_type is ValueType.TEXT:
            columns[name] = random.choice(["approved", "declined", ""], 200)
        else:
            columns[name] = random.choice([0.0, 400.0, np.nan], 200)

    by_columns = rules.evaluate_columns(columns, 200)

    rows = [{name: column[place] for name, column in columns.items()} for place in range(200)]
    by_rows = [[result.outcome for result in rules.evaluate_row(row)] for row in rows]
    assert by_columns.T.tolist() == by_rows
    assert {Outcome.HIT, Outcome.NO_HIT, Outcome.NOT_ENOUGH_DATA} <= set(by_columns.ravel())
