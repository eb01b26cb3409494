"""A one-class machine served here ranks as scikit-learn's does, also where that one underflows."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.svm import OneClassSVM

from scoring.ml import one_class_svm_fit
from scoring.ml.one_class_svm_fit import (
    OneClassSvmPlan,
    fit_one_class_svm,
    symmetric_whitening,
)
from scoring.ml.one_class_svm_vectors import OneClassSvmMember, read_one_class_svm
from scoring.ml.stored_numbers import NumbersRefused
from tests.scoring.ml.anomaly_members import WIDTH, make_rows

ROWS = make_rows(np.random.default_rng(41))
LATER = make_rows(np.random.default_rng(42), 1500).features
PLAN = OneClassSvmPlan(rows=2000, reference_rows=1000, kernel_rows=400, width=2.0)


@pytest.fixture(scope="module")
def member() -> OneClassSvmMember:
    return read_one_class_svm(fit_one_class_svm(ROWS, PLAN, seed=6))


def test_oddness_is_minus_the_logarithm_of_the_librarys_sum(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fitted: list[OneClassSVM] = []

    class Kept(OneClassSVM):
        def __init__(self, **options: object) -> None:
            super().__init__(**options)
            fitted.append(self)

    monkeypatch.setattr(one_class_svm_fit, "OneClassSVM", Kept)
    support = read_one_class_svm(fit_one_class_svm(ROWS, PLAN, seed=6)).support
    whitened = support.scaling.scaled(LATER).astype(np.float64) @ support.whitening
    library = fitted[0]
    expected = -np.log(library.score_samples(whitened) / library.dual_coef_.sum())

    assert support.oddness(LATER) == pytest.approx(expected, abs=1e-4)


def test_what_is_far_from_everything_is_still_ranked(member: OneClassSvmMember) -> None:
    rows = np.tile(np.array([1, 0, 0, 0, 0, 0, 0, 0, 7], np.float32), (4, 1))
    rows[:, 4] = [5, 10, 20, 60]

    assert (np.diff(member.margins(rows)) > 0).all()


def test_whitened_rows_have_no_covariance() -> None:
    rng = np.random.default_rng(5)
    rows = rng.standard_normal((5000, 4)) @ rng.standard_normal((4, 4))

    whitening = symmetric_whitening(np.cov(rows, rowvar=False), 0.0)

    assert np.cov(rows @ whitening, rowvar=False) == pytest.approx(np.eye(4), abs=1e-9)
    assert whitening == pytest.approx(whitening.T, abs=1e-12)


def test_parts_are_not_negative_and_sum_to_the_oddness(member: OneClassSvmMember) -> None:
    parts = member.support.parts(LATER)

    assert parts.shape == (len(LATER), WIDTH)
    assert (parts >= 0).all()
    assert parts.sum(axis=1) == pytest.approx(member.support.oddness(LATER), abs=1e-9)


def test_a_feature_that_breaks_with_another_is_what_is_odd(member: OneClassSvmMember) -> None:
    # The second feature follows the third.
    breaks = np.array([[1, -1.5, 1.5, 0, 0, 0, 0, 0, 7]], np.float32)

    parts = member.contributions(breaks)

    assert set(np.argsort(parts[0, :-1])[-2:]) == {1, 2}


def test_bytes_that_are_no_machine_are_refused() -> None:
    with pytest.raises(NumbersRefused, match="The file is no one-class support vector machine"):
        read_one_class_svm(b"")
