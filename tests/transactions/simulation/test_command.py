from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import polars as pl
import pytest
from django.core.management import CommandError, call_command

from transactions.columns import FILES
from transactions.models import Label, Transaction

SMALL = ("--users", "50", "--transactions", "1000")


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("generate_transactions", *arguments, stdout=out)
    return out.getvalue()


def test_it_writes_the_eight_files_and_says_so(tmp_path: Path) -> None:
    answer = run(*SMALL, "--out", str(tmp_path / "history"))

    assert "1,000 transactions, 1,000 labels" in answer
    assert {path.stem for path in (tmp_path / "history").iterdir()} == set(FILES)


def test_it_reports_as_json(tmp_path: Path) -> None:
    report = json.loads(run(*SMALL, "--fraud-rate", "0.1", "--json", "--out", str(tmp_path)))

    assert report["rows"]["transactions"] == 1_000
    assert sum(report["frauds"].values()) == 100
    assert report["folder"] == str(tmp_path)


def test_start_days_and_novelty_are_followed(tmp_path: Path) -> None:
    run(
        *SMALL,
        *("--start", "2020-02-29", "--days", "60", "--out", str(tmp_path)),
        *("--novel-fraud", "structuring", "--novel-from", "40"),
    )

    rows = pl.read_parquet(tmp_path / "transactions.parquet")
    assert rows["occurred_at"].min().isoformat() >= "2020-02-29"
    assert rows["occurred_at"].max().isoformat() < "2020-04-29"
    labels = pl.read_parquet(tmp_path / "labels.parquet")
    novel = labels.filter(pl.col("fraud_type") == "structuring").join(rows, on="transaction_id")
    assert novel["occurred_at"].min().isoformat() >= "2020-04-09"


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    answer = run(*SMALL, "--dry-run", "--out", str(tmp_path / "history"))

    assert "The plan is possible: 50 customers, 1,000 transactions, frauds: 40" in answer
    assert not (tmp_path / "history").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--fraud-rate", "2", "--dry-run"), "The fraud rate must lie between 0.0 and 0.3"),
        (("--users", "3", "--dry-run"), "The number of users must lie between 50 and"),
        (("--novel-fraud", "x", "--dry-run"), "There is no fraud type 'x'"),
        (("--start", "soon", "--dry-run"), "'soon' is no day; write YYYY-MM-DD"),
        ((), "Name the folder for the files: --out DIR"),
    ],
)
def test_bad_input_is_refused_in_a_sentence(arguments: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence) as refused:
        run(*arguments)

    assert refused.value.returncode in {1, 2}


def test_a_folder_in_use_is_kept_unless_forced(tmp_path: Path) -> None:
    run(*SMALL, "--out", str(tmp_path))
    before = (tmp_path / "transactions.parquet").read_bytes()

    with pytest.raises(CommandError, match="is not empty; --force"):
        run(*SMALL, "--seed", "2", "--out", str(tmp_path))
    assert (tmp_path / "transactions.parquet").read_bytes() == before

    run(*SMALL, "--seed", "2", "--out", str(tmp_path), "--force")
    assert (tmp_path / "transactions.parquet").read_bytes() != before


@pytest.mark.django_db(transaction=True)
def test_it_loads_what_it_wrote(tmp_path: Path) -> None:
    report = json.loads(run(*SMALL, "--out", str(tmp_path), "--load", "--json"))

    assert report["loaded"]["transactions"] == 1_000
    assert Transaction.objects.count() == 1_000
    assert Label.objects.filter(is_fraud=True).count() == (
        pl.read_parquet(tmp_path / "labels.parquet")["is_fraud"].sum()
    )
