"""Shares with their intervals, against SciPy's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from cases.dashboards.proportions import share_of


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_is_the_one_of_scipy(counts: tuple[int, int]) -> None:
    part, whole = counts

    share = share_of(part, whole)

    oracle = binomtest(part, whole).proportion_ci(0.95, method="wilson")
    assert share.value == part / whole
    assert (share.low, share.high) == pytest.approx((oracle.low, oracle.high), abs=1e-9)
    assert 0.0 <= share.low <= share.value <= share.high <= 1.0
