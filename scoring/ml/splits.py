"""Cutting history in time, so that a model is measured as it will be used: on what comes later."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scoring.ml.dataset import NEVER_US, Dataset, Instants, Rows
from scoring.ml.ranking import Labels

# Part of the labels, of frauds and of honest transactions each, that has to be in before a row is
# old enough to learn from. Frauds are told of sooner than honest payments are cleared: without a
# gap the newest rows with a label would nearly all be frauds.
MATURE_SHARE = 0.95


class TooFewLabels(ValueError):
    """There is not enough known history to learn from and to measure on."""


@dataclass(frozen=True, slots=True)
class SplitPlan:
    """How history is shared out.

    Attributes
    ----------
    validation_share, calibration_share, test_share : float
        Parts of the labelled rows, 0…1; training gets the rest.
    gap_us : int or None
        How long labels take. Rows younger than this at a cut are left out. None measures it.
    longest_gap_share : float
        A measured gap takes at most this part of the time span: three of them are cut out.
    until_us : int or None
        Labels that became known after it do not exist. None: when the last one became known.
    fewest_frauds : int
        Fewer in any slice, and nothing measured on it would mean anything.
    """

    validation_share: float = 0.10
    calibration_share: float = 0.10
    test_share: float = 0.15
    gap_us: int | None = None
    longest_gap_share: float = 0.10
    until_us: int | None = None
    fewest_frauds: int = 10


@dataclass(frozen=True, slots=True)
class Cuts:
    """The instants between the slices, in microseconds since 1970 UTC.

    ``train < train_until … validation_from ≤ validation < calibration_from ≤ calibration <
    fit_until … test_from ≤ test < test_until … until``; each ``…`` is the gap.
    """

    train_until_us: int
    validation_from_us: int
    calibration_from_us: int
    fit_until_us: int
    test_from_us: int
    test_until_us: int
    until_us: int
    gap_us: int


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Row numbers of each slice, oldest row first, and where the cuts are.

    `fitting` is everything before calibration: training, validation, and the gap between them.
    """

    train: Rows
    validation: Rows
    fitting: Rows
    calibration: Rows
    test: Rows
    cuts: Cuts


def time_split(dataset: Dataset, plan: SplitPlan) -> Split:
    """Share out a history by time, with only the labels that were known at each cut.

    1. What becomes known after `until_us` does not exist.
    2. The test slice is the newest mature part. Everything before it is chosen with what was known
       when the test begins, as if the model had been trained that day.
    3. The training rows' labels were known when validation begins, so early stopping meets the
       same delay as the model will in use.

    Raises
    ------
    TooFewLabels
        A slice has too few frauds or no honest transaction.
    """
    cuts = _cuts(dataset, plan)
    split = Split(
        train=_rows(dataset, None, cuts.train_until_us, cuts.validation_from_us),
        validation=_rows(
            dataset, cuts.validation_from_us, cuts.calibration_from_us, cuts.test_from_us
        ),
        fitting=_rows(dataset, None, cuts.calibration_from_us, cuts.test_from_us),
        calibration=_rows(dataset, cuts.calibration_from_us, cuts.fit_until_us, cuts.test_from_us),
        test=_rows(dataset, cuts.test_from_us, cuts.test_until_us, cuts.until_us),
        cuts=cuts,
    )
    for name in ("train", "validation", "calibration", "test"):
        _check_labels(dataset.is_fraud[getattr(split, name)], name, plan.fewest_frauds)
    return split


def label_gap_us(delays_us: Instants, is_fraud: Labels) -> int:
    """Return how long labels take: until 95 % of the frauds' and of the honest ones' are known.

    Examples
    --------
    >>> label_gap_us(np.arange(101), np.zeros(101, np.int8))
    95
    """
    classes = [delays_us[is_fraud == label] for label in (0, 1)]
    waits = [np.quantile(delays, MATURE_SHARE) for delays in classes if delays.size]
    return max(0, int(max(waits, default=0)))


def _cuts(dataset: Dataset, plan: SplitPlan) -> Cuts:
    until = _until(dataset, plan)
    known = dataset.label_known_us <= until
    times = np.sort(dataset.time_us[known])
    if not times.size:
        message = "No transaction has a known label yet."
        raise TooFewLabels(message)
    gap = _gap(dataset, known, plan, span_us=until - int(times[0]))
    mature = times[times < until - gap]
    test_from = _quantile(mature, 1 - plan.test_share)
    fitting = mature[mature < test_from - gap]
    # The shares are of all rows; training is what the gaps and the other slices leave.
    held_out = mature.size * (plan.validation_share + plan.calibration_share)
    calibrated = mature.size * plan.calibration_share
    validation_from = _from_end(fitting, held_out)
    return Cuts(
        train_until_us=validation_from - gap,
        validation_from_us=validation_from,
        calibration_from_us=_from_end(fitting, calibrated),
        fit_until_us=test_from - gap,
        test_from_us=test_from,
        test_until_us=until - gap,
        until_us=until,
        gap_us=gap,
    )


def _until(dataset: Dataset, plan: SplitPlan) -> int:
    if plan.until_us is not None:
        return plan.until_us
    known = dataset.label_known_us[dataset.label_known_us < NEVER_US]
    return int(known.max(initial=np.iinfo(np.int64).min))


def _gap(dataset: Dataset, known: npt.NDArray[np.bool_], plan: SplitPlan, *, span_us: int) -> int:
    if plan.gap_us is not None:
        return plan.gap_us
    delays = dataset.label_known_us[known] - dataset.time_us[known]
    measured = label_gap_us(delays, dataset.is_fraud[known])
    return min(measured, int(span_us * plan.longest_gap_share))


def _quantile(times: Instants, share: float) -> int:
    _check_any(times)
    return int(times[min(times.size - 1, int(times.size * share))])


def _from_end(times: Instants, count: float) -> int:
    _check_any(times)
    return int(times[max(0, times.size - 1 - int(count))])


def _check_any(times: Instants) -> None:
    if not times.size:
        message = "The labelled history is shorter than the time labels take to become known."
        raise TooFewLabels(message)


def _rows(dataset: Dataset, from_us: int | None, to_us: int, known_by_us: int) -> Rows:
    chosen = (dataset.time_us < to_us) & (dataset.label_known_us <= known_by_us)
    if from_us is not None:
        chosen &= dataset.time_us >= from_us
    rows = np.flatnonzero(chosen)
    return rows[np.argsort(dataset.time_us[rows], kind="stable")]


def _check_labels(is_fraud: Labels, name: str, fewest: int) -> None:
    frauds = int(is_fraud.sum())
    if frauds < fewest or frauds == is_fraud.size:
        message = (
            f"The {name} slice has {frauds} frauds among {is_fraud.size} labelled transactions; "
            f"at least {fewest} and some honest ones are needed."
        )
        raise TooFewLabels(message)
