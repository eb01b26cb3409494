"""LightGBM's trees read from its text: the library's sums and Shapley values, without it."""

from __future__ import annotations

import re

import lightgbm as lgb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from scoring.ml.dataset import Dataset, Slice
from scoring.ml.forest import Features, ForestRefused
from scoring.ml.lightgbm_fit import LightGBMPlan, fit_lightgbm
from scoring.ml.lightgbm_text import KIND, read_lightgbm
from scoring.ml.members import ForestMember
from tests.scoring.ml.conftest import NAMES

D = len(NAMES)
PLAN = LightGBMPlan(rounds=30, learning_rate=0.2, max_leaves=15, leaf_rows=20, threads=1)
# Never missing in training, so that its splits take NaN for zero, as LightGBM does.
NEVER_MISSING = 4

rows = hnp.arrays(
    np.float32,
    st.tuples(st.integers(1, 9), st.just(D)),
    elements=st.floats(-4, 4, width=32) | st.just(np.nan),
)
READ = (
    "split_feature",
    "threshold",
    "decision_type",
    "left_child",
    "right_child",
    "leaf_value",
    "leaf_count",
    "internal_count",
    "num_leaves",
)
# 30,000 instead of 3 is a column that would be read beyond the row.
NUMBERS = ["-2", "-1", "0", "1", "5", "30000", "9" * 12, "9" * 25, "1e308", "1e999", "nan", "x", ""]


@pytest.fixture(scope="module")
def stored(history: Dataset) -> bytes:
    features = history.features.copy()
    features[:, NEVER_MISSING] = np.nan_to_num(features[:, NEVER_MISSING])
    features[:, 1] += features[:, NEVER_MISSING] > 0.3
    is_fraud = history.is_fraud | (features[:, NEVER_MISSING] > 1.9)
    return fit_lightgbm(Slice(features, is_fraud), PLAN, seed=3)


@pytest.fixture(scope="module")
def member(stored: bytes) -> ForestMember:
    return read_lightgbm(stored)


@pytest.fixture(scope="module")
def booster(stored: bytes) -> lgb.Booster:
    return lgb.Booster(model_str=stored.decode())


def _changed(stored: bytes, pattern: str, text: str) -> bytes:
    changed, count = re.subn(pattern, text, stored.decode(), count=1, flags=re.MULTILINE)
    assert count == 1
    return changed.encode()


def test_the_model_has_splits_of_every_kind_that_is_compared(stored: bytes) -> None:
    kinds = {
        kind for line in re.findall(r"decision_type=(.*)", stored.decode()) for kind in line.split()
    }
    values = re.findall(r"leaf_value=(.*)", stored.decode())

    # NaN left, NaN right, and NaN as zero, on which side ever that is.
    assert {"10", "8"} < kinds
    assert kinds & {"0", "2"}
    assert len(values) == PLAN.rounds


@settings(max_examples=200, deadline=None)
@given(features=rows)
def test_margins_are_the_librarys(
    member: ForestMember, booster: lgb.Booster, features: Features
) -> None:
    expected = booster.predict(features, raw_score=True, num_threads=1)

    # Leaves are float32 here and float64 there.
    assert member.margins(features) == pytest.approx(expected, abs=1e-5)


def test_margins_on_the_thresholds_and_beside_them_are_the_librarys(
    stored: bytes, member: ForestMember, booster: lgb.Booster
) -> None:
    columns, cuts = (
        np.array(
            [
                number
                for line in re.findall(rf"^{name}=(.*)", stored.decode(), re.MULTILINE)
                for number in line.split()
            ],
            kind,
        )
        for name, kind in (("split_feature", np.int64), ("threshold", np.float64))
    )
    features = np.random.default_rng(4).standard_normal((len(cuts), 3, D)).astype(np.float32)
    near = np.minimum(cuts, 9).astype(np.float32)
    beside = [np.nextafter(near, np.float32(far)) for far in (-9, 9)]
    features[np.arange(len(cuts)), :, columns] = np.stack([near, *beside], axis=1)
    features = features.reshape(-1, D)

    expected = booster.predict(features, raw_score=True, num_threads=1)

    assert member.margins(features) == pytest.approx(expected, abs=1e-5)


@settings(max_examples=60, deadline=None)
@given(features=rows)
def test_a_row_alone_has_the_margin_it_has_in_a_batch(
    member: ForestMember, features: Features
) -> None:
    together = member.margins(features)

    alone = [member.margins(features[place : place + 1])[0] for place in range(len(features))]

    assert together.tobytes() == np.array(alone).tobytes()


@settings(max_examples=100, deadline=None)
@given(features=rows)
def test_contributions_are_the_librarys(
    member: ForestMember, booster: lgb.Booster, features: Features
) -> None:
    expected = booster.predict(features, pred_contrib=True, num_threads=1)

    parts = member.contributions(features)

    assert parts == pytest.approx(expected, abs=1e-4)
    assert parts.sum(axis=1) == pytest.approx(member.margins(features), abs=1e-9)


def test_it_says_what_it_was_read_from(member: ForestMember) -> None:
    assert member.kind == KIND == "lightgbm"


def test_trees_without_a_split_are_their_leaf() -> None:
    few = Slice(np.zeros((40, D), np.float32), (np.arange(40) % 4 == 0).astype(np.int8))
    plan = LightGBMPlan(rounds=1, balance=0.0, threads=1)

    member = read_lightgbm(fit_lightgbm(few, plan, seed=1))

    row = np.zeros((1, D), np.float32)
    assert member.margins(row) == pytest.approx([np.log(10 / 30)])
    assert member.contributions(row)[0] == pytest.approx([0] * D + [np.log(10 / 30)])


@pytest.mark.parametrize(
    "data", [b"", b"tree", b"{}", b"\x80\x04.", b"\xff\xfe", b"tree\nTree=0\n\nend of trees"]
)
def test_bytes_that_are_no_model_are_refused(data: bytes) -> None:
    with pytest.raises(ForestRefused, match="no boosted forest of LightGBM"):
        read_lightgbm(data)


@settings(max_examples=40, deadline=None)
@given(cut=st.floats(0, 1, exclude_max=True))
def test_a_model_cut_short_is_refused(stored: bytes, cut: float) -> None:
    end = stored.index(b"end of trees") + len(b"end of trees")

    with pytest.raises(ForestRefused, match="no boosted forest of LightGBM"):
        read_lightgbm(stored[: int(end * cut)])


def test_a_model_that_lost_a_tree_is_refused(stored: bytes) -> None:
    start, end = stored.index(b"Tree=3\n"), stored.index(b"Tree=4\n")

    with pytest.raises(ForestRefused, match="does not have all its trees"):
        read_lightgbm(stored[:start] + stored[end:])


@pytest.mark.parametrize(
    ("pattern", "text", "sentence"),
    [
        ("^objective=.*$", "objective=regression", "does not tell frauds from honest"),
        ("^objective=.*$", "objective=binary sigmoid:2", "does not tell frauds from honest"),
        ("^num_tree_per_iteration=1$", "num_tree_per_iteration=2", "does not tell frauds"),
        ("^label_index=0$", "label_index=0\naverage_output", "its trees are not summed"),
        ("^num_cat=0$", "num_cat=1", "no use for"),
        ("^is_linear=0$", "is_linear=1", "no use for"),
        (r"^decision_type=\d+ ", "decision_type=1 ", "splits by category"),
        (r"^decision_type=\d+ ", "decision_type=4 ", "takes zero for missing"),
        (r"^decision_type=\d+ ", "decision_type=-1 ", "splits by category"),
        (r"^split_feature=\d+ ", f"split_feature={D} ", "feature beyond the 8"),
        (r"^left_child=\S+ ", "left_child=0 ", "points outside itself"),
        (r"^leaf_value=\S+ ", "leaf_value=", "has 14 of leaf_value where 15 belong"),
        (r"^leaf_value=\S+ ", "leaf_value=1e39 ", "numbers that are none"),
        (r"^threshold=\S+ ", "threshold=nan ", "numbers that are none"),
        ("^num_leaves=15$", "num_leaves=0", "no use for"),
    ],
)
def test_a_model_of_another_kind_or_with_damage_is_refused(
    stored: bytes, pattern: str, text: str, sentence: str
) -> None:
    with pytest.raises(ForestRefused, match=sentence):
        read_lightgbm(_changed(stored, pattern, text))


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_model_with_a_changed_number_is_refused_or_read_within_its_bounds(
    stored: bytes, data: st.DataObject
) -> None:
    lines = stored.decode().split("\n")
    name = data.draw(st.sampled_from(READ))
    place = data.draw(
        st.sampled_from([place for place, line in enumerate(lines) if line.startswith(name + "=")])
    )
    numbers = lines[place].partition("=")[2].split()
    numbers[data.draw(st.integers(0, len(numbers) - 1))] = data.draw(st.sampled_from(NUMBERS))
    lines[place] = f"{name}={' '.join(numbers)}"
    zeros = np.zeros((2, D), np.float32)

    try:
        member = read_lightgbm("\n".join(lines).encode())
    except ForestRefused:
        return
    assert np.isfinite(member.margins(zeros)).all()
    assert np.isfinite(member.contributions(zeros)).all()
