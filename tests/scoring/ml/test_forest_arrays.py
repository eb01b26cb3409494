"""Trees in flat arrays: what is stored comes back, what is damaged is refused."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.tree import DecisionTreeRegressor, ExtraTreeRegressor

from scoring.ml.forest import Features, Forest, ForestRefused, Tree
from scoring.ml.forest_arrays import STORED, pack_trees, tree_of_sklearn, unpack_trees

D = 4


def _table(seed: int, rows: int = 600) -> Features:
    rng = np.random.default_rng(seed)
    features = rng.standard_normal((rows, D)).astype(np.float32).round(1)
    features[rng.random(features.shape) < 0.1] = np.nan
    return features


def _target(features: Features) -> np.ndarray:
    known = np.nan_to_num(features, nan=2.0)
    return known[:, 0] * known[:, 1] + known[:, 2]


def _tree(seed: int, kind: type = DecisionTreeRegressor) -> tuple[Tree, DecisionTreeRegressor]:
    features = _table(seed)
    fitted = kind(max_depth=5, random_state=seed).fit(features, _target(features))
    return tree_of_sklearn(fitted.tree_, fitted.tree_.value[:, 0, 0]), fitted


@pytest.fixture(scope="module")
def packed() -> bytes:
    return pack_trees([_tree(1)[0], _tree(2)[0]], base=0.5, feature_count=D)


@pytest.mark.parametrize("kind", [DecisionTreeRegressor, ExtraTreeRegressor])
def test_a_tree_of_scikit_learns_answers_as_it_does(kind: type) -> None:
    tree, fitted = _tree(3, kind)
    rows = _table(4, 2000)

    margins = Forest.of([tree], base=0.0, feature_count=D).margins(rows)

    assert margins.tolist() == fitted.predict(rows).astype(np.float32).tolist()


def test_a_value_on_the_threshold_goes_where_scikit_learn_sends_it() -> None:
    tree, fitted = _tree(5)
    splits = (fitted.tree_.children_left >= 0) & np.isfinite(fitted.tree_.threshold)
    rows = np.tile(_table(6, 1), (3 * int(splits.sum()), 1))
    cuts = fitted.tree_.threshold[splits].astype(np.float32)
    up, down = (np.nextafter(cuts, np.float32(far)) for far in (9, -9))
    near = np.concatenate([cuts, up, down])
    rows[np.arange(len(rows)), np.tile(fitted.tree_.feature[splits], 3)] = near

    margins = Forest.of([tree], base=0.0, feature_count=D).margins(rows)

    assert margins.tolist() == fitted.predict(rows).astype(np.float32).tolist()


def test_a_split_between_known_and_missing_is_kept() -> None:
    column = np.array([[1], [2], [np.nan], [3], [np.nan]], np.float32)
    fitted = DecisionTreeRegressor().fit(column, [0, 0, 1, 0, 1])

    tree = tree_of_sklearn(fitted.tree_, fitted.tree_.value[:, 0, 0])

    assert np.isinf(tree.threshold[0])
    margins = Forest.of([tree], base=0.0, feature_count=1).margins(column)
    assert margins.tolist() == [0, 0, 1, 0, 1]


def test_what_is_packed_comes_back() -> None:
    trees = [_tree(1)[0], _tree(2)[0]]

    again = unpack_trees(pack_trees(trees, base=0.5, feature_count=D))

    assert (again.base, again.feature_count, len(again.trees)) == (0.5, D, 2)
    for before, after in zip(trees, again.trees, strict=True):
        for name in STORED:
            column = getattr(after, name)
            assert column.dtype == getattr(before, name).dtype
            assert column.tolist() == getattr(before, name).tolist()


def test_no_trees_come_back_as_none() -> None:
    assert unpack_trees(pack_trees([], base=1.0, feature_count=D)).trees == ()


def test_the_same_trees_give_the_same_bytes(packed: bytes) -> None:
    assert packed == pack_trees([_tree(1)[0], _tree(2)[0]], base=0.5, feature_count=D)


@pytest.mark.parametrize("data", [b"", b"\x80", b"\x80\x04.", b"PK\x03\x04", b"{}", b"\xc0"])
def test_bytes_that_are_no_file_of_trees_are_refused(data: bytes) -> None:
    with pytest.raises(ForestRefused, match="no forest in flat arrays"):
        unpack_trees(data)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"base": float("nan")}, "its base is no number"),
        ({"base": "x"}, "Expected `float`"),
        ({"feature_count": 0}, "Expected `int` >= 1"),
        ({"feature_count": 2**40}, "Expected `int` <= 4096"),
        ({"sizes": b""}, "a number for each node"),
        ({"sizes": np.array([-1, 4], "<i4").tobytes()}, "a number for each node"),
        ({"sizes": np.array([0, 0], "<i4").tobytes()}, "a number for each node"),
        ({"sizes": np.array([2**31 - 1] * 9, "<i4").tobytes()}, "a number for each node"),
        ({"left": b"\1\0\0"}, "buffer size must be a multiple"),
        ({"threshold": b"\1\0\0\0"}, "a number for each node"),
        ({"missing_goes_left": b"\2"}, "a number for each node"),
    ],
)
def test_columns_that_do_not_fit_are_refused(
    packed: bytes, changes: dict[str, object], sentence: str
) -> None:
    document = msgspec.msgpack.decode(packed) | changes

    with pytest.raises(ForestRefused, match=sentence):
        unpack_trees(msgspec.msgpack.encode(document))


@settings(max_examples=40, deadline=None)
@given(cut=st.floats(0, 0.999))
def test_a_file_cut_short_is_refused(packed: bytes, cut: float) -> None:
    with pytest.raises(ForestRefused, match="no forest in flat arrays"):
        unpack_trees(packed[: int(len(packed) * cut)])


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_changed_byte_is_refused_or_read_within_its_bounds(
    packed: bytes, data: st.DataObject
) -> None:
    damaged = bytearray(packed)
    damaged[data.draw(st.integers(0, len(packed) - 1))] = data.draw(st.integers(0, 255))

    try:
        read = unpack_trees(bytes(damaged))
        forest = Forest.of(read.trees, base=read.base, feature_count=read.feature_count)
    except ForestRefused:
        return
    assert np.isfinite(forest.margins(np.zeros((2, forest.feature_count), np.float32))).all()
