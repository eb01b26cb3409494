"""What Isolation Forest, autoencoder and one-class machine have in common."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from scoring.ml.dataset import Slice
from scoring.ml.forest import Features
from scoring.ml.honest_rows import TooFewHonestRows
from scoring.ml.members import Member
from scoring.ml.ranking import RankingCurve
from tests.scoring.ml.anomaly_members import KINDS, WIDTH, Kind, make_rows

ROWS = make_rows(np.random.default_rng(7))
LATER = make_rows(np.random.default_rng(8), 2000)
by_kind = pytest.mark.parametrize("kind", KINDS, ids=[kind.name for kind in KINDS])
tables = hnp.arrays(
    np.float32,
    st.tuples(st.integers(1, 9), st.just(WIDTH)),
    elements=st.floats(width=32) | st.floats(-4, 4, width=32),
)


@pytest.fixture(scope="module")
def stored() -> dict[str, bytes]:
    return {kind.name: kind.fit(ROWS, kind.plan, seed=4) for kind in KINDS}


@pytest.fixture(scope="module")
def members(stored: dict[str, bytes]) -> dict[str, Member]:
    return {kind.name: kind.read(stored[kind.name]) for kind in KINDS}


@by_kind
def test_it_says_what_it_is(kind: Kind, members: dict[str, Member]) -> None:
    assert members[kind.name].kind == kind.name


@by_kind
def test_the_same_seed_gives_the_same_bytes(kind: Kind, stored: dict[str, bytes]) -> None:
    assert kind.fit(ROWS, kind.plan, seed=4) == stored[kind.name]
    assert kind.fit(ROWS, kind.plan, seed=5) != stored[kind.name]


@by_kind
def test_it_learns_nothing_from_frauds(kind: Kind, stored: dict[str, bytes]) -> None:
    features = ROWS.features.copy()
    features[ROWS.is_fraud == 1] = 1e6

    assert kind.fit(Slice(features, ROWS.is_fraud), kind.plan, seed=4) == stored[kind.name]


@by_kind
def test_it_finds_frauds_it_never_saw(kind: Kind, members: dict[str, Member]) -> None:
    margins = members[kind.name].margins(LATER.features)

    assert RankingCurve.of(margins, LATER.is_fraud).auc > kind.lowest_auc


@by_kind
def test_a_margin_is_how_rarely_honest_rows_look_as_odd(
    kind: Kind, members: dict[str, Member]
) -> None:
    honest = members[kind.name].margins(LATER.features[LATER.is_fraud == 0])

    assert honest.min() >= 0
    # 1,900 rows, against a table of 1,000 others: a fifth more or less is chance.
    for share in (0.5, 0.2, 0.05):
        assert (honest >= -np.log(share)).mean() == pytest.approx(share, rel=0.35)


@by_kind
@settings(max_examples=60, deadline=None)
@given(features=tables)
def test_a_row_alone_has_the_margin_it_has_in_a_batch(
    members: dict[str, Member], kind: Kind, features: Features
) -> None:
    member = members[kind.name]

    together = member.margins(features)
    alone = [member.margins(features[place : place + 1])[0] for place in range(len(features))]

    assert together.tobytes() == np.array(alone).tobytes()
    assert np.isfinite(together).all()


@by_kind
def test_a_large_batch_is_the_same_to_the_bit(kind: Kind, members: dict[str, Member]) -> None:
    member, features = members[kind.name], LATER.features[:1024]

    together = member.margins(features)
    alone = [member.margins(row[None])[0] for row in features]

    assert together.tobytes() == np.array(alone).tobytes()
    assert member.margins(np.asfortranarray(features)).tobytes() == together.tobytes()


@by_kind
@settings(max_examples=60, deadline=None)
@given(features=tables)
def test_contributions_sum_to_the_margin(
    members: dict[str, Member], kind: Kind, features: Features
) -> None:
    member = members[kind.name]

    parts = member.contributions(features)

    assert parts.shape == (len(features), WIDTH + 1)
    assert parts.sum(axis=1) == pytest.approx(member.margins(features), abs=1e-6)


@by_kind
def test_what_is_odd_about_a_row_contributes_most(kind: Kind, members: dict[str, Member]) -> None:
    usual = np.array([1, 0, 0, 0, 0, 0, 0, 0, 7], np.float32)
    odd = usual.copy()
    odd[5] = 30

    parts = members[kind.name].contributions(np.stack([usual, odd]))

    assert parts[1, :-1].argmax() == 5
    assert parts[1, 5] > parts[0, 5] + 0.3
    assert (parts[:, WIDTH - 1] == 0).all()


@by_kind
def test_threads_may_share_it(kind: Kind, members: dict[str, Member]) -> None:
    member = members[kind.name]
    expected = member.margins(LATER.features)

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(member.margins, [LATER.features] * 12))

    assert all(one.tobytes() == expected.tobytes() for one in found)


@by_kind
def test_rows_of_another_shape_or_type_are_refused(kind: Kind, members: dict[str, Member]) -> None:
    for features in (LATER.features[:, :-1], LATER.features.astype(np.float64)):
        with pytest.raises(ValueError, match=f"Features are float32 with {WIDTH} columns"):
            members[kind.name].margins(features)


@by_kind
def test_progress_rises_to_the_end(kind: Kind) -> None:
    parts: list[float] = []

    kind.fit(ROWS, kind.plan, seed=4, progress=parts.append)

    assert parts == sorted(parts)
    assert parts[-1] == 1.0


@by_kind
def test_it_is_not_fitted_on_a_handful_of_rows(kind: Kind) -> None:
    few = Slice(ROWS.features[:100], np.zeros(100, np.int8))

    with pytest.raises(TooFewHonestRows, match="100 honest transactions are too few"):
        kind.fit(few, kind.plan, seed=4)


@by_kind
def test_features_that_never_vary_are_no_trouble(kind: Kind) -> None:
    same = Slice(np.ones((400, 3), np.float32), np.zeros(400, np.int8))

    margins = kind.fitted(same).margins(np.array([[1, 1, 1], [np.nan, 5, 1]], np.float32))

    assert margins.tolist() == [0, 0]


@by_kind
def test_a_column_that_is_all_missing_says_nothing(kind: Kind) -> None:
    features = ROWS.features.copy()
    features[:, 5] = np.nan
    known = LATER.features.copy()
    known[:, 5] = 3
    unknown = known.copy()
    unknown[:, 5] = np.nan

    member = kind.fitted(Slice(features, ROWS.is_fraud))

    assert member.margins(known).tobytes() == member.margins(unknown).tobytes()


@by_kind
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_damaged_bytes_are_refused_or_harmless(
    stored: dict[str, bytes], kind: Kind, data: st.DataObject
) -> None:
    damaged = bytearray(stored[kind.name])
    for place in data.draw(st.lists(st.integers(0, len(damaged) - 1), max_size=6)):
        damaged[place] = data.draw(st.integers(0, 255))
    end = data.draw(st.just(len(damaged)) | st.integers(0, len(damaged)))

    _read_or_refused(kind, bytes(damaged[:end]))


@by_kind
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_file_that_says_something_else_is_refused_or_harmless(
    stored: dict[str, bytes], kind: Kind, data: st.DataObject
) -> None:
    document = msgspec.msgpack.decode(stored[kind.name])
    part: Any = document
    if data.draw(st.booleans()):
        part = document["surprise"]
    name = data.draw(st.sampled_from(sorted(part)))
    if isinstance(part[name], bytes) and data.draw(st.booleans()):
        width = data.draw(st.sampled_from([4, 8]))
        part[name] = data.draw(st.sampled_from([part[name][width:], part[name] * 2, b""]))
    else:
        part[name] = data.draw(st.sampled_from([-1, 0, 2**40, 1e308, np.nan, "x", [], [9, 9]]))

    _read_or_refused(kind, msgspec.msgpack.encode(document))


def _read_or_refused(kind: Kind, data: bytes) -> None:
    rows = LATER.features[:5]
    try:
        member = kind.read(data)
        margins, parts = member.margins(rows), member.contributions(rows)
    except ValueError as error:
        words = str(error)
    else:
        words = ""
        assert np.isfinite(margins).all()
        assert np.isfinite(parts).all()
    # A file may also have become that of a table with other columns.
    assert not words or words.startswith(("The file is no ", "Features are float32 with "))
