"""Folders of generated history in the database: all of it, or nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import polars as pl
import psycopg2
import pytest
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Greatest

from fraudsite.core.actors import Actor
from fraudsite.core.models import AuditEntry, DataKey, Workspace
from fraudsite.core.services.data_keys import open_data_key
from fraudsite.environment import CHECKOUT
from kyc.models import Customer
from kyc.services.customers import customers_ensure
from transactions.models import (
    Account,
    Card,
    Device,
    DeviceAddress,
    Label,
    Merchant,
    Transaction,
)
from transactions.services import load_hooks
from transactions.services.database_trouble import trouble_in_sentences
from transactions.services.load_hooks import LoadedHistory
from transactions.services.loading import HistoryRefused, LoadReport, history_load
from transactions.simulation import History, SimulationPlan, generate
from transactions.simulation.files import write

PLAN = SimulationPlan(users=60, transactions=2_000, seed=7)
TABLES = (Customer, DataKey, Account, Card, Device, DeviceAddress, Merchant, Transaction, Label)
FORM_OF_TABLES = """
SELECT 'index', tablename, indexname, indexdef
FROM pg_indexes WHERE tablename LIKE 'transactions_%%'
UNION ALL
SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid)
FROM pg_constraint WHERE conrelid::regclass::text LIKE 'transactions_%%'
ORDER BY 1, 2, 3
"""


@pytest.fixture(scope="module")
def history() -> History:
    return generate(PLAN)


@pytest.fixture
def folder(history: History, tmp_path: Path) -> Path:
    write(history, tmp_path / "history")
    return tmp_path / "history"


@pytest.fixture(autouse=True)
def without_hooks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out what other apps do with a history: here the tables alone count."""
    monkeypatch.setattr(load_hooks, "during_load", [])
    for module in ("loading", "importing"):
        for name in ("during_load", "after_load"):
            monkeypatch.setattr(f"transactions.services.{module}.{name}", [])


def rows_now() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in TABLES}


@pytest.mark.django_db
def test_every_row_of_the_folder_is_in_its_table(history: History, folder: Path) -> None:
    report = history_load(folder)

    counts = {name: len(frame) for name, frame in history.tables()}
    cards = history.transactions["card_token"].drop_nulls().n_unique()
    assert report == LoadReport(
        customers=60,
        accounts=counts["accounts"],
        merchants=counts["merchants"],
        devices=counts["devices"],
        addresses=counts["ip_history"],
        cards=cards,
        transactions=2_000,
        labels=counts["labels"],
        duration_s=report.duration_s,
    )
    assert rows_now() == {
        "Customer": 60,
        "DataKey": 60,
        "Account": counts["accounts"],
        "Card": cards,
        "Device": counts["devices"],
        "DeviceAddress": counts["ip_history"],
        "Merchant": counts["merchants"],
        "Transaction": 2_000,
        "Label": counts["labels"],
    }
    entry = AuditEntry.objects.get(action="history.loaded")
    assert (entry.actor_id, entry.details["transactions"]) == ("history_load", 2_000)


@pytest.mark.django_db
def test_transactions_come_back_as_they_stood_in_the_file(history: History, folder: Path) -> None:
    history_load(folder)

    # By id, which is the order of the rows.
    stored = Transaction.objects.order_by("id").values_list(
        "external_id",
        "customer__external_id",
        "account__external_id",
        "card__token",
        "device_reference",
        "ip_address",
        "merchant__external_id",
        "kind",
        "channel",
        "amount_minor",
        "currency",
        "amount_reference_minor",
        "occurred_at",
        "arrived_at",
        "country",
        "latitude",
        "longitude",
        "mcc",
    )
    schema = dict(history.transactions.schema)
    back = pl.DataFrame(list(stored), schema=schema, orient="row", strict=False)
    texts = pl.col("device_id", "channel", "country").fill_null("")
    assert back.equals(history.transactions.with_columns(texts))
    statuses = Transaction.objects.values_list("status", "sequence", "workspace").distinct()
    assert list(statuses) == [("recorded", None, Workspace.objects.live().pk)]


@pytest.mark.django_db
def test_labels_belong_to_their_transactions(history: History, folder: Path) -> None:
    history_load(folder)

    stored = Label.objects.order_by("id").values_list(
        "transaction__external_id", "is_fraud", "source", "known_at"
    )
    wanted = history.labels.select("transaction_id", "is_fraud", "source", "known_at")
    assert list(stored) == wanted.rows()


@pytest.mark.django_db
def test_customers_have_keys_of_their_own_and_devices_their_history(
    history: History, folder: Path
) -> None:
    history_load(folder)

    keys = {open_data_key(customer.data_key) for customer in Customer.objects.all()}
    assert len(keys) == 60
    seen = dict(Customer.objects.values_list("external_id", "created_at"))
    assert seen == dict(history.customers.select("customer_id", "opened_at").iter_rows())
    for device in Device.objects.prefetch_related("addresses")[:20]:
        used = history.ip_history.filter(pl.col("device_id") == device.external_id)
        assert {address.ip_address for address in device.addresses.all()} == set(used["ip_address"])
        assert device.last_seen_at == (used["last_seen_at"].max() or device.first_seen_at)
    moved = Transaction.objects.exclude(device_reference="").order_by("id")[0]
    device = Device.objects.get(external_id=moved.device_reference)
    assert moved.device_fingerprint == device.fingerprint


@pytest.mark.django_db
def test_loading_again_is_refused_and_changes_nothing(folder: Path) -> None:
    history_load(folder)
    before = rows_now()

    with pytest.raises(HistoryRefused, match="60 of the 60 customers of this folder are in"):
        history_load(folder)

    assert rows_now() == before


@pytest.mark.django_db
def test_transactions_that_are_there_already_are_refused_whole(folder: Path) -> None:
    history_load(folder)
    before = rows_now()
    for name in ("customers", "accounts", "merchants", "devices", "ip_history"):
        (folder / f"{name}.parquet").unlink()

    with pytest.raises(HistoryRefused) as refused:
        history_load(folder)

    assert str(refused.value) == (
        "Ids of transactions in the file exist in the database already. Nothing was loaded."
    )
    assert rows_now() == before


@pytest.mark.django_db
def test_a_folder_of_transactions_alone_makes_what_they_name(
    history: History, folder: Path
) -> None:
    for path in folder.iterdir():
        if path.name != "transactions.parquet":
            path.unlink()

    report = history_load(folder)

    assert report.customers == history.transactions["customer_id"].n_unique()
    assert report.accounts == history.transactions["account_id"].n_unique()
    account = Account.objects.order_by("external_id")[0]
    first = history.transactions.filter(pl.col("account_id") == account.external_id)
    assert account.opened_at == first["occurred_at"].min()
    assert {account.customer.external_id} == set(first["customer_id"])


@pytest.mark.django_db
def test_the_sandbox_does_not_see_what_is_live(folder: Path) -> None:
    history_load(folder)

    history_load(folder, workspace_kind="sandbox")

    sandbox = Workspace.objects.sandbox()
    assert Transaction.objects.filter(workspace=sandbox).count() == 2_000
    assert Transaction.objects.filter(workspace=sandbox, customer__workspace=sandbox).count() == (
        2_000
    )


@pytest.mark.django_db
def test_places_are_drawn_by_time_where_features_follow(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[LoadedHistory] = []
    monkeypatch.setattr("transactions.services.loading.after_load", [seen.append])

    history_load(folder)

    profiles = seen[0].tables["kyc_profiles"].collect()["decided_at"].to_list()
    placed = [
        *(
            (at, 0, place, row)
            for row, (at, place) in enumerate(
                zip(profiles, seen[0].verification_places, strict=True)
            )
        ),
        *(
            (at, 1, place, row)
            for at, place, row in Label.objects.annotate(
                at=Greatest("known_at", F("transaction__arrived_at") + timedelta(microseconds=1))
            ).values_list("at", "sequence", "id")
        ),
        *(
            (at, 2, place, row)
            for at, place, row in Transaction.objects.values_list("arrived_at", "sequence", "id")
        ),
    ]
    by_place = sorted(placed, key=lambda one: one[2])
    assert by_place == sorted(placed, key=lambda one: (one[0], one[1], one[3]))
    first = by_place[0][2]
    assert [one[2] for one in by_place] == list(range(first, first + len(placed)))


@pytest.mark.django_db
def test_behind_others_places_are_left_to_the_rebuild(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    history_load(folder, workspace_kind="sandbox")
    seen: list[LoadedHistory] = []
    monkeypatch.setattr("transactions.services.loading.after_load", [seen.append])

    history_load(folder)

    assert seen[0].verification_places is None
    assert not Transaction.objects.exclude(sequence=None).exists()


@pytest.mark.django_db
def test_indexes_and_constraints_are_as_before(folder: Path) -> None:
    def form() -> list[tuple[str, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(FORM_OF_TABLES)
            return cursor.fetchall()

    before = form()
    assert len(before) > 30

    history_load(folder)

    assert form() == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"amount_minor": -1}, "for its amount_minor: The amount is not above zero."),
        ({"card_token": "4111111111111111"}, "for its card_token: The text looks like a card"),
        ({"kind": "gift"}, "for its kind: The word is none of the allowed ones"),
        ({"ip_address": "::FFFF:1.2.3.4"}, "for its ip_address: This is no IPv4"),
    ],
)
def test_a_row_that_cannot_be_keeps_all_out_and_is_not_quoted(
    history: History, folder: Path, change: dict[str, object], sentence: str
) -> None:
    name, value = next(iter(change.items()))
    bad = pl.int_range(pl.len()) == 1_500
    frame = history.transactions.with_columns(
        pl.when(bad)
        .then(pl.lit(value))
        .otherwise(name)
        .cast(history.transactions.schema[name])
        .alias(name)
    )
    frame.write_parquet(folder / "transactions.parquet")

    with pytest.raises(HistoryRefused) as refused:
        history_load(folder)

    assert sentence in str(refused.value)
    assert str(value) not in str(refused.value)
    assert set(rows_now().values()) == {0}


@pytest.mark.django_db
def test_files_of_another_form_are_refused(history: History, folder: Path, tmp_path: Path) -> None:
    with pytest.raises(HistoryRefused, match=r"holds no transactions.parquet"):
        history_load(tmp_path)

    history.labels.drop("known_at").write_parquet(folder / "labels.parquet")
    with pytest.raises(HistoryRefused, match=r"labels.parquet has no column known_at"):
        history_load(folder)

    (folder / "labels.parquet").write_text("torn")
    with pytest.raises(HistoryRefused, match=r"labels.parquet is no Parquet file"):
        history_load(folder)

    orphan = history.labels.with_columns(transaction_id=pl.lit("T0"))
    orphan.write_parquet(folder / "labels.parquet")
    with pytest.raises(HistoryRefused, match="names transactions that are not in the folder"):
        history_load(folder)
    assert set(rows_now().values()) == {0}


@pytest.mark.django_db
def test_hooks_see_the_customers_and_fail_with_the_load(
    history: History, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[LoadedHistory] = []

    def fail(loaded: LoadedHistory) -> None:
        seen.append(loaded)
        message = "no room"
        raise RuntimeError(message)

    monkeypatch.setattr("transactions.services.loading.during_load", [fail])

    with pytest.raises(RuntimeError, match="no room"):
        history_load(folder)

    assert set(seen[0].customers["customer_id"]) == set(history.customers["customer_id"])
    assert seen[0].tables["kyc_profiles"].collect().equals(history.kyc_profiles)
    assert set(rows_now().values()) == {0}


@pytest.mark.django_db
def test_features_that_cannot_be_built_leave_the_history_in(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def disk_full(_: LoadedHistory) -> None:
        with connection.cursor() as cursor, transaction.atomic():
            cursor.execute("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '53100'; END $$")

    monkeypatch.setattr("transactions.services.loading.after_load", [disk_full])

    with pytest.raises(HistoryRefused, match=r"loaded; run manage\.py rebuild_features to finish"):
        history_load(folder)

    assert Transaction.objects.count() == 2_000


@pytest.mark.django_db(transaction=True)
def test_a_database_that_goes_away_in_the_middle_leaves_nothing(folder: Path) -> None:
    def end_the_session(_done: int, _total: int, what: str) -> None:
        if what == "transactions":
            with psycopg2.connect(**other_session) as session, session.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(%s)", [backend])

    connection.ensure_connection()
    backend = connection.connection.info.backend_pid
    other_session = {**connection.connection.info.dsn_parameters}
    other_session["password"] = connection.settings_dict["PASSWORD"]
    other_session.pop("options", None)

    with pytest.raises(HistoryRefused) as refused:
        history_load(folder, progress=end_the_session)

    connection.close()
    assert str(refused.value) == (
        "The database cannot be reached, or went away. Nothing was loaded."
    )
    assert set(rows_now().values()) == {0}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("53100", "The database's disk is full; make room and start again. Nothing was loaded."),
        ("57P01", "The database cannot be reached, or went away. Nothing was loaded."),
        ("22001", "The database refused the rows (SQLSTATE 22001). Nothing was loaded."),
    ],
)
def test_what_the_database_raises_becomes_a_sentence(code: str, sentence: str) -> None:
    # A disk cannot be filled in a test; the server raises here what it raises then.
    raised = f"DO $$ BEGIN RAISE EXCEPTION 'value 4111' USING ERRCODE = '{code}'; END $$"

    with (
        pytest.raises(HistoryRefused) as refused,
        trouble_in_sentences(),
        connection.cursor() as cursor,
    ):
        cursor.execute(raised)

    assert str(refused.value) == sentence


@pytest.mark.slow  # starts Django in a process of its own, 3 s
def test_without_a_database_the_command_ends_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "history.csv").write_text("id\n")
    addresses = {
        "DATABASE_URL": "postgresql://a:b@127.0.0.1:1/c",
        "REDIS_URL": "redis://127.0.0.1:1/0",
    }

    result = subprocess.run(
        [
            sys.executable,
            "manage.py",
            "import_transactions",
            str(tmp_path / "history.csv"),
            "--map=docs/examples/handbook.toml",
        ],
        cwd=CHECKOUT,
        env={**os.environ, **addresses},
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 1
    assert result.stdout == ""
    assert "The database cannot be reached" in result.stderr.splitlines()[-1]
    assert "Traceback" not in result.stderr


@pytest.mark.django_db
def test_customers_that_came_by_the_api_are_found_not_doubled(
    history: History, folder: Path
) -> None:
    known = history.transactions["customer_id"][0]
    live = Workspace.objects.live()
    customers_ensure(workspace_id=live.pk, external_ids=[known], actor=Actor.system("test"))
    (folder / "customers.parquet").unlink()

    history_load(folder)

    assert Customer.objects.filter(external_id=known).count() == 1
    assert Transaction.objects.filter(customer__external_id=known).exists()
