"""Many faces held ready to be searched for one: who is nearest, and what is near enough to say so.

A gallery knows numbers and ids, nothing of people. Whoever fills it decides whose faces may be in
it, and keeps it apart for those who must not be compared with one another.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kyc.vision.faces.calibration import Calibration
from kyc.vision.faces.engines import DLIB, calibration_of

Embedding = npt.NDArray[np.float32]
Embeddings = npt.NDArray[np.float32]

DIMENSIONS = 128
FIRST_CAPACITY = 256
# NIST SP 800-63A-4: false-positive identification rate of one-to-many comparison.
FALSE_POSITIVE_IDENTIFICATION_RATE = 1e-3
# At most one stranger in a hundred is taken to share a name, a date of birth, a document number or
# a device. An assumption, and a careful one: two people have one date of birth once in some 20,000.
SECOND_SIGN_SHARE = 0.01


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An entry of a gallery, and its Euclidean distance to the face that was searched."""

    id: Hashable
    distance: float


class Gallery:
    """Embeddings by id, searched by Euclidean distance.

    Safe to use from several threads: a search sees every change that was finished before it began,
    and none in part.

    Parameters
    ----------
    dimensions : int
        Length of an embedding.

    Examples
    --------
    >>> gallery = Gallery(dimensions=2)
    >>> gallery.add("a", np.array([0.0, 0.0], np.float32))
    >>> gallery.add("b", np.array([3.0, 4.0], np.float32))
    >>> gallery.nearest(np.array([3.0, 3.0], np.float32), 1)
    (Neighbour(id='b', distance=1.0),)
    >>> gallery.nearest(np.array([3.0, 3.0], np.float32), 1, exclude={"b"})[0].id
    'a'
    """

    def __init__(self, dimensions: int = DIMENSIONS) -> None:
        self._lock = threading.RLock()
        self._matrix: Embeddings = np.zeros((FIRST_CAPACITY, dimensions), np.float32)
        # Half the squared length of each row: it is all of the distance that the rows alone decide.
        self._half_squares = np.zeros(FIRST_CAPACITY, np.float32)
        self._ids: list[Hashable] = []
        self._row_of: dict[Hashable, int] = {}

    def __len__(self) -> int:
        return len(self._ids)

    def __contains__(self, key: Hashable) -> bool:
        return key in self._row_of

    @property
    def ids(self) -> frozenset[Hashable]:
        """Everything that is in the gallery."""
        with self._lock:
            return frozenset(self._row_of)

    def add(self, key: Hashable, embedding: Embedding) -> None:
        """Put one face in, or replace it.

        Raises
        ------
        ValueError
            When the embedding has another length or holds a number that is not finite.
        """
        self.add_many([key], np.asarray(embedding, np.float32)[None])

    def add_many(self, keys: Sequence[Hashable], embeddings: Embeddings) -> None:
        """Put faces in, or replace them; all or, when one is refused, none.

        Parameters
        ----------
        keys : sequence of hashable
        embeddings : ndarray of shape (len(keys), dimensions), dtype=float32

        Raises
        ------
        ValueError
            As `add`.
        """
        rows = np.asarray(embeddings, np.float32)
        if rows.shape != (len(keys), self._matrix.shape[1]):
            raise ValueError(
                f"{len(keys)} faces of {self._matrix.shape[1]} numbers were expected, "
                f"not an array of shape {rows.shape}"
            )
        if not np.isfinite(rows).all():
            raise ValueError("an embedding holds a number that is not finite")
        with self._lock:
            self._reserve(len(self._ids) + len(keys))
            places = [self._place_of(key) for key in keys]
            self._matrix[places] = rows
            self._half_squares[places] = 0.5 * np.einsum("ij,ij->i", rows, rows)

    def remove(self, key: Hashable) -> bool:
        """Take one face out and overwrite its numbers; whether it was there."""
        with self._lock:
            row = self._row_of.pop(key, None)
            if row is None:
                return False
            last = len(self._ids) - 1
            if row != last:
                self._matrix[row] = self._matrix[last]
                self._half_squares[row] = self._half_squares[last]
                self._ids[row] = self._ids[last]
                self._row_of[self._ids[row]] = row
            # Biometric data: a face that was taken out is not left lying behind the end.
            self._matrix[last] = 0
            self._half_squares[last] = 0
            self._ids.pop()
            return True

    def nearest(
        self, embedding: Embedding, k: int = 5, *, exclude: Collection[Hashable] = ()
    ) -> tuple[Neighbour, ...]:
        """The `k` entries nearest to a face, the nearest first.

        Parameters
        ----------
        embedding : ndarray of shape (dimensions,), dtype=float32
        k : int
            At least 1; fewer come back when the gallery holds fewer.
        exclude : collection of hashable
            Ids that are passed over; unknown ones do no harm.

        Returns
        -------
        tuple of Neighbour
            Of two at the same distance the one that was put in first comes first, unless something
            was removed since.

        Notes
        -----
        One pass over the matrix: 100,000 faces take about 5 ms (`bench/face_gallery.py`).
        """
        searched = np.asarray(embedding, np.float32)
        if searched.shape != (self._matrix.shape[1],) or k < 1:
            raise ValueError("one embedding and a k of at least 1 are expected")
        with self._lock:
            # Smallest where the distance is: half the squared distance less a constant.
            ranks = self._half_squares[: len(self._ids)] - self._matrix[: len(self._ids)] @ searched
            passed_over = [self._row_of[key] for key in exclude if key in self._row_of]
            ranks[passed_over] = np.inf
            found = _smallest(ranks, min(k, len(self._ids) - len(passed_over)))
            # The product of rows loses digits where rows are near: measured again by difference.
            near = self._matrix[found].astype(np.float64) - searched
            distances = np.sqrt(np.einsum("ij,ij->i", near, near))
            order = np.argsort(distances, kind="stable")
            return tuple(Neighbour(self._ids[found[i]], float(distances[i])) for i in order)

    def _place_of(self, key: Hashable) -> int:
        row = self._row_of.get(key)
        if row is None:
            row = self._row_of[key] = len(self._ids)
            self._ids.append(key)
        return row

    def _reserve(self, count: int) -> None:
        """Make room for `count` rows, twice as much at a time."""
        capacity = len(self._matrix)
        if count <= capacity:
            return
        more = max(count, 2 * capacity) - capacity
        old = self._matrix
        self._matrix = np.pad(old, ((0, more), (0, 0)))
        self._half_squares = np.pad(self._half_squares, (0, more))
        old[:] = 0


def _smallest(ranks: npt.NDArray[np.float32], k: int) -> npt.NDArray[np.intp]:
    """Rows of the `k` smallest ranks, in the order of the rows."""
    if k <= 0:
        return np.zeros(0, np.intp)
    if k < len(ranks):
        return np.sort(np.argpartition(ranks, k - 1)[:k])
    return np.arange(len(ranks))


@dataclass(frozen=True, slots=True)
class DuplicatePolicy:
    """How near two faces of a gallery must be to be spoken of.

    Attributes
    ----------
    gallery_size : int
        Faces searched.
    hit_distance : float
        Up to it (inclusive) a face is a hit: it informs, and counts together with a second sign. A
        search meets a stranger within it who shares such a sign in at most one of 1,000 cases, as
        far as the distances of known strangers can be continued.
    strict_distance : float
        The same of strangers without such a sign, should they lie as near as 95 % confidence
        allows: a face up to it opens a review by itself. Never above `hit_distance`.
    false_positive_identification_rate : float
        What both are made for.
    impostor_pairs, people : int
        What the continuation rests on.
    is_extrapolated : bool
        Whether the wanted rate of a single comparison is below 3/`impostor_pairs`.
    """

    gallery_size: int
    hit_distance: float
    strict_distance: float
    false_positive_identification_rate: float
    impostor_pairs: int
    people: int
    is_extrapolated: bool

    @property
    def words(self) -> str:
        """What the limits mean, for a reviewer.

        Examples
        --------
        >>> print(duplicate_policy(1000).words)  # doctest: +ELLIPSIS
        Made for a stranger with a second sign in at most 1 of 1000 searches of 1000 faces; ...
        """
        one_of = round(1 / self.false_positive_identification_rate)
        basis = f"{self.impostor_pairs} pairs of {self.people} people"
        rests = f"extrapolated from {basis}" if self.is_extrapolated else f"measured on {basis}"
        return (
            f"Made for a stranger with a second sign in at most 1 of {one_of} searches of "
            f"{self.gallery_size} faces; {rests}."
        )


def duplicate_policy(
    gallery_size: int,
    *,
    calibration: Calibration | None = None,
    rate: float = FALSE_POSITIVE_IDENTIFICATION_RATE,
) -> DuplicatePolicy:
    """The limits for searching a gallery of that size.

    The chance of meeting a stranger in a search of n faces is 1 − (1 − f)ⁿ for a false-match rate
    f of one comparison; f is chosen for the wanted chance and continued along the calibration's
    tail. Neither limit is ever wider than that of a one-to-one match.

    Parameters
    ----------
    gallery_size : int
        Faces that are searched; 0 counts as 1.
    calibration : Calibration, optional
        Of the engine that made the embeddings; that of the default engine if left out.
    rate : float
        Wanted false-positive identification rate, above 0 and below 1.

    Examples
    --------
    >>> small, large = duplicate_policy(100), duplicate_policy(100_000)
    >>> large.hit_distance < small.hit_distance
    True
    >>> large.strict_distance < large.hit_distance
    True
    >>> large.is_extrapolated
    True
    """
    known = calibration or calibration_of(DLIB)
    size = max(gallery_size, 1)
    single = -np.expm1(np.log1p(-rate) / size)
    widest = known.match_distance
    hit = min(known.tail.distance_at(single / SECOND_SIGN_SHARE), widest)
    strict = min(known.tail.distance_at(single, is_cautious=True), hit)
    return DuplicatePolicy(
        gallery_size=size,
        hit_distance=hit,
        strict_distance=strict,
        false_positive_identification_rate=rate,
        impostor_pairs=known.impostor_pairs,
        people=known.people,
        is_extrapolated=bool(single < 3 / known.impostor_pairs),
    )
