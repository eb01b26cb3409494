"""What docs/models.md says of features, members, bars and training is so."""

from __future__ import annotations

import re
from pathlib import Path

from scoring.evaluating import Bars
from scoring.feature_table import feature_markdown
from scoring.features import SCHEMA
from scoring.ml.ensemble_weights import WeightPlan
from scoring.ml.splits import MATURE_SHARE
from scoring.ml.trainers import TRAINERS
from transactions.simulation import FRAUD_TYPES

PAGE = (Path(__file__).parents[2] / "docs" / "models.md").read_text()
WORDS = " ".join(PAGE.split())


def test_the_features_are_those_of_the_command() -> None:
    assert feature_markdown(SCHEMA.specs) in PAGE
    assert f"the {len(SCHEMA)} features" in WORDS


def test_every_kind_of_member_is_described() -> None:
    assert [kind for kind in TRAINERS if f"| `{kind}` |" not in PAGE] == []


def test_every_fraud_type_has_its_recall() -> None:
    assert [name for name in FRAUD_TYPES if f"| `{name}` |" not in PAGE] == []


def test_the_bars_are_those_that_are_checked() -> None:
    bars = Bars()

    told = {float(bar) for bar in re.findall(r"\| ≥ (0\.\d+) \|", PAGE)}

    assert {bars.auc, bars.f1, bars.anomaly_recall} <= told


def test_the_numbers_of_training_are_those_of_the_code() -> None:
    plan = WeightPlan()

    assert f"{MATURE_SHARE:.0%}".replace("%", " %") in WORDS
    assert f"fewer than {plan.fewest_frauds} frauds in validation" in WORDS
    assert f"raises average precision by {plan.least_gain:.3f}".replace("0.", ".") in WORDS
    assert f"share {plan.supervised_share}".replace("0.", ".") in WORDS
