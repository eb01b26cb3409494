"""Training LightGBM: reproducible, stopped on validation, with bins enough for the tail."""

from __future__ import annotations

from dataclasses import replace

import lightgbm as lgb
import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from scoring.ml.dataset import Dataset, Slice
from scoring.ml.lightgbm_fit import LightGBMPlan, fit_lightgbm, search_lightgbm
from scoring.ml.lightgbm_text import read_lightgbm

PLAN = LightGBMPlan(
    rounds=60, patience=5, learning_rate=0.2, max_leaves=15, leaf_rows=20, threads=1
)


@pytest.fixture(scope="module")
def train(history: Dataset) -> Slice:
    return Slice(history.features[:4000], history.is_fraud[:4000])


@pytest.fixture(scope="module")
def validation(history: Dataset) -> Slice:
    return Slice(history.features[4000:], history.is_fraud[4000:])


def test_the_same_seed_gives_the_same_bytes(train: Slice) -> None:
    short = replace(PLAN, rounds=5)

    assert fit_lightgbm(train, short, seed=1) == fit_lightgbm(train, short, seed=1)
    assert fit_lightgbm(train, short, seed=1) != fit_lightgbm(train, short, seed=2)


def test_the_search_stops_where_validation_does_not_rise(train: Slice, validation: Slice) -> None:
    found = search_lightgbm(train, validation, PLAN, seed=1)

    assert replace(found, rounds=PLAN.rounds) == PLAN
    assert 1 < found.rounds < PLAN.rounds
    precisions = {
        rounds: average_precision_score(
            validation.is_fraud,
            read_lightgbm(fit_lightgbm(train, replace(PLAN, rounds=rounds), seed=1)).margins(
                validation.features
            ),
        )
        for rounds in (1, found.rounds, found.rounds + PLAN.patience)
    }
    assert max(precisions, key=precisions.get) == found.rounds


def test_it_learns(train: Slice, validation: Slice) -> None:
    member = read_lightgbm(fit_lightgbm(train, PLAN, seed=1))

    precision = average_precision_score(validation.is_fraud, member.margins(validation.features))

    assert precision > 5 * validation.is_fraud.mean()


def test_progress_runs_to_the_end(train: Slice, validation: Slice) -> None:
    grown: list[float] = []
    searched: list[float] = []

    fit_lightgbm(train, replace(PLAN, rounds=4), seed=1, progress=grown.append)
    search_lightgbm(train, validation, replace(PLAN, rounds=4), seed=1, progress=searched.append)

    assert grown == searched == [0.25, 0.5, 0.75, 1.0]


def test_balance_makes_frauds_weigh_more(train: Slice) -> None:
    plain, balanced = (
        read_lightgbm(fit_lightgbm(train, replace(PLAN, rounds=3, balance=balance), seed=1))
        for balance in (0.0, 1.0)
    )

    assert balanced.margins(train.features).mean() > plain.margins(train.features).mean() + 1


def test_the_tail_of_an_amount_keeps_bins_of_its_own() -> None:
    # 700 amounts; frauds are the 8 largest. LightGBM's usual 255 bins would merge them with others.
    amounts = np.repeat(np.arange(700, dtype=np.float32) ** 2, 100)[:, np.newaxis]
    is_fraud = (amounts[:, 0] > 692**2).astype(np.int8)
    plan = replace(PLAN, rounds=1, max_leaves=2, leaf_rows=1)
    rows = Slice(amounts, is_fraud)

    margins = read_lightgbm(fit_lightgbm(rows, plan, seed=1)).margins(amounts)
    coarse = read_lightgbm(fit_lightgbm(rows, replace(plan, max_bin=255), seed=1)).margins(amounts)

    assert average_precision_score(is_fraud, margins) == 1.0
    assert average_precision_score(is_fraud, coarse) < 1.0


def test_the_text_is_what_the_library_reads(train: Slice) -> None:
    stored = fit_lightgbm(train, replace(PLAN, rounds=7), seed=1)

    assert lgb.Booster(model_str=stored.decode()).num_trees() == 7
