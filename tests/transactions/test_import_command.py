"""`manage.py import_transactions`, through the command line."""

from __future__ import annotations

import csv
import io
import json
from functools import partial
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from fraudsite.core.models import AuditEntry, Workspace
from kyc.models import Customer
from transactions.importing import read_chunks
from transactions.models import Account, Device, Label, Merchant, Transaction
from transactions.services import importing

MAP = """
[columns]
transaction_id = "id"
customer_id = "who"
account_id = "account"
merchant_id = "to"
device_id = "device"
kind = "kind"
amount = "amount"
occurred_at = "at"
[constants]
currency = "EUR"
[labels]
column = "fraud"
known_after_days = 7
"""
HEADER = "id,who,account,to,device,kind,amount,at,fraud\n"
ADA = "T1,Ada,A-Ada,Shop,D1,payment,12.30,2026-03-01T10:00:00Z,0\n"
BEN = "T2,Ben,A-Ben,Carla,D2,transfer,99,2026-03-02T10:00:00Z,1\n"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def without_hooks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out what other apps do with a history: here the tables alone count."""
    monkeypatch.setattr(importing, "during_load", [])
    monkeypatch.setattr(importing, "after_load", [])


class Import:
    """Runs the command on a file of these lines."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file, self.map = folder / "history.csv", folder / "map.toml"
        self.report = folder / "refused.csv"
        self.map.write_text(MAP)
        self.told = ""

    def __call__(self, *lines: str, options: tuple[str, ...] = ()) -> int:
        self.file.write_text(HEADER + "".join(lines))
        out = io.StringIO()
        try:
            call_command(
                "import_transactions",
                str(self.file),
                f"--map={self.map}",
                *options,
                stdout=out,
            )
        except SystemExit as ended:
            return int(ended.code)
        finally:
            self.told = out.getvalue()
        return 0


@pytest.fixture
def run(tmp_path: Path) -> Import:
    return Import(tmp_path)


def test_all_rows_go_in_with_what_they_name(run: Import) -> None:
    assert run(ADA, BEN) == 0

    assert list(
        Transaction.objects.order_by("id").values_list(
            "external_id",
            "customer__external_id",
            "account__external_id",
            "merchant__external_id",
            "merchant__kind",
            "amount_minor",
            "status",
        )
    ) == [
        ("T1", "Ada", "A-Ada", "Shop", "shop", 1230, "recorded"),
        ("T2", "Ben", "A-Ben", "Carla", "payee", 9900, "recorded"),
    ]
    assert list(Label.objects.order_by("id").values_list("is_fraud", "source")) == [
        (False, "import"),
        (True, "import"),
    ]
    assert set(Device.objects.values_list("external_id", flat=True)) == {"D1", "D2"}
    assert "Imported 2 of 2 transactions and 2 labels" in run.told
    assert "New: 2 customers, 2 merchants, 2 accounts." in run.told
    assert AuditEntry.objects.get(action="history.imported").details == {
        "transactions": 2,
        "labels": 2,
        "refused": {},
    }


def test_refused_rows_are_told_by_line_and_the_rest_goes_in(run: Import) -> None:
    pan = "4111111111111111"
    code = run(
        ADA,
        BEN.replace("99", "9.999"),
        BEN.replace("Carla", pan).replace("T2", "T3"),
        options=(f"--report={run.report}",),
    )

    assert code == 3
    assert Transaction.objects.get().external_id == "T1"
    assert set(Customer.objects.values_list("external_id", flat=True)) == {"Ada"}
    with run.report.open(newline="") as file:
        assert [row[:3] for row in csv.reader(file)] == [
            ["line", "column", "reason"],
            ["3", "amount", "too_many_decimals"],
            ["4", "merchant_id", "card_number"],
        ]
    assert "line 3  amount  too_many_decimals" in run.told
    for personal in (pan, "Ben"):
        assert personal not in run.told + run.report.read_text()


def test_what_was_recorded_before_is_refused_and_not_doubled(run: Import) -> None:
    run(ADA)

    assert run(ADA, BEN) == 3

    assert "line 2  transaction_id  duplicate_in_database" in run.told
    assert Transaction.objects.count() == Customer.objects.count() == 2
    assert Label.objects.count() == 2
    assert run(ADA, BEN) == 1
    assert "Imported 0 of 2 transactions and 0 labels" in run.told


def test_another_workspace_has_ids_of_its_own(run: Import) -> None:
    run(ADA)

    assert run(ADA, options=("--workspace=sandbox",)) == 0

    assert Transaction.objects.filter(workspace=Workspace.objects.sandbox()).count() == 1
    assert Customer.objects.filter(external_id="Ada").count() == 2


def test_an_account_stays_with_its_customer(run: Import) -> None:
    run(ADA)

    assert run(BEN, BEN.replace("T2", "T3").replace("A-Ben", "A-Ada")) == 3

    assert "line 3  account_id  account_of_another" in run.told
    assert Account.objects.get(external_id="A-Ada").transactions.count() == 1


def test_an_account_of_two_customers_in_one_file_is_seen_too(run: Import) -> None:
    assert run(ADA, BEN.replace("A-Ben", "A-Ada")) == 3

    assert "line 3  account_id  account_of_another" in run.told


def test_a_dry_run_says_the_same_and_writes_nothing(run: Import) -> None:
    rows = (ADA, BEN, BEN.replace("T2", "T3").replace("A-Ben", "A-Ada"), "short\n")

    assert run(*rows, options=("--dry-run", "--json")) == 3
    tried = json.loads(run.told)
    counts = [
        model.objects.count() for model in (Transaction, Customer, Account, Merchant, AuditEntry)
    ]
    assert counts == [0] * 5

    assert run(*rows, options=("--json",)) == 3
    done = json.loads(run.told)
    assert (tried.pop("is_dry_run"), done.pop("is_dry_run")) == (True, False)
    assert tried.pop("duration_s") >= 0
    del done["duration_s"]
    assert tried == done
    assert done == {
        "rows": 4,
        "imported": 2,
        "labels": 2,
        "labels_ahead": 0,
        "refused": {"account_of_another": 1, "wrong_field_count": 1},
        "created": {"customers": 2, "merchants": 2, "accounts": 2},
        "first_refused": [
            {"line": 4, "column": "account_id", "reason": "account_of_another"},
            {"line": 5, "column": "", "reason": "wrong_field_count"},
        ],
    }


def test_only_the_first_twenty_are_shown(run: Import) -> None:
    bad = [ADA.replace("T1,", f"B{place},").replace("12.30", "x") for place in range(25)]

    assert run(ADA, *bad, options=(f"--report={run.report}",)) == 3

    assert run.told.count("not_a_number") == 20
    assert "and 5 more" in run.told
    assert len(run.report.read_text().splitlines()) == 26


def test_chunks_find_duplicates_and_accounts_of_each_other(
    run: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "read_chunks", partial(read_chunks, chunk_rows=2))
    rows = [
        BEN.replace("T2", f"T{place}").replace("2026-03-02", f"2026-03-{place + 10}")
        for place in range(9)
    ]

    assert run(*rows, rows[1], rows[8].replace("T8,Ben", "T9,Ada")) == 3

    assert "line 11  transaction_id  duplicate_in_file" in run.told
    assert "line 12  account_id  account_of_another" in run.told
    assert Customer.objects.filter(external_id="Ben").count() == Account.objects.count() == 1
    assert Label.objects.count() == 9


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("[columns]", "[colums]"), "The map: Object contains unknown field"),
        (('"who"', '"whom"'), "The file has no column whom; did you mean who."),
    ],
)
def test_what_cannot_begin_ends_with_one_sentence_and_code_1(
    run: Import, change: tuple[str, str], sentence: str
) -> None:
    run.map.write_text(MAP.replace(*change))

    with pytest.raises(CommandError) as error:
        run(ADA)

    assert str(error.value).startswith(sentence)
    assert error.value.returncode == 1


def test_the_report_never_replaces_what_is_read(run: Import) -> None:
    with pytest.raises(CommandError, match="would be written over"):
        run(ADA, options=(f"--report={run.file}",))
    with pytest.raises(CommandError, match="cannot be written: No such file"):
        run(ADA, options=(f"--report={run.folder / 'none' / 'x.csv'}",))

    assert run.file.read_text() == HEADER + ADA
    assert Transaction.objects.count() == 0
