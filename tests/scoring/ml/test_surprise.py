"""Surprise is minus the logarithm of a share, and keeps the ranking for ever."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from scoring.ml.stored_numbers import NumbersRefused, pack
from scoring.ml.surprise import STEP, StoredSurprise, Surprise

numbers = st.floats(-1e3, 1e3, width=32).map(float)
references = hnp.arrays(np.float64, st.integers(1, 60), elements=numbers)
TABLE = Surprise(np.array([1.0, 2.0, 4.0]), np.array([0.0, 1.0, 1.5]), beyond=0.25)


def test_between_knots_and_beyond_the_last_it_is_a_straight_line() -> None:
    oddness = np.array([-9, 1, 1.5, 2, 3, 4, 8])

    assert TABLE.of_oddness(oddness).tolist() == [0, 0, 0.5, 1, 1.25, 1.5, 2.5]


def test_it_is_the_share_of_rows_that_look_at_least_as_odd() -> None:
    reference = np.random.default_rng(3).gamma(2, size=20_000)
    table = Surprise.of(reference)
    oddness = np.quantile(reference, [0.1, 0.5, 0.9, 0.99, 0.999])

    shares = [(reference >= one).mean() for one in oddness]

    assert table.of_oddness(oddness) == pytest.approx(-np.log(shares), abs=STEP / 10)


def test_the_line_beyond_goes_on_as_the_tail_does() -> None:
    # Of an exponential, surprise is the value itself, however rare.
    reference = np.random.default_rng(4).exponential(size=200_000)

    far = Surprise.of(reference).of_oddness(np.array([12.0, 20.0]))

    assert far == pytest.approx([12, 20], rel=0.1)


@settings(deadline=None)
@given(reference=references, oddness=hnp.arrays(np.float64, 12, elements=numbers))
def test_odder_is_never_less_surprising(
    reference: np.ndarray[tuple[int], np.dtype[np.float64]],
    oddness: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> None:
    table = Surprise.of(reference)
    rising = np.sort(oddness)

    found = table.of_oddness(rising)

    assert (found >= 0).all()
    assert (np.diff(found) >= 0).all()
    beyond = rising[rising > table.oddness[-1]]
    # Two that differ by less than rounding may look the same.
    apart = np.diff(beyond) > 1e-6
    assert (np.diff(table.of_oddness(beyond))[apart] > 0).all()


@settings(deadline=None)
@given(reference=references)
def test_a_stored_table_is_the_same_table(
    reference: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> None:
    table = Surprise.of(reference)

    read = Surprise.from_stored(table.stored())

    assert read.oddness.tolist() == table.oddness.tolist()
    assert read.surprise.tolist() == table.surprise.tolist()
    assert read.beyond == table.beyond


def test_rows_that_all_look_the_same_are_no_surprise() -> None:
    table = Surprise.of(np.full(500, 3.0))

    assert table.of_oddness(np.array([2.0, 3.0, 4.0])).tolist() == [0, 0, 1]


def test_many_rows_that_look_the_same_are_as_rare_as_all_of_them_together() -> None:
    # A tenth of the rows at 1: whoever is there meets all of them.
    table = Surprise.of(np.append(np.linspace(0, 0.5, 9_000), np.ones(1_000)))

    assert table.of_oddness(np.array([1.0])) == pytest.approx([np.log(10)], abs=STEP)


def test_parts_keep_their_proportions_and_sum_to_the_surprise() -> None:
    # Oddness 3 in the first row, 2 usually: surprise 1.25 against 1. The second row is usual.
    parts = TABLE.of_parts(np.array([[3.0, -2.0, 2.0], [1.0, -1.0, 2.0]]))

    assert parts.tolist() == [[0.75, -0.5, 1.0], [0.0, -0.0, 1.0]]


def test_what_is_not_a_number_stays_none_and_reads_no_memory() -> None:
    assert np.isnan(TABLE.of_oddness(np.array([np.nan]))).all()


@pytest.mark.parametrize(
    ("oddness", "surprise", "beyond"),
    [
        ([1.0, 1.0], [0.0, 1.0], 1.0),
        ([1.0, 2.0], [0.0, -1.0], 1.0),
        ([1.0, 2.0], [0.5, 1.0], 1.0),
        ([1.0, np.nan], [0.0, 1.0], 1.0),
        ([1.0, 2.0], [0.0, 1.0], 0.0),
        ([1.0, 2.0], [0.0, 1.0], np.inf),
        ([1.0, 2.0], [0.0, 1.0], np.nan),
        ([1.0, 2.0], [0.0], 1.0),
        ([], [], 1.0),
    ],
)
def test_a_table_that_does_not_rise_is_refused(
    oddness: list[float], surprise: list[float], beyond: float
) -> None:
    stored = StoredSurprise(pack(np.array(oddness)), pack(np.array(surprise)), beyond)

    with pytest.raises(NumbersRefused):
        Surprise.from_stored(stored)
