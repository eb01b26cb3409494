"""Which candidates make the model, and with how many votes: chosen on validation weeks alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scoring.backtesting.candidates import Candidate
from scoring.backtesting.figures import Figures, figures_of, mean_figures
from scoring.ml.dataset import Dataset, Rows
from scoring.ml.ensemble_weights import spread
from scoring.ml.ranking import Floats


@dataclass(frozen=True, slots=True)
class SelectionPlan:
    """How candidates are put together.

    Attributes
    ----------
    votes : int
        At most this many; a candidate may have several.
    least_gain : float
        A vote that raises the mean of the three figures by less is not given.
    """

    votes: int = 6
    least_gain: float = 0.0005


@dataclass(frozen=True, slots=True)
class Chosen:
    """A candidate that takes part, and by what its margins are multiplied."""

    candidate: Candidate
    votes: int
    weight: float


@dataclass(frozen=True, slots=True)
class Choice:
    """What validation weeks chose.

    Attributes
    ----------
    members : tuple of Chosen
        At least one.
    figures : Figures
        Of the members together, mean over the validation weeks.
    alone : dict of str to Figures
        Of each candidate, mean over the validation weeks.
    """

    members: tuple[Chosen, ...]
    figures: Figures
    alone: dict[str, Figures]


def choose(
    dataset: Dataset,
    weeks: Sequence[Rows],
    candidates: Sequence[Candidate],
    margins: Sequence[Sequence[Floats]],
    plan: SelectionPlan,
) -> Choice:
    """Give votes to candidates, beginning with the best, as long as the figures rise.

    The blend is never below its best member on these weeks.

    Parameters
    ----------
    weeks : sequence of ndarray of shape (n_week,)
        Rows that each validation week is judged on.
    margins : sequence over candidates of sequences over weeks
        Each an ndarray of shape (n_week,).

    References
    ----------
    Caruana et al. 2004, "Ensemble selection from libraries of models",
    doi:10.1145/1015330.1015432.
    """
    widths = [spread(np.concatenate(one)) for one in margins]
    scaled = [[week / width for week in one] for one, width in zip(margins, widths, strict=True)]
    alone = [_figures(dataset, weeks, one) for one in scaled]
    votes = _votes(dataset, weeks, scaled, alone, plan)
    return Choice(
        members=tuple(
            Chosen(candidate, count, count / width)
            for candidate, count, width in zip(candidates, votes, widths, strict=True)
            if count
        ),
        figures=_figures(dataset, weeks, _sum(scaled, votes)),
        alone={one.name: figures for one, figures in zip(candidates, alone, strict=True)},
    )


def _votes(
    dataset: Dataset,
    weeks: Sequence[Rows],
    scaled: Sequence[Sequence[Floats]],
    alone: Sequence[Figures],
    plan: SelectionPlan,
) -> list[int]:
    best = max(range(len(scaled)), key=lambda number: alone[number].mean)
    votes = [int(number == best) for number in range(len(scaled))]
    reached = alone[best].mean
    while sum(votes) < plan.votes:
        found = [
            _figures(dataset, weeks, _sum(scaled, _with_vote(votes, number))).mean
            for number in range(len(scaled))
        ]
        number = int(np.argmax(found))
        if found[number] < reached + plan.least_gain:
            break
        reached, votes = found[number], _with_vote(votes, number)
    return votes


def _with_vote(votes: Sequence[int], number: int) -> list[int]:
    return [count + (place == number) for place, count in enumerate(votes)]


def _sum(scaled: Sequence[Sequence[Floats]], votes: Sequence[int]) -> list[Floats]:
    voting = [(one, count) for one, count in zip(scaled, votes, strict=True) if count]
    return [
        np.sum([count * one[week] for one, count in voting], axis=0)
        for week in range(len(scaled[0]))
    ]


def _figures(dataset: Dataset, weeks: Sequence[Rows], margins: Sequence[Floats]) -> Figures:
    return mean_figures(
        [figures_of(dataset, rows, week) for rows, week in zip(weeks, margins, strict=True)]
    )
