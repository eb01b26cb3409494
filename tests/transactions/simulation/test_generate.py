from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from tests.transactions.simulation.truth import honest_of, with_truth
from transactions.columns import CHANNELS, FILES, KINDS, OUTCOMES, REQUIRED, RISK_LEVELS
from transactions.simulation import FRAUD_TYPES, History, SimulationPlan, generate

SMALL = SimulationPlan(users=60, transactions=2_000, seed=9)


def test_every_table_has_exactly_the_agreed_columns(history: History) -> None:
    for name, frame in history.tables():
        assert dict(frame.schema) == FILES[name], name


def test_the_same_plan_gives_the_same_tables() -> None:
    first, again = generate(SMALL), generate(SMALL)

    for (name, one), (_, other) in zip(first.tables(), again.tables(), strict=True):
        assert one.equals(other), name


def test_another_seed_gives_another_history() -> None:
    first, other = generate(SMALL), generate(replace(SMALL, seed=10))

    ids = set(first.transactions["transaction_id"]) & set(other.transactions["transaction_id"])
    assert not ids


@pytest.mark.parametrize(
    "plan",
    [
        SimulationPlan(users=50, transactions=1_000),
        SimulationPlan(users=50, transactions=30_000),
        SimulationPlan(users=5_000, transactions=1_000, fraud_rate=0.3),
        SimulationPlan(users=50, transactions=1_000, fraud_rate=0.0),
        SimulationPlan(users=50, transactions=1_000, fraud_rate=0.001),
        SimulationPlan(users=80, transactions=3_000, days=28),
        SimulationPlan(users=80, transactions=9_000, days=1_095, start=date(1990, 1, 1)),
        SimulationPlan(users=80, transactions=9_000, novel_fraud="mule_ring", novel_from=170),
    ],
)
def test_extreme_plans_give_exact_numbers_within_their_days(plan: SimulationPlan) -> None:
    made = generate(plan)

    rows = with_truth(made)
    assert rows.height == plan.transactions
    assert rows["fraud_type"].count() == plan.frauds
    assert made.customers.height == plan.users
    assert rows["day"].min() >= 0
    assert rows["day"].max() < plan.days
    assert rows.select(REQUIRED).null_count().row(0) == (0,) * len(REQUIRED)


def test_what_is_named_exists(history: History) -> None:
    rows = history.transactions
    accounts = rows.select("account_id", "customer_id").unique()

    assert set(rows["customer_id"]) <= set(history.customers["customer_id"])
    assert accounts.join(history.accounts, on=["account_id", "customer_id"]).height == len(accounts)
    assert set(rows["merchant_id"]) <= set(history.merchants["merchant_id"])
    assert set(rows["device_id"].drop_nulls()) == set(history.devices["device_id"])
    assert set(history.kyc_profiles["customer_id"]) <= set(history.customers["customer_id"])


def test_ids_are_unique_and_tables_are_sorted_by_them(history: History) -> None:
    for name, key in (
        ("customers", "customer_id"),
        ("accounts", "account_id"),
        ("merchants", "merchant_id"),
        ("devices", "device_id"),
    ):
        ids = getattr(history, name)[key]
        assert ids.is_unique().all(), name
        assert ids.is_sorted(), name
    assert history.transactions["transaction_id"].is_unique().all()


def test_words_are_the_agreed_ones(history: History) -> None:
    assert set(history.transactions["kind"]) == set(KINDS)
    assert set(history.transactions["channel"]) == set(CHANNELS)
    assert set(history.kyc_profiles["outcome"]) == set(OUTCOMES)
    assert set(history.kyc_profiles["risk_level"]) == set(RISK_LEVELS)


def test_a_card_belongs_to_one_customer_and_is_there_where_one_is_needed(
    history: History,
) -> None:
    carded = history.transactions.drop_nulls("card_token")

    assert (
        carded.group_by("card_token").agg(pl.col("customer_id").n_unique())["customer_id"].to_list()
        == [1] * carded["card_token"].n_unique()
    )
    assert set(carded["kind"]) == {"payment", "withdrawal"}
    assert carded.height == history.transactions["kind"].is_in(["payment", "withdrawal"]).sum()


def test_money_moves_in_the_money_of_the_place(history: History) -> None:
    abroad = history.transactions.filter(pl.col("channel") == "pos")

    assert set(abroad.filter(pl.col("country") == "PL")["currency"]) == {"PLN"}
    assert set(abroad.filter(pl.col("country") == "FR")["currency"]) == {"EUR"}
    euros = history.transactions.filter(pl.col("currency") == "EUR")
    assert (euros["amount_minor"] == euros["amount_reference_minor"]).all()


def test_rows_come_in_the_order_of_arrival_and_a_few_happened_earlier(history: History) -> None:
    rows = history.transactions

    assert rows["arrived_at"].is_sorted()
    assert (rows["arrived_at"] >= rows["occurred_at"]).all()
    late = (rows["arrived_at"] - rows["occurred_at"]) > timedelta(minutes=5)
    assert 0.003 < late.mean() < 0.02
    assert set(rows.filter(late)["channel"]) >= {"pos", "atm"}
    assert not rows["occurred_at"].is_sorted()


def test_nobody_pays_before_they_are_a_customer(history: History) -> None:
    rows = history.transactions.join(history.customers, on="customer_id")

    assert (rows["occurred_at"] >= rows["opened_at"]).all()
    joined_later = history.customers.filter(
        pl.col("opened_at") > datetime(2026, 1, 1, tzinfo=UTC)
    ).height
    assert 100 < joined_later < 250


def test_everybody_is_verified_once_they_joined(history: History) -> None:
    first = history.kyc_profiles.group_by("customer_id").agg(pl.col("decided_at").min())
    rows = history.customers.join(first, on="customer_id")

    assert rows.height > 990  # whoever joined in the last hours waits for it
    assert (rows["decided_at"] >= rows["opened_at"]).all()
    assert history.kyc_profiles["decided_at"].is_sorted()


def test_devices_and_addresses_are_those_of_the_transactions(history: History) -> None:
    rows = history.transactions.drop_nulls(["device_id", "ip_address"])
    spans = rows.group_by("device_id", "ip_address").agg(
        pl.col("occurred_at").min().alias("first_seen_at"),
        pl.col("occurred_at").max().alias("last_seen_at"),
    )

    assert history.ip_history.equals(spans.sort("device_id", "ip_address"))
    by_device = history.transactions.drop_nulls("device_id").group_by("device_id")
    first = by_device.agg(pl.col("occurred_at").min()).sort("device_id")
    assert history.devices["first_seen_at"].equals(first["occurred_at"].alias("first_seen_at"))
    assert history.devices["fingerprint"].is_unique().all()


def test_a_novel_fraud_appears_only_from_its_day_on() -> None:
    plan = SimulationPlan(
        users=500, transactions=50_000, novel_fraud="card_testing", novel_from=120, seed=2
    )

    rows = with_truth(generate(plan))

    novel = rows.filter(pl.col("fraud_type") == "card_testing")
    assert novel["day"].min() >= 120
    # A third of the time at the usual rate: 2,000 * .14 / 3, of a whole that is made up again.
    assert 80 < novel.height < 140
    assert set(rows.filter(pl.col("day") < 60)["fraud_type"].drop_nulls()) == (
        set(FRAUD_TYPES) - {"card_testing"}
    )


@pytest.mark.parametrize("fraud_type", FRAUD_TYPES)
def test_any_type_can_be_the_novel_one(fraud_type: str) -> None:
    plan = SimulationPlan(
        users=200, transactions=20_000, novel_fraud=fraud_type, novel_from=140, seed=4
    )

    rows = with_truth(generate(plan)).filter(pl.col("fraud_type") == fraud_type)

    assert rows.height > 5
    assert rows["day"].min() >= 140


def test_behaviour_drifts(history: History) -> None:
    rows = honest_of(history).filter(pl.col("kind") == "payment")
    early, late = rows.filter(pl.col("day") < 60), rows.filter(pl.col("day") >= 120)

    online = pl.col("channel").is_in(["web", "mobile"]).mean()
    shift = late.select(online).item() - early.select(online).item()
    assert 0.01 < shift < 0.12
    # 3 % a half-year; the logarithm's spread of 1 over 30,000 rows leaves .008.
    dearer = late["euros"].log().mean() - early["euros"].log().mean()
    assert 0.0 < dearer < 0.06


def test_newcomers_and_new_shops_appear(history: History) -> None:
    rows = with_truth(history)
    first = rows.group_by("merchant_id").agg(pl.col("day").min(), pl.len())
    busy = first.filter(pl.col("len") >= 20)

    assert busy.filter(pl.col("day") > 60).height >= 3


def test_amounts_have_heavy_tails(history: History) -> None:
    euros = honest_of(history).filter(pl.col("kind") == "payment")["euros"]

    assert 10 < euros.median() < 40
    assert euros.quantile(0.999) > 25 * euros.median()


def test_few_shops_take_much_of_the_money(history: History) -> None:
    counts = honest_of(history)["merchant_id"].value_counts(sort=True)["count"]

    tenth = counts.head(len(counts) // 10).sum() / counts.sum()
    assert 0.4 < tenth < 0.9
