"""Files of others, read by a map: what is taken, what is refused, and by which line."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from fraudsite.environment import CHECKOUT
from transactions.choices import LabelSource
from transactions.columns import LABELS, TRANSACTIONS
from transactions.importing import (
    ImportedHistory,
    MapRefused,
    SourceRefused,
    parse_map,
    read_chunks,
    read_history,
    read_map,
)
from transactions.importing.checks import MAX_LENGTHS
from transactions.importing.map_file import LABEL_SOURCES
from transactions.models import Account, Card, Device, Merchant, Transaction

EXAMPLES = CHECKOUT / "docs" / "examples"
PAN = "4111 1111 1111 1111"  # the test number of every card processor's handbook
HEADER = "id,who,account,card,to,kind,amount,currency,at,country,lat,lon,mcc,ip,fraud,known"
MAP = """
[columns]
transaction_id = "id"
customer_id = "who"
account_id = "account"
card_token = "card"
merchant_id = "to"
kind = "kind"
amount = "amount"
currency = "currency"
occurred_at = "at"
country = "country"
latitude = "lat"
longitude = "lon"
mcc = "mcc"
ip_address = "ip"
[defaults]
currency = "EUR"
[values.kind]
CASH_OUT = "withdrawal"
[labels]
column = "fraud"
known_at = "known"
"""
SOUND = {
    "id": "T1",
    "who": "Ada",
    "account": "A1",
    "card": "tok_1",
    "to": "M1",
    "kind": "payment",
    "amount": "12.30",
    "currency": "EUR",
    "at": "2026-03-01T10:00:00Z",
    "country": "de",
    "lat": "52.5",
    "lon": "13.25",
    "mcc": "5411",
    "ip": "192.0.2.1",
    "fraud": "1",
    "known": "2026-03-08",
}


def line(**changes: str) -> str:
    return ",".join({**SOUND, **changes}.values())


def read(
    folder: Path, *lines: str, text_map: str = MAP, latest: datetime | None = None
) -> ImportedHistory:
    path = folder / "history.csv"
    path.write_text("\n".join((HEADER, *lines)) + "\n", encoding="utf-8")
    return read_history(path, parse_map(text_map), latest=latest)


def test_a_row_comes_out_in_our_columns(tmp_path: Path) -> None:
    history = read(tmp_path, line())

    at = datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert dict(history.transactions.schema) == TRANSACTIONS
    assert history.transactions.row(0, named=True) == {
        "transaction_id": "T1",
        "customer_id": "Ada",
        "account_id": "A1",
        "card_token": "tok_1",
        "device_id": None,
        "ip_address": "192.0.2.1",
        "merchant_id": "M1",
        "kind": "payment",
        "channel": None,
        "amount_minor": 1230,
        "currency": "EUR",
        "amount_reference_minor": 1230,
        "occurred_at": at,
        "arrived_at": at,
        "country": "DE",
        "latitude": 52.5,
        "longitude": 13.25,
        "mcc": 5411,
    }
    assert dict(history.labels.schema) == LABELS
    assert history.labels.rows() == [("T1", True, "import", datetime(2026, 3, 8, tzinfo=UTC), None)]
    assert history.refused.is_empty()


def test_empty_cells_are_nothing_or_the_default(tmp_path: Path) -> None:
    empty = dict.fromkeys(
        ("account", "card", "to", "currency", "country", "lat", "lon", "mcc", "ip", "fraud"), ""
    )

    history = read(tmp_path, line(**empty, known=" "))

    row = history.transactions.row(0, named=True)
    assert {row[name] for name in ("account_id", "card_token", "merchant_id", "ip_address")} == {
        None
    }
    assert (row["currency"], row["country"], row["mcc"]) == ("EUR", None, None)
    assert history.labels.is_empty()


def test_their_words_become_ours(tmp_path: Path) -> None:
    kinds = read(tmp_path, line(kind="CASH_OUT"), line(id="T2", kind=" Transfer ")).transactions[
        "kind"
    ]

    assert kinds.to_list() == ["withdrawal", "transfer"]


@pytest.mark.parametrize(
    ("changes", "column", "reason"),
    [
        ({"id": " "}, "transaction_id", "missing"),
        ({"who": ""}, "customer_id", "missing"),
        ({"amount": ""}, "amount", "missing"),
        ({"at": ""}, "occurred_at", "missing"),
        ({"kind": ""}, "kind", "missing"),
        ({"id": "T" * 101}, "transaction_id", "too_long"),
        ({"to": "M\x001"}, "merchant_id", "unreadable_text"),
        ({"card": PAN}, "card_token", "card_number"),
        ({"id": f"order {PAN}"}, "transaction_id", "card_number"),
        ({"kind": "gift"}, "kind", "unknown_word"),
        ({"currency": "XYZ"}, "currency", "unknown_currency"),
        ({"amount": "12x"}, "amount", "not_a_number"),
        ({"amount": "1e3"}, "amount", "not_a_number"),
        ({"amount": "-5.00"}, "amount", "not_a_number"),
        ({"amount": "12.345"}, "amount", "too_many_decimals"),
        ({"amount": "12.5", "currency": "JPY"}, "amount", "too_many_decimals"),
        ({"amount": "0.00"}, "amount_minor", "not_above_zero"),
        ({"amount": "10000000000000.01"}, "amount_minor", "too_large"),
        ({"amount": "9" * 16}, "amount", "too_large"),
        ({"at": "yesterday"}, "occurred_at", "not_a_time"),
        ({"at": "2026-02-30"}, "occurred_at", "not_a_time"),
        ({"at": "1999-12-31"}, "occurred_at", "out_of_range"),
        ({"at": "2026-12-01T00:00:00Z", "fraud": ""}, "occurred_at", "in_the_future"),
        ({"ip": "192.0.2.256"}, "ip_address", "not_an_address"),
        ({"ip": "fe80::1%eth0"}, "ip_address", "not_an_address"),
        ({"country": "Germany"}, "country", "not_a_country"),
        ({"lat": "91"}, "latitude", "out_of_range"),
        ({"lat": "north"}, "latitude", "out_of_range"),
        ({"lon": "nan"}, "longitude", "out_of_range"),
        ({"lon": ""}, "latitude", "half_a_place"),
        ({"mcc": "54-11"}, "mcc", "not_a_code"),
        ({"fraud": "perhaps"}, "is_fraud", "unknown_word"),
        ({"known": ""}, "known_at", "missing"),
        ({"known": "soon"}, "known_at", "not_a_time"),
        ({"known": "2026-02-01"}, "known_at", "known_too_early"),
        ({"id": "T0"}, "transaction_id", "duplicate_in_file"),
    ],
)
def test_a_bad_row_is_refused_by_its_line_and_the_others_stay(
    tmp_path: Path, changes: dict[str, str], column: str, reason: str
) -> None:
    now = datetime(2026, 11, 21, tzinfo=UTC)

    history = read(tmp_path, line(id="T0"), line(**changes), line(id="T2"), latest=now)

    assert history.refused.rows() == [(3, column, reason)]
    assert history.transactions["transaction_id"].to_list() == ["T0", "T2"]
    assert history.labels["transaction_id"].to_list() == ["T0", "T2"]


def test_lines_are_counted_as_an_editor_does(tmp_path: Path) -> None:
    history = read(
        tmp_path,
        line(to='"two\nlines"'),  # lines 2 and 3: refused, a line break is no part of an id
        "",
        line(id="T2"),  # line 5
        line(id="T3") + ",more",
        "too,few",
        line(id="T4", amount="?"),
    )

    assert history.refused.rows() == [
        (2, "merchant_id", "unreadable_text"),
        (6, "", "wrong_field_count"),
        (7, "", "wrong_field_count"),
        (8, "amount", "not_a_number"),
    ]
    assert history.transactions["transaction_id"].to_list() == ["T2"]


def test_labels_that_nobody_can_know_yet_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    path.write_text("\n".join((HEADER, line(known="2026-03-09"), line(id="T2"))))
    yesterday = datetime(2026, 3, 8, tzinfo=UTC)

    (chunk,) = read_chunks(path, parse_map(MAP), latest=yesterday)

    assert len(chunk.transactions) == 2
    assert chunk.labels["transaction_id"].to_list() == ["T2"]
    assert chunk.labels_ahead == 1


def test_bytes_that_are_no_text_refuse_their_row_alone(tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    rows = (HEADER, line(), line(id="T2", to="Caf?"), line(id="T3"))
    path.write_bytes("\n".join(rows).encode().replace(b"?", b"\xe9"))

    history = read_history(path, parse_map(MAP))
    in_its_encoding = read_history(path, parse_map(f'{MAP}\n[csv]\nencoding = "latin-1"'))

    assert history.refused.rows() == [(3, "merchant_id", "unreadable_text")]
    assert in_its_encoding.transactions["merchant_id"].to_list() == ["M1", "Café", "M1"]


@pytest.mark.parametrize("chunk_rows", [1, 2, 3, 100])
def test_chunks_of_any_size_give_the_same(tmp_path: Path, chunk_rows: int) -> None:
    path = tmp_path / "history.csv"
    ids = ["T1", "T2", "T1", "T3", "T2", "T4", "T4"]
    rows = [line(id=one, amount="?" if place == 3 else "1") for place, one in enumerate(ids)]
    path.write_text("\n".join((HEADER, *rows)))

    chunks = list(read_chunks(path, parse_map(MAP), chunk_rows=chunk_rows))

    assert len(chunks) == -(-len(ids) // chunk_rows)
    assert pl.concat(chunk.rows for chunk in chunks).to_list() == [2, 3, 7]
    assert pl.concat(chunk.refused for chunk in chunks).rows() == [
        (4, "transaction_id", "duplicate_in_file"),
        (5, "amount", "not_a_number"),
        (6, "transaction_id", "duplicate_in_file"),
        (8, "transaction_id", "duplicate_in_file"),
    ]
    assert chunks[-1].done == chunks[-1].total == path.stat().st_size


def test_a_file_without_rows_is_an_empty_history(tmp_path: Path) -> None:
    history = read(tmp_path)

    assert dict(history.transactions.schema) == TRANSACTIONS
    assert history.transactions.is_empty()
    assert history.refused.is_empty()


def test_parquet_columns_keep_their_types(tmp_path: Path) -> None:
    path = tmp_path / "history.parquet"
    pl.DataFrame(
        {
            "id": [7, 8],
            "who": ["Ada", "Ben"],
            "kind": ["payment", "deposit"],
            "amount": pl.Series([Decimal("0.10"), Decimal("12.30")], dtype=pl.Decimal(10, 2)),
            "currency": ["EUR", "USD"],
            "at": [datetime(2026, 7, 1, 12), datetime(2026, 10, 25, 2, 30)],  # noqa: DTZ001 - local
            "day": [date(2026, 7, 2), None],
            "fraud": [True, None],
        }
    ).write_parquet(path)
    text_map = """
    [columns]
    transaction_id = "id"
    customer_id = "who"
    kind = "kind"
    amount = "amount"
    currency = "currency"
    occurred_at = "at"
    [time]
    timezone = "Europe/Berlin"
    [labels]
    column = "fraud"
    known_at = "day"
    """

    history = read_history(path, parse_map(text_map))

    row = history.transactions.row(0, named=True)
    assert (row["transaction_id"], row["amount_minor"]) == ("7", 10)
    assert row["occurred_at"] == datetime(2026, 7, 1, 10, tzinfo=UTC)
    assert history.labels["known_at"].to_list() == [datetime(2026, 7, 1, 22, tzinfo=UTC)]
    # Row 2 happened in the hour that Berlin's clocks pass twice.
    assert history.refused.rows() == [(2, "occurred_at", "not_a_time")]


def test_floats_are_what_they_print_as_and_never_rounded(tmp_path: Path) -> None:
    path = tmp_path / "history.parquet"
    amounts = [0.1, 12.34, 5.0, 0.1 + 0.2, 1e16]
    pl.DataFrame({"amount": amounts}).with_row_index("id").write_parquet(path)
    text_map = """
    [columns]
    amount = "amount"
    transaction_id = "id"
    customer_id = "id"
    occurred_at = "id"
    [constants]
    kind = "payment"
    currency = "EUR"
    [time]
    format = "number"
    unit = "days"
    origin = 2026-01-01T00:00:00Z
    """

    history = read_history(path, parse_map(text_map))

    assert history.transactions["amount_minor"].to_list() == [10, 1234, 500]
    assert history.refused.rows() == [
        (4, "amount", "too_many_decimals"),
        (5, "amount", "not_a_number"),
    ]
    first = datetime(2026, 1, 1, tzinfo=UTC)
    assert history.transactions["occurred_at"].to_list() == [
        first + timedelta(days=day) for day in range(3)
    ]


def test_ids_that_are_floats_are_refused_as_a_column(tmp_path: Path) -> None:
    path = tmp_path / "history.parquet"
    columns = {name: ["1"] for name in SOUND} | {"who": [1.0]}
    pl.DataFrame(columns).write_parquet(path)

    with pytest.raises(MapRefused, match="column who holds floating-point numbers"):
        read_history(path, parse_map(MAP))


def test_what_cannot_be_read_at_all_says_why(tmp_path: Path) -> None:
    history_map = parse_map(MAP)
    damaged, folder = tmp_path / "x.parquet", tmp_path / "folder.csv"
    damaged.write_text("no Parquet")
    folder.mkdir()
    (tmp_path / "other.csv").write_text(HEADER.replace("amount", "amounts"))
    (tmp_path / "twice.csv").write_text(f"{HEADER},id")
    (tmp_path / "quote.csv").write_text(f'{HEADER}\n"{"x" * 140_000}')

    for name, sentence in {
        "none.csv": "none.csv cannot be read: No such file or directory",
        "folder.csv": "folder.csv cannot be read: Is a directory",
        "x.parquet": "x.parquet is no Parquet file",
        "other.csv": "no column amount; did you mean amounts",
        "twice.csv": "more than one column id",
        "quote.csv": "a quote before it may not be closed",
    }.items():
        with pytest.raises(SourceRefused, match=sentence):
            read_history(tmp_path / name, history_map)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("[columns]", "[colums]"), "unknown field `colums`"),
        (('kind = "kind"', 'kin = "kind"'), r"\[columns\] names kin.*did you mean kind"),
        (('amount = "amount"', ""), "either amount"),
        (('who"', 'who"\namount_minor = "x"'), "either amount"),
        (('customer_id = "who"', ""), "nothing about customer_id"),
        (("[defaults]", '[constants]\nkind = "payment"\n[defaults]'), "kind more than once"),
        (("[defaults]", '[defaults]\nchannel = "web"'), "channel has defaults or values but no"),
        (('known_at = "known"', ""), "either known_at .* or known_after_days"),
        (('known_at = "known"', "known_after_days = -1"), "between 0 and 3650"),
        (("[labels]", '[labels]\nsource = "rumour"'), "source is one of"),
        (("[labels]", '[labels]\nfraud = ["0"]'), "cannot mean both"),
        (("[defaults]", '[time]\ntimezone = "Mars/Base"\n[defaults]'), "no time zone"),
        (("[defaults]", '[time]\nunit = "weeks"\n[defaults]'), "Invalid enum value"),
        (("[defaults]", "[time]\norigin = 2026-01-01T00:00:00\n[defaults]"), "needs an offset"),
        (("[defaults]", '[csv]\ndelimiter = "||"\n[defaults]'), "one character each"),
        (("[defaults]", '[csv]\nencoding = "klingon"\n[defaults]'), "no known encoding"),
        (("[defaults]", '[amount]\nthousands_separator = "."\n[defaults]'), "same separator"),
        (("[columns]", "[columns"), "not TOML"),
    ],
)
def test_a_map_that_cannot_be_is_refused_with_the_place(
    change: tuple[str, str], sentence: str
) -> None:
    assert change[0] in MAP

    with pytest.raises(MapRefused, match=sentence):
        parse_map(MAP.replace(*change))


def test_the_example_maps_read_files_of_their_kind(tmp_path: Path) -> None:
    paysim = tmp_path / "paysim.csv"
    paysim.write_text(
        "step,type,amount,nameOrig,oldbalanceOrg,newbalanceOrig,nameDest,oldbalanceDest,"
        "newbalanceDest,isFraud,isFlaggedFraud\n"
        "1,PAYMENT,9839.64,C1231006815,170136.0,160296.36,M1979787155,0.0,0.0,0,0\n"
        "30,CASH_OUT,181.0,C840083671,181.0,0.0,C38997010,21182.0,0.0,1,0\n"
    )
    bank = tmp_path / "bank.csv"
    bank.write_bytes(
        "Reference;Client;Account;Card token;Counterparty;Type;Channel;Amount;Currency;Booked;"
        "Country;MCC;IP;Case outcome;Case closed\n"
        "R-1;7;DE-1;;Bäckerei Süß;Card payment;n/a;-1.234,50;;01.07.2026 12:00:00;DE;5462;;"
        "confirmed;09.07.2026 08:30:00\n".encode("cp1252")
    )

    simulated = read_history(paysim, read_map(EXAMPLES / "paysim.toml"))
    exported = read_history(bank, read_map(EXAMPLES / "bank_export.toml"))

    assert simulated.transactions.select(
        "transaction_id", "kind", "amount_minor", "occurred_at"
    ).rows() == [
        ("PS-2", "payment", 983964, datetime(2026, 1, 1, 1, tzinfo=UTC)),
        ("PS-3", "withdrawal", 18100, datetime(2026, 1, 2, 6, tzinfo=UTC)),
    ]
    assert simulated.labels["is_fraud"].to_list() == [False, True]
    assert exported.transactions.select(
        "merchant_id", "channel", "amount_minor", "currency", "occurred_at"
    ).rows() == [("Bäckerei Süß", "web", 123450, "EUR", datetime(2026, 7, 1, 10, tzinfo=UTC))]
    assert exported.labels.select("source", "known_at").rows() == [
        ("analyst", datetime(2026, 7, 9, 6, 30, tzinfo=UTC))
    ]


def test_limits_and_words_are_those_of_the_tables() -> None:
    fields = {
        "transaction_id": Transaction._meta.get_field("external_id"),
        "account_id": Account._meta.get_field("external_id"),
        "card_token": Card._meta.get_field("token"),
        "device_id": Device._meta.get_field("external_id"),
        "merchant_id": Merchant._meta.get_field("external_id"),
        "customer_id": Account._meta.get_field("customer").related_model._meta.get_field(
            "external_id"
        ),
    }

    assert {name: field.max_length for name, field in fields.items()} == MAX_LENGTHS
    assert tuple(LabelSource.values) == LABEL_SOURCES


@pytest.mark.measurement
def test_the_handbook_file_is_read_whole(measurement_data: Path) -> None:
    path = measurement_data / "handbook" / "transactions.parquet"

    history = read_history(path, read_map(EXAMPLES / "handbook.toml"))

    # 33 rows of the book have an amount of 0.
    assert len(history.transactions) == 1_504_595
    assert set(history.refused["reason"]) == {"not_above_zero"}
    assert len(history.refused) == 33
    delay = history.labels["known_at"] - history.transactions["occurred_at"]
    assert delay.unique().to_list() == [timedelta(days=7)]
