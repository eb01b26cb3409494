"""Error rates that claim no more than the data hold."""

from __future__ import annotations

from dataclasses import dataclass

from scipy.stats import binomtest

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of how many.

    Examples
    --------
    >>> Rate(0, 509).words
    '< 3/509'
    >>> Rate(2, 44).words
    '2/44 = 4.55 %'
    >>> Rate(0, 0).words
    'not measured'
    """

    hits: int
    count: int

    @property
    def value(self) -> float | None:
        """The share, 0–1; None where nothing was measured."""
        return self.hits / self.count if self.count else None

    @property
    def words(self) -> str:
        """The share for people; of an error never seen, the upper end of its interval.

        References
        ----------
        Hanley, Lippman-Hand: "If nothing goes wrong, is everything all right?", JAMA 249 (1983),
        doi:10.1001/jama.1983.03330370053031.
        """
        if not self.count:
            return "not measured"
        if not self.hits:
            return f"< 3/{self.count}"
        return f"{self.hits}/{self.count} = {100 * self.hits / self.count:.2f} %"

    @property
    def interval(self) -> tuple[float, float] | None:
        """The exact (Clopper-Pearson) 95 % interval of the share."""
        if not self.count:
            return None
        exact = binomtest(self.hits, self.count).proportion_ci(CONFIDENCE, method="exact")
        return float(exact.low), float(exact.high)
