"""Error rates that claim no more than the data hold."""

from __future__ import annotations

from dataclasses import dataclass

from scipy.special import betaincinv

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
    def stated(self) -> float | str | None:
        """The share of errors as it may be published: of an error never seen, "< 3/n".

        Examples
        --------
        >>> Rate(1, 50).stated, Rate(0, 50).stated, Rate(0, 0).stated
        (0.02, '< 3/50', None)
        """
        if not self.count:
            return None
        return self.value if self.hits else self.words

    @property
    def interval(self) -> tuple[float, float] | None:
        """The exact 95 % interval of the share.

        References
        ----------
        Clopper, Pearson: The use of confidence or fiducial limits illustrated in the case of the
        binomial, Biometrika 26 (1934), doi:10.1093/biomet/26.4.404.
        """
        if not self.count:
            return None
        tail = (1 - CONFIDENCE) / 2
        misses = self.count - self.hits
        low = float(betaincinv(self.hits, misses + 1, tail)) if self.hits else 0.0
        high = float(betaincinv(self.hits + 1, misses, 1 - tail)) if misses else 1.0
        return low, high
