"""What a rule would have done on stored history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.rules.binding import Codes
from scoring.rules.evaluate import Rule, RuleSet
from scoring.rules.outcomes import Outcome

# Labels: known to be fraud, known to be honest, not known.
FRAUD, HONEST, UNKNOWN = 1, 0, -1


@dataclass(frozen=True, slots=True)
class BacktestReport:
    """Counts over the transactions a rule was tried on.

    Attributes
    ----------
    evaluated : int
        Transactions looked at; `matched`, `not_enough_data` and `errors` are among them.
    matched : int
        Hits.
    entities : int
        Different customers (or whatever the keys name) among the hits.
    labelled_fraud_caught, false_positives : int
        Hits that are known to be fraud, and known to be honest; the others have no label.
    not_enough_data, errors : int
        Transactions the rule could not say anything about.
    labelled_fraud, labelled_honest : int
        All that are known to be fraud or honest, hit or not.
    """

    evaluated: int
    matched: int
    entities: int
    labelled_fraud_caught: int
    false_positives: int
    not_enough_data: int
    errors: int
    labelled_fraud: int
    labelled_honest: int

    @property
    def match_rate(self) -> float:
        """Share of hits among all evaluated; 0 for none."""
        return self.matched / self.evaluated if self.evaluated else 0.0

    @property
    def precision(self) -> float | None:
        """Share of fraud among the labelled hits; None without any."""
        return _share(self.labelled_fraud_caught, self.labelled_fraud_caught + self.false_positives)

    @property
    def recall(self) -> float | None:
        """Share of the known fraud that was hit; None without any."""
        return _share(self.labelled_fraud_caught, self.labelled_fraud)


def backtest(
    rule: Rule,
    columns: Mapping[str, NDArray[Any]],
    entities: NDArray[Any],
    labels: NDArray[np.integer[Any]],
) -> BacktestReport:
    """Try one rule on history.

    Parameters
    ----------
    rule : Rule
        The draft.
    columns : mapping of str to ndarray of shape (n,)
        Values at the time of each transaction, as for `RuleSet.evaluate_columns`.
    entities : ndarray of shape (n,)
        Key of the customer of each transaction.
    labels : ndarray of shape (n,), dtype=integer
        1 fraud, 0 honest, -1 not known.

    Raises
    ------
    ValueError
        For columns of different lengths.

    Examples
    --------
    >>> from scoring.rules.schema import NameSpec, RuleSchema, ValueType
    >>> schema = RuleSchema.of([NameSpec("amount", ValueType.NUMBER)])
    >>> rule = Rule.of("large", 1, "amount > 100", schema)
    >>> report = backtest(
    ...     rule,
    ...     {"amount": np.array([500.0, 300.0, 20.0, np.nan])},
    ...     entities=np.array([7, 7, 8, 9]),
    ...     labels=np.array([1, 0, 1, -1]),
    ... )
    >>> report.matched, report.entities, report.precision, report.recall, report.not_enough_data
    (2, 1, 0.5, 0.5, 1)
    """
    if entities.shape != labels.shape:
        raise ValueError("Every transaction has one entity and one label.")
    outcomes = RuleSet([rule]).evaluate_columns(columns, len(entities))[0]
    return count_outcomes(outcomes, entities, labels)


def count_outcomes(
    outcomes: Codes, entities: NDArray[Any], labels: NDArray[np.integer[Any]]
) -> BacktestReport:
    """Return the counts of outcomes that are known already, one row of `evaluate_columns`."""
    hits = outcomes == Outcome.HIT
    frauds, honest = labels == FRAUD, labels == HONEST
    return BacktestReport(
        evaluated=len(outcomes),
        matched=_count(hits),
        entities=len(np.unique(entities[hits])),
        labelled_fraud_caught=_count(hits & frauds),
        false_positives=_count(hits & honest),
        not_enough_data=_count(outcomes == Outcome.NOT_ENOUGH_DATA),
        errors=_count(outcomes == Outcome.ERROR),
        labelled_fraud=_count(frauds),
        labelled_honest=_count(honest),
    )


def _count(mask: NDArray[np.bool_]) -> int:
    return int(np.count_nonzero(mask))


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
