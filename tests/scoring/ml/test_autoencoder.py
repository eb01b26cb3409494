"""An autoencoder served here puts rows together as scikit-learn does."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.neural_network import MLPRegressor

from scoring.ml import autoencoder_fit
from scoring.ml.autoencoder_fit import AutoencoderPlan, fit_autoencoder
from scoring.ml.autoencoder_layers import WORST_ERROR, read_autoencoder, total_errors
from scoring.ml.stored_numbers import NumbersRefused
from tests.scoring.ml.anomaly_members import WIDTH, make_rows

ROWS = make_rows(np.random.default_rng(31))
LATER = make_rows(np.random.default_rng(32), 1500).features


@pytest.mark.parametrize("hidden", [(4,), (8, 4, 8), (16, 3)])
def test_errors_are_the_librarys(hidden: tuple[int, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    trained: list[MLPRegressor] = []

    class Kept(MLPRegressor):
        def __init__(self, **options: object) -> None:
            super().__init__(**options)
            trained.append(self)

    monkeypatch.setattr(autoencoder_fit, "MLPRegressor", Kept)
    plan = AutoencoderPlan(rows=2000, reference_rows=1000, hidden=hidden, epochs=3, batch_rows=64)
    autoencoder = read_autoencoder(fit_autoencoder(ROWS, plan, seed=2)).autoencoder

    scaled = autoencoder.scaling.scaled(LATER)
    expected = np.minimum((scaled - trained[0].predict(scaled)) ** 2, WORST_ERROR)
    # The last feature never varied and says nothing.
    expected[:, -1] = 0

    assert autoencoder.errors(LATER) == pytest.approx(expected, abs=1e-4)


def test_a_feature_that_breaks_with_another_is_put_together_badly() -> None:
    # The second feature follows the third.
    member = read_autoencoder(
        fit_autoencoder(ROWS, AutoencoderPlan(hidden=(6,), epochs=20, batch_rows=64), seed=2)
    )
    follows = np.array([[1, 1.5, 1.5, 0, 0, 0, 0, 0, 7]], np.float32)
    breaks = np.array([[1, -1.5, 1.5, 0, 0, 0, 0, 0, 7]], np.float32)

    more = member.contributions(breaks) - member.contributions(follows)

    assert set(np.argsort(more[0, :-1])[-2:]) == {1, 2}
    assert member.margins(breaks)[0] > member.margins(follows)[0] + 1


def test_totals_add_up_row_by_row() -> None:
    errors = np.random.default_rng(1).random((50, WIDTH)).astype(np.float32)

    assert total_errors(errors) == pytest.approx(errors.sum(axis=1, dtype=np.float64), abs=1e-12)


def test_bytes_that_are_no_autoencoder_are_refused() -> None:
    with pytest.raises(NumbersRefused, match="The file is no autoencoder"):
        read_autoencoder(b"PK\x03\x04")
