"""What each fraud does, and the honest behaviour that does nearly the same."""

from __future__ import annotations

import polars as pl

from tests.transactions.simulation.truth import frauds_of, honest_of, with_truth
from transactions.simulation import FRAUD_TYPES, History


def gaps(rows: pl.DataFrame, key: str) -> pl.Series:
    """Return the time since the entity's last row, in minutes."""
    seconds = rows.sort(key, "occurred_at").select(
        pl.col("occurred_at").diff().over(key).dt.total_seconds() / 60
    )
    return seconds.to_series().drop_nulls()


def habits(history: History) -> pl.DataFrame:
    """Return each customer's usual amount."""
    return honest_of(history).group_by("customer_id").agg(pl.col("euros").median().alias("usual"))


def ratio(history: History, rows: pl.DataFrame) -> pl.Series:
    return rows.join(habits(history), on="customer_id").select(pl.col("euros") / pl.col("usual"))[
        "euros"
    ]


def test_no_type_outweighs_the_others(history: History) -> None:
    counts = with_truth(history)["fraud_type"].drop_nulls().value_counts(normalize=True)

    assert set(counts["fraud_type"]) == set(FRAUD_TYPES)
    assert counts["proportion"].min() > 0.08
    assert counts["proportion"].max() < 0.16


def test_frauds_happen_all_the_time(history: History) -> None:
    frauds = with_truth(history).filter(pl.col("fraud_type").is_not_null())

    by_month = frauds.group_by((pl.col("day") // 30).alias("month")).len()
    assert by_month.height == 6
    assert by_month["len"].min() > 350


def test_velocity_bursts_are_many_payments_in_minutes(history: History) -> None:
    rows = frauds_of(history, "velocity_burst")

    assert gaps(rows, "customer_id").median() < 15
    assert set(rows["kind"]) == {"payment"}
    assert rows["ip_address"].null_count() == 0


def test_honest_people_go_on_sprees_too(history: History) -> None:
    rows = honest_of(history).filter(pl.col("kind") == "payment")
    in_an_hour = rows.rolling("occurred_at", period="1h", group_by="customer_id").agg(pl.len())

    assert (in_an_hour["len"] >= 4).sum() > 500
    assert (in_an_hour["len"] >= 8).sum() > 10


def test_spikes_are_many_times_the_usual(history: History) -> None:
    ratios = ratio(history, frauds_of(history, "amount_spike"))

    assert ratios.median() > 15
    assert ratios.quantile(0.05) > 5


def test_honest_people_buy_dear_things_too(history: History) -> None:
    rows = honest_of(history).filter(pl.col("kind") == "payment")

    # As many as there are spikes, and more.
    assert (ratio(history, rows) > 15).sum() > 400


def test_takeovers_come_from_a_device_the_customer_never_used(history: History) -> None:
    rows = frauds_of(history, "account_takeover")
    own = honest_of(history).select("customer_id", "device_id").drop_nulls().unique()

    unknown = rows.join(own, on=["customer_id", "device_id"], how="anti")
    assert unknown.height / rows.height > 0.85
    assert (rows["kind"] == "transfer").mean() > 0.5


def test_honest_people_get_new_devices_and_addresses_too(history: History) -> None:
    rows = honest_of(history).drop_nulls("device_id")
    known = rows.group_by("customer_id", "device_id").agg(pl.col("day").min())

    assert (known["day"] > 60).sum() > 300
    addresses = honest_of(history).drop_nulls("ip_address")
    assert (
        addresses.group_by("customer_id", "ip_address")
        .agg(pl.col("day").min())
        .filter(pl.col("day") > 60)
        .height
        > 2_000
    )


def test_structuring_stays_below_the_limit_again_and_again(history: History) -> None:
    rows = frauds_of(history, "structuring")

    assert rows["euros"].min() > 7_400
    assert rows["euros"].max() < 10_000
    assert set(rows["kind"]) == {"deposit", "transfer"}
    assert gaps(rows, "customer_id").median() < 24 * 60


def test_honest_deposits_and_transfers_come_close_to_the_limit(history: History) -> None:
    rows = honest_of(history).filter(pl.col("kind").is_in(["deposit", "transfer"]))

    assert rows["euros"].is_between(5_000, 10_000).sum() > 30


def test_blacklisted_shops_are_marked_and_some_honest_people_pay_there(history: History) -> None:
    listed = history.merchants.filter("is_blacklisted")["merchant_id"].implode()
    rows = with_truth(history).filter(pl.col("merchant_id").is_in(listed))

    assert set(rows["fraud_type"].drop_nulls()) == {"blacklisted_counterparty"}
    assert 5 < rows["fraud_type"].null_count() < 60
    everywhere = frauds_of(history, "blacklisted_counterparty")
    assert everywhere["merchant_id"].is_in(listed).all()


def test_testers_try_many_cards_on_one_device_with_tiny_amounts(history: History) -> None:
    rows = frauds_of(history, "card_testing")
    session = rows.group_by("device_id").agg(pl.col("card_token").n_unique())

    assert rows["euros"].quantile(0.9) < 6
    assert session["card_token"].median() >= 8
    assert gaps(rows, "device_id").median() < 3


def test_honest_people_make_tiny_payments_and_share_devices(history: History) -> None:
    rows = honest_of(history).drop_nulls("device_id")

    assert (rows["euros"] < 5).mean() > 0.05
    shared = rows.group_by("device_id").agg(pl.col("customer_id").n_unique())
    assert (shared["customer_id"] >= 2).sum() > 50


def test_mules_pass_on_what_comes_in(history: History) -> None:
    rows = frauds_of(history, "mule_ring")
    incoming = rows.filter(pl.col("kind") == "deposit")["euros"].sum()
    outgoing = rows.filter(pl.col("kind") != "deposit")["euros"].sum()

    assert 0.75 < outgoing / incoming < 1.0
    collected = rows.filter(pl.col("kind") == "transfer").group_by("merchant_id")
    assert collected.agg(pl.col("customer_id").n_unique())["customer_id"].max() >= 2


def test_honest_money_comes_in_and_goes_out_within_a_day(history: History) -> None:
    rows = honest_of(history).filter(pl.col("kind").is_in(["deposit", "transfer"]))
    flows = rows.rolling("occurred_at", period="1d", group_by="customer_id").agg(
        pl.col("kind").last().alias("now"), (pl.col("kind") == "deposit").any().alias("had")
    )

    assert flows.filter((pl.col("now") == "transfer") & pl.col("had")).height > 100


def test_invented_people_vanish_some_weeks_after_they_joined(history: History) -> None:
    rows = frauds_of(history, "synthetic_identity").join(history.customers, on="customer_id")
    age = (rows["occurred_at"] - rows["opened_at"]).dt.total_days()

    assert 10 < age.median() < 90
    everybody = with_truth(history).join(history.customers, on="customer_id")
    ages = (everybody["occurred_at"] - everybody["opened_at"]).dt.total_days()
    assert ages.median() > 300


def test_faces_of_invented_people_match_a_little_worse_and_overlap(history: History) -> None:
    invented = frauds_of(history, "synthetic_identity")["customer_id"].unique().implode()
    is_invented = pl.col("customer_id").is_in(invented)
    scores = history.kyc_profiles.select(is_invented.alias("invented"), "face_match_score")
    bad = scores.filter("invented")["face_match_score"]
    good = scores.filter(~pl.col("invented"))["face_match_score"]

    assert bad.mean() < good.mean() - 0.04
    assert bad.quantile(0.75) > good.quantile(0.25)


def test_offices_and_networks_put_many_people_behind_one_address(history: History) -> None:
    rows = honest_of(history).drop_nulls("ip_address")
    people = rows.group_by("ip_address").agg(pl.col("customer_id").n_unique())

    assert (people["customer_id"] >= 10).sum() > 10


def test_people_travel(history: History) -> None:
    rows = honest_of(history).filter(pl.col("channel") == "pos")
    home = rows.group_by("customer_id").agg(pl.col("country").mode().first().alias("home"))
    abroad = rows.join(home, on="customer_id").filter(pl.col("country") != pl.col("home"))

    assert 0.01 < abroad.height / rows.height < 0.08


def test_salaries_and_rents_come_monthly(history: History) -> None:
    rows = honest_of(history).filter(pl.col("mcc") == 6513)
    days = rows.sort("customer_id", "occurred_at").select(
        pl.col("day").diff().over("customer_id", "merchant_id")
    )

    assert 29 < days["day"].drop_nulls().median() < 32


def test_people_keep_to_their_shops_and_hours(history: History) -> None:
    rows = honest_of(history).filter(pl.col("kind") == "payment")
    shops = rows.group_by("customer_id", "merchant_id").len()

    assert shops.filter(pl.col("len") >= 4)["len"].sum() / rows.height > 0.5
    nights = rows["occurred_at"].dt.hour().is_between(1, 4)
    assert nights.mean() < 0.03
