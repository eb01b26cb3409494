"""Card precision: of those an analyst can look at in a day, how many were really defrauded."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from scoring.ml.dataset import Instants, Keys
from scoring.ml.ranking import Floats, Labels

DAY_US = 86_400_000_000


def card_precision_at_k(
    scores: Floats, is_fraud: Labels, customers: Keys, time_us: Instants, *, k: int = 100
) -> float:
    """Return the mean over days of how many of the day's top `k` customers were defrauded.

    1. Each UTC day, a customer has the highest of their scores of that day and was defrauded if
       any of their transactions of that day was.
    2. The `k` customers with the highest scores are looked at; precision is the defrauded among
       them over `k`, also on a day with fewer customers.
    3. Who was found is left out on later days.

    Parameters
    ----------
    scores : ndarray of shape (n,), dtype=float64
        Higher is more suspect.
    is_fraud : ndarray of shape (n,), dtype=int8
        0 or 1.
    customers : ndarray of shape (n,), dtype=uint64
        Customer (or card) of each transaction.
    time_us : ndarray of shape (n,), dtype=int64
        Microseconds since 1970 UTC.
    k : int
        Customers looked at a day.

    Returns
    -------
    float
        0…1; 1 is best. With fewer than `k` defrauded a day, 1 cannot be reached.

    Notes
    -----
    The book leaves equal scores in the order of its sort; here the customer with the lower key
    comes first, so that the figure does not depend on the order of rows.

    References
    ----------
    Le Borgne et al., "Reproducible Machine Learning for Credit Card Fraud Detection", 2022,
    chapter 4.4 "Precision top-k metrics" and `shared_functions.py`, `card_precision_top_k`.

    Examples
    --------
    >>> found = card_precision_at_k(
    ...     np.array([0.9, 0.8, 0.1]), np.array([1, 0, 1], np.int8),
    ...     np.array([1, 2, 3], np.uint64), np.zeros(3, np.int64), k=2)
    >>> found
    0.5
    """
    days = time_us // DAY_US
    caught: list[npt.NDArray[np.uint64]] = []
    found = np.zeros(0, np.uint64)
    for day in np.unique(days):
        rows = np.flatnonzero((days == day) & ~np.isin(customers, found))
        top = _top_customers(scores[rows], customers[rows], k)
        defrauded = customers[rows][is_fraud[rows] == 1]
        caught.append(np.intersect1d(top, defrauded))
        found = np.concatenate(caught)
    return found.size / (k * len(caught)) if caught else 0.0


def _top_customers(scores: Floats, customers: Keys, k: int) -> Keys:
    distinct, place = np.unique(customers, return_inverse=True)
    highest = np.full(distinct.size, -np.inf)
    np.maximum.at(highest, place, scores)
    top: Keys = distinct[np.argsort(-highest, kind="stable")[:k]]
    return top


def is_known_compromised(
    customers: Keys,
    time_us: Instants,
    is_fraud: Labels,
    label_known_us: Instants,
    *,
    since_us: int | None = None,
) -> npt.NDArray[np.bool_]:
    """Tell for each transaction whether its customer was known as defrauded when its day began.

    Such a customer's card is blocked already, so finding it again is worth nothing: the book
    leaves these transactions out of its test sets.

    Parameters
    ----------
    customers, time_us, is_fraud, label_known_us : ndarray of shape (n,)
        The whole history, not only the test slice.
    since_us : int or None
        Frauds before it are forgotten; None forgets none. The book remembers those of its training
        week and later.

    Returns
    -------
    ndarray of shape (n,), dtype=bool
        Aligned with the rows.

    Examples
    --------
    >>> is_known_compromised(
    ...     np.array([7, 7, 8], np.uint64), np.array([0, 2, 2]) * DAY_US,
    ...     np.array([1, 0, 0], np.int8), np.array([1, 3, 3]) * DAY_US)
    array([False,  True, False])
    """
    counts = is_fraud == 1
    if since_us is not None:
        counts &= time_us >= since_us
    distinct, place = np.unique(customers, return_inverse=True)
    first_known = np.full(distinct.size, np.iinfo(np.int64).max)
    np.minimum.at(first_known, place[counts], label_known_us[counts])
    day_begins = time_us // DAY_US * DAY_US
    known: npt.NDArray[np.bool_] = first_known[place] <= day_begins
    return known
