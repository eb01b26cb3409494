"""Columns against single values: amounts, times, addresses and card numbers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import polars as pl
from hypothesis import example, given, settings
from hypothesis import strategies as st

from transactions.columns import TRANSACTIONS
from transactions.importing.addresses import plain_addresses
from transactions.importing.amounts import exponents, minor_units, reference_amounts
from transactions.importing.checks import check_rows, transaction_checks
from transactions.importing.instants import instants_of
from transactions.importing.map_file import TimeForm
from transactions.importing.sources import ROW
from transactions.incoming import plain_address
from transactions.money import (
    DEFAULT_RATES,
    AmountRefused,
    Money,
    looks_like_pan,
    parse_money,
    reference_minor,
)

currencies = st.sampled_from(["EUR", "JPY", "KWD", "CLF", "XYZ"])
decimal_texts = st.one_of(
    st.from_regex(r"[0-9]{1,18}(\.[0-9]{0,6})?", fullmatch=True),
    st.text("0123456789.-+e ,٣", max_size=12),
)


def minor_or_none(text: str, currency: str) -> int | None:
    try:
        return parse_money(text.removesuffix("."), currency).minor
    except AmountRefused:
        return None


@given(st.lists(st.tuples(decimal_texts, currencies), min_size=1, max_size=50))
@example([("9999999999999.99", "EUR"), ("10000000000000.00", "EUR"), ("0.0001", "CLF")])
def test_a_column_of_amounts_is_read_as_each_alone(pairs: list[tuple[str, str]]) -> None:
    frame = pl.DataFrame(pairs, schema=["amount", "currency"], orient="row")

    minor = frame.select(minor_units(pl.col("amount"), exponents(pl.col("currency")))).to_series()

    # Zero and what is above the limit are refused by a check of their own.
    wanted = [minor_or_none(*pair) for pair in pairs]
    kept = [value if value is not None and 0 < value <= 10**15 else None for value in minor]
    assert kept == wanted


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=30))
def test_float_cents_survive_a_float_column(cents: list[int]) -> None:
    amounts = pl.DataFrame({"amount": [value / 100 for value in cents]}).select(
        minor_units(pl.col("amount").cast(pl.String), pl.lit(2))
    )

    assert amounts.to_series().to_list() == cents


@given(
    st.lists(
        st.tuples(st.integers(1, 10**15), st.sampled_from(["EUR", "USD", "VND", "AFN"])),
        min_size=1,
        max_size=30,
    )
)
def test_reference_amounts_are_those_of_single_payments(pairs: list[tuple[int, str]]) -> None:
    frame = pl.DataFrame(pairs, schema=["amount_minor", "currency"], orient="row")

    assert reference_amounts(frame, DEFAULT_RATES).to_list() == [
        reference_minor(Money(*pair), DEFAULT_RATES) for pair in pairs
    ]


offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(1980, 1, 1), datetime(2090, 1, 1))  # noqa: DTZ001 - local


@given(st.lists(st.builds(datetime.replace, moments, tzinfo=offsets), min_size=1, max_size=20))
def test_times_with_offsets_are_read_as_python_does(times: list[datetime]) -> None:
    for text_of in (datetime.isoformat, str):
        read = instants_of(pl.Series([text_of(time) for time in times]), TimeForm())

        assert read.to_list() == times


@given(moments)
def test_local_times_are_those_of_the_zone_unless_clocks_change(moment: datetime) -> None:
    zone = TimeForm(timezone="Europe/Berlin", format="%d.%m.%Y %H:%M:%S%.f")
    text = moment.strftime("%d.%m.%Y %H:%M:%S.%f")
    local = moment.replace(tzinfo=ZoneInfo("Europe/Berlin"))
    exists = local.astimezone(UTC).astimezone(local.tzinfo).replace(tzinfo=None) == moment
    is_once = local.utcoffset() == local.replace(fold=1).utcoffset()

    read = instants_of(pl.Series([text]), zone).to_list()

    assert read == ([local.astimezone(UTC)] if exists and is_once else [None])


@given(st.integers(0, 4_000_000_000), st.integers(0, 999_999))
def test_unix_times_are_exact(seconds: int, micros: int) -> None:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    fraction = timedelta(microseconds=micros)

    assert instants_of(pl.Series([seconds]), TimeForm(format="number")).to_list() == [moment]
    in_ms = TimeForm(format="number", unit="ms")
    assert instants_of(pl.Series([str(seconds * 1000)]), in_ms).to_list() == [moment]
    in_text = pl.Series([f"{seconds}.{micros:06d}"])
    assert instants_of(in_text, TimeForm(format="number")).to_list() == [moment + fraction]


def test_numbers_that_are_no_time_are_none() -> None:
    form = TimeForm(format="number", unit="days")

    read = instants_of(pl.Series(["", "x", "9" * 30, "9223372036854775807", "nan", "-inf"]), form)

    assert read.to_list() == [None] * 6


@given(
    st.one_of(
        st.ip_addresses().map(str),
        st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,3}){2,4}", fullmatch=True),
        st.from_regex(r"[0-9a-fA-F:]{2,20}(%en0)?", fullmatch=True),
    )
)
@example("::ffff:192.0.2.1")
@example("010.0.0.1")
def test_addresses_are_written_as_the_api_writes_them(text: str) -> None:
    try:
        wanted = plain_address(text)
    except ValueError:
        wanted = None

    assert pl.select(plain_addresses(pl.lit(text))).item() == wanted


@settings(max_examples=300)
@given(st.text("0123456789٣４ -–\u00ada.", min_size=1, max_size=40).map(str.strip).filter(bool))
@example("4111 1111 1111 1111")
@example("card４１１１１１１１１１１１１１１１")
def test_no_card_number_slips_past_the_column_check(text: str) -> None:
    row = dict.fromkeys(TRANSACTIONS) | {
        "transaction_id": "T1",
        "customer_id": "Ada",
        "kind": "payment",
        "amount_minor": 100,
        "currency": "EUR",
        "occurred_at": datetime(2026, 1, 1, tzinfo=UTC),
        "merchant_id": text,
    }
    frame = pl.DataFrame([row], schema=TRANSACTIONS).with_row_index(ROW)

    passed, refused = check_rows(frame, transaction_checks())

    assert len(passed) + len(refused) == 1
    assert (refused["reason"].to_list() == ["card_number"]) == looks_like_pan(text)


def test_decimals_of_the_widest_kind_are_exact() -> None:
    widest = Decimal("9999999999999.99")
    frame = pl.DataFrame({"amount": pl.Series([widest], dtype=pl.Decimal(15, 2))})

    minor = frame.select(minor_units(pl.col("amount").cast(pl.String), pl.lit(2))).item()

    assert minor == 999_999_999_999_999
