"""A file is judged as the detector judges, without a database."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from scoring import FraudDetector
from scoring.configuration import policy_of_settings
from scoring.demo_champion import demo_champion_train
from scoring.features import SCHEMA, events_from_frames, history_features
from scoring.history_scoring import RESULT, History, HistoryScorer
from scoring.ml import load_model
from scoring.rule_columns import COLUMNS, frame_columns
from scoring.rule_fields import GETTERS, RuleRow, row_columns
from scoring.starter_judge import starter_judge
from transactions.simulation import History as GeneratedHistory
from transactions.simulation import SimulationPlan, generate
from transactions.simulation.stream import stream

ROWS = 3_000


@pytest.fixture(scope="module")
def generated() -> GeneratedHistory:
    return generate(SimulationPlan(users=120, transactions=ROWS, fraud_rate=0.04, seed=5))


@pytest.fixture(scope="module")
def model_folder() -> Path:
    return demo_champion_train(settings.MODELS_DIR)


@pytest.fixture
def file(generated: GeneratedHistory, tmp_path: Path) -> Path:
    path = tmp_path / "transactions.parquet"
    generated.transactions.write_parquet(path)
    return path


def run(*words: object) -> str:
    out = StringIO()
    call_command("score_file", *map(str, words), stdout=out)
    return out.getvalue()


def test_the_file_holds_what_the_detector_answers_to_the_same_rows(
    generated: GeneratedHistory, file: Path, model_folder: Path, tmp_path: Path
) -> None:
    detector = FraudDetector(model_folder, policy=policy_of_settings())
    answers = detector.predict_many(list(stream(generated)))

    run(file, "--out", tmp_path / "scored.parquet")

    scored = pl.read_parquet(tmp_path / "scored.parquet")
    assert scored["transaction_id"].to_list() == [one["id"] for one in answers]
    for name in ("decision", "fraud_score", "is_fraud", "risk_level", "model_version"):
        assert scored[name].to_list() == [one[name] for one in answers], name
    assert scored["rules"].to_list() == [" ".join(one["rules"]) for one in answers]
    assert scored["reasons"].to_list() == [
        " ".join(factor["text"] for factor in one["factors"] or ()) for one in answers
    ]
    assert scored["decision"].n_unique() >= 3
    assert (scored["rules"] != "").sum() >= 10


def test_rules_see_the_same_in_columns_as_in_rows(
    generated: GeneratedHistory, model_folder: Path
) -> None:
    timeline = events_from_frames(generated.transactions, kyc_profiles=generated.kyc_profiles)
    features = history_features(timeline)
    checked, facts = FraudDetector(model_folder).prepare(list(stream(generated)))
    rows = [
        RuleRow(fact, one.money.minor, one.money.currency, vector)
        for one, fact, vector in zip(checked, facts, features, strict=True)
    ]

    by_row = row_columns(rows, features, GETTERS)

    assert set(COLUMNS) == set(GETTERS)
    by_column = frame_columns(generated.transactions, features, COLUMNS)
    for name, column in by_row.items():
        np.testing.assert_array_equal(by_column[name], column, err_msg=name, strict=False)
    assert set(by_column["verification_outcome"]) >= {"approved", "in_review", None}


def test_amounts_of_files_are_those_of_requests_to_the_bit() -> None:
    cents = list(range(1, 20_000))
    rows = pl.DataFrame(
        {
            "transaction_id": [f"T{one}" for one in cents],
            "customer_id": "ada",
            "kind": "payment",
            "amount_minor": cents,
            "currency": "EUR",
            "occurred_at": datetime(2026, 1, 1, tzinfo=UTC),
        }
    )

    amounts = events_from_frames(rows).transactions["amount"]

    assert amounts.tolist() == [one / 100 for one in cents]


def test_labels_verifications_and_accounts_beside_the_file_are_learnt(
    generated: GeneratedHistory, file: Path, model_folder: Path, tmp_path: Path
) -> None:
    tables = {"labels": "labels", "kyc": "kyc_profiles", "accounts": "accounts"}
    options: list[object] = []
    for option, table in tables.items():
        getattr(generated, table).write_csv(tmp_path / f"{table}.csv")
        options += [f"--{option}", tmp_path / f"{table}.csv"]
    timeline = events_from_frames(
        generated.transactions,
        labels=generated.labels,
        kyc_profiles=generated.kyc_profiles,
        accounts=generated.accounts,
    )
    model = load_model(model_folder, SCHEMA.hash)

    run(file, "--out", tmp_path / "scored.parquet", *options)
    run(file, "--out", tmp_path / "alone.parquet")

    scored = pl.read_parquet(tmp_path / "scored.parquet")["fraud_score"]
    assert scored.to_list() == model.scores(history_features(timeline)).tolist()
    assert scored.to_list() != pl.read_parquet(tmp_path / "alone.parquet")["fraud_score"].to_list()


def test_a_history_out_of_order_is_judged_by_arrival_and_written_in_its_own_order(
    generated: GeneratedHistory, model_folder: Path
) -> None:
    judge = starter_judge(load_model(model_folder, SCHEMA.hash))
    straight = HistoryScorer(judge).score(History(generated.transactions))

    shuffled = generated.transactions.sample(fraction=1, shuffle=True, seed=3)
    judged = HistoryScorer(judge).score(History(shuffled))

    assert judged["transaction_id"].to_list() == shuffled["transaction_id"].to_list()
    assert judged.sort("transaction_id").equals(straight.sort("transaction_id"))


def test_a_map_reads_a_file_of_another_form(
    generated: GeneratedHistory, file: Path, tmp_path: Path
) -> None:
    theirs = tmp_path / "theirs.csv"
    generated.transactions.select(
        pl.col("transaction_id").alias("TX"),
        pl.col("customer_id").alias("WHO"),
        (pl.col("amount_minor") / 100).round(2).cast(pl.String).alias("EUROS"),
        pl.col("occurred_at").dt.to_string("%Y-%m-%dT%H:%M:%S%.6fZ").alias("AT"),
    ).write_csv(theirs)
    (tmp_path / "map.toml").write_text(
        "[columns]\ntransaction_id = 'TX'\ncustomer_id = 'WHO'\namount = 'EUROS'\n"
        "occurred_at = 'AT'\n[constants]\ncurrency = 'EUR'\nkind = 'payment'\n"
    )
    ours = generated.transactions.select(
        "transaction_id",
        "customer_id",
        "amount_minor",
        "occurred_at",
        currency=pl.lit("EUR"),
        kind=pl.lit("payment"),
    )
    ours.write_csv(tmp_path / "ours.csv")

    run(theirs, "--map", tmp_path / "map.toml", "--out", tmp_path / "a.csv")
    run(tmp_path / "ours.csv", "--out", tmp_path / "b.csv")

    assert (tmp_path / "a.csv").read_text() == (tmp_path / "b.csv").read_text()
    assert len(pl.read_csv(tmp_path / "a.csv")) == ROWS


def test_explain_gives_approvals_their_reasons_and_changes_nothing_else(
    file: Path, tmp_path: Path
) -> None:
    run(file, "--out", tmp_path / "plain.parquet")
    run(file, "--out", tmp_path / "explained.parquet", "--explain")

    plain, explained = (
        pl.read_parquet(tmp_path / f"{name}.parquet") for name in ("plain", "explained")
    )
    approved = plain["decision"] == "approve"
    assert plain.filter(approved)["reasons"].unique().to_list() == [""]
    assert (explained.filter(approved)["reasons"] != "").sum() > 100
    assert plain.drop("reasons").equals(explained.drop("reasons"))
    assert plain.filter(~approved).equals(explained.filter(~approved))


def test_refused_rows_are_told_and_the_others_judged(
    generated: GeneratedHistory, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = generated.transactions.head(10).with_columns(
        amount_minor=pl.when(pl.int_range(10) == 4).then(-5).otherwise("amount_minor")
    )
    rows.write_csv(tmp_path / "rows.csv")

    with pytest.raises(SystemExit) as ended:
        call_command("score_file", str(tmp_path / "rows.csv"), out=tmp_path / "out.csv", json=True)

    assert ended.value.code == 3
    report = json.loads(capsys.readouterr().out)
    assert (report["transactions"], report["refused"]) == (9, 1)
    assert report["first_refused"] == [
        {"noun": "line", "number": 6, "column": "amount_minor", "reason": "not_a_number"}
    ]
    assert len(pl.read_csv(tmp_path / "out.csv")) == 9


def test_a_dry_run_judges_and_writes_nothing(file: Path, tmp_path: Path) -> None:
    report = json.loads(run(file, "--out", tmp_path / "out.csv", "--dry-run", "--json"))

    assert report["transactions"] == sum(report["decisions"].values()) == ROWS
    assert report["is_demo_model"] is True
    assert report["out"] is None
    assert sorted(path.name for path in tmp_path.iterdir()) == ["transactions.parquet"]


def test_the_demo_model_says_that_it_is_one(file: Path, tmp_path: Path) -> None:
    said = run(file, "--out", tmp_path / "out.csv")

    assert "This is the demo model" in said
    assert f"Wrote {tmp_path / 'out.csv'}." in said


def test_what_is_there_is_replaced_only_by_force(file: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    out.write_text("mine")

    with pytest.raises(CommandError, match="is there already") as refused:
        run(file, "--out", out)

    assert refused.value.returncode == 1
    assert out.read_text() == "mine"
    run(file, "--out", out, "--force")
    assert pl.read_csv(out).columns == list(RESULT)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["missing.csv", "--out", "out.csv"], "missing.csv cannot be read"),
        (["good.csv"], "Name the file for the result: --out OUT."),
        (["good.csv", "--out", "out.xlsx"], "ends neither in .csv nor in .parquet"),
        (["good.csv", "--out", "good.csv", "--force"], "is read as well"),
        (["good.csv", "--out", "nowhere/out.csv"], "its folder is not there"),
        (["other.csv", "--out", "out.csv"], "has no column transaction_id"),
        (["text.parquet", "--out", "out.csv"], "is no table that can be read"),
        (["good.csv", "--out", "out.csv", "--model", "nowhere"], "no model"),
        (["good.csv", "--out", "out.csv", "--labels", "other.csv"], "has no column transaction_id"),
        (["good.csv", "--out", "out.csv", "--labels", "labels.csv"], "holds what cannot be there"),
        (["good.csv", "--out", "out.csv", "--map", "nowhere.toml"], "cannot be read"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence_and_leaves_nothing(
    generated: GeneratedHistory,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    sentence: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    generated.transactions.head(5).write_csv("good.csv")
    Path("other.csv").write_text("a,b\n1,2\n")
    Path("text.parquet").write_text("no parquet")
    Path("labels.csv").write_text("transaction_id,is_fraud,known_at\nT1,perhaps,soon\n")

    with pytest.raises(CommandError, match=sentence) as refused:
        run(*words)

    assert refused.value.returncode == 1
    assert not Path("out.csv").exists()


def test_a_file_without_rows_gives_a_file_without_rows(
    generated: GeneratedHistory, tmp_path: Path
) -> None:
    generated.transactions.head(0).write_csv(tmp_path / "empty.csv")

    run(tmp_path / "empty.csv", "--out", tmp_path / "out.csv")

    assert (tmp_path / "out.csv").read_text() == ",".join(RESULT) + "\n"


def test_without_reasons_all_else_is_the_same(
    generated: GeneratedHistory, model_folder: Path
) -> None:
    told = list(stream(generated))[:500]
    left_out = ("factors", "processing_time_ms")

    with_reasons = FraudDetector(model_folder).predict_many(told)
    without = FraudDetector(model_folder, has_reasons=False).predict_many(told)

    assert any(one["factors"] for one in with_reasons)
    assert not any(one["factors"] for one in without)
    for one, other in zip(with_reasons, without, strict=True):
        assert {k: v for k, v in one.items() if k not in left_out} == {
            k: v for k, v in other.items() if k not in left_out
        }
