"""Which rows are learnt from, and which ones say how odd the usual is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.ml.dataset import Slice
from scoring.ml.honest_rows import TooFewHonestRows, honest_rows


def _numbered(rows: int, is_fraud: list[bool] | None = None) -> Slice:
    labels = np.zeros(rows, np.int8) if is_fraud is None else np.array(is_fraud, np.int8)
    return Slice(np.arange(rows, dtype=np.float32)[:, None], labels)


@given(fit=st.integers(1, 500), reference=st.integers(1, 500), seed=st.integers(0, 9))
def test_they_are_honest_and_no_row_is_taken_twice(fit: int, reference: int, seed: int) -> None:
    rows = _numbered(400, [number % 4 == 0 for number in range(400)])

    drawn = honest_rows(rows, fit=fit, reference=reference, seed=seed)

    numbers = np.concatenate([drawn.fit[:, 0], drawn.reference[:, 0]]).astype(int)
    assert (rows.is_fraud[numbers] == 0).all()
    assert len(set(numbers)) == numbers.size
    assert 0 < len(drawn.fit) <= fit
    assert 0 < len(drawn.reference) <= reference


def test_all_that_is_asked_for_is_drawn_where_there_is_enough() -> None:
    drawn = honest_rows(_numbered(1000), fit=600, reference=300, seed=1)

    assert (len(drawn.fit), len(drawn.reference)) == (600, 300)


def test_a_third_is_kept_for_reference_where_there_is_not() -> None:
    drawn = honest_rows(_numbered(900), fit=5000, reference=5000, seed=1)

    assert (len(drawn.fit), len(drawn.reference)) == (600, 300)


def test_another_seed_draws_other_rows() -> None:
    one, other = (honest_rows(_numbered(900), fit=50, reference=50, seed=seed) for seed in (1, 2))

    assert one.fit.tolist() != other.fit.tolist()


def test_too_few_are_refused() -> None:
    rows = _numbered(300, [number > 148 for number in range(300)])

    with pytest.raises(TooFewHonestRows, match="149 honest transactions are too few"):
        honest_rows(rows, fit=10, reference=10, seed=1)
