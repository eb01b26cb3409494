"""The faces of customers, held in the memory of each process that searches them.

Held are the faces of all customers who exist and consent. Whose verification is approved, or may
be yet, is asked at every search of those who are near, and nobody else is named: of two customers
with one face who come before either is approved, the second must find the first.

The database stays the only truth. Every search first asks it, in one statement, whether faces were
added or deleted, keys destroyed or consents taken back; then the difference is fetched. So a
customer whose data key is destroyed or who withdraws consent is out of a process's memory before
its next answer.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Collection, Hashable, Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import cast

import numpy as np
import structlog
from django.db.models import QuerySet

from fraudsite.core.crypto.envelope import SealBroken
from fraudsite.core.services.data_keys import DataKeyDestroyed
from kyc.models import FaceTemplate
from kyc.services.face_standing import (
    Numbers,
    Standing,
    barred_read,
    numbers_read,
    searchable_among,
    standing_read,
)
from kyc.services.face_templates import Embedding, template_embedding
from kyc.vision.faces.gallery import Gallery, Neighbour

logger = structlog.get_logger(__name__)

# Rows at a time: 5,000 are some 4 MB, and loading 100,000 is not quicker with more.
LOAD_BATCH = 5000
# How many times as many faces as are wanted are looked at: some belong to customers who are not
# approved. Where these are too many, so many times more.
FIRST_LOOK, FURTHER_LOOK = 2, 8


@dataclass(frozen=True, slots=True)
class Shelf:
    """Which faces may be compared with one another: of one workspace, described by one engine."""

    workspace_id: uuid.UUID
    engine: str
    engine_version: str


@dataclass(frozen=True, slots=True)
class Nearest:
    """The nearest faces, and how many there were.

    Attributes
    ----------
    neighbours : tuple of Neighbour
        By the number of their `FaceTemplate`.
    searched : int
        Faces that were compared; only those of customers who are approved, or may be
        yet, are named.
    unsearched : int
        Faces that should have been and could not: of another engine, or damaged.
    """

    neighbours: tuple[Neighbour, ...]
    searched: int
    unsearched: int


@dataclass(slots=True)
class _Held:
    gallery: Gallery
    standing: Standing = field(default_factory=Standing)
    # The faces that were kept when the gallery was brought up to date.
    kept: Numbers = field(default_factory=lambda: np.zeros(0, np.int64))
    # Of these, not barred, but of another engine or damaged.
    missing: frozenset[int] = frozenset()


_held: dict[Shelf, _Held] = {}
_refreshing = threading.Lock()


def faces_nearest(
    shelf: Shelf, embedding: Embedding, *, passed_over: Iterable[int], limit: int
) -> Nearest:
    """Return the faces nearest to a face that may be searched now, but for those passed over.

    The first call of a process loads them all, unless `gallery_load` has; measured in
    docs/duplicates.md.
    """
    held = _refreshed(shelf, dimensions=len(embedding))
    excluded: set[Hashable] = {pk for pk in passed_over if pk in held.gallery}
    return Nearest(
        _standing(shelf, held.gallery, embedding, excluded=excluded, limit=limit),
        len(held.gallery) - len(excluded),
        len(searchable_among(shelf.workspace_id, held.missing)),
    )


def gallery_load(shelf: Shelf, *, dimensions: int) -> int:
    """Have the faces of a shelf in memory before somebody is searched; return how many."""
    return len(_refreshed(shelf, dimensions=dimensions).gallery)


def galleries_drop() -> None:
    """Let go of every face in this process's memory; the next search loads them again."""
    with _refreshing:
        _held.clear()


def _standing(
    shelf: Shelf, gallery: Gallery, embedding: Embedding, *, excluded: set[Hashable], limit: int
) -> tuple[Neighbour, ...]:
    """Return the nearest who may be searched: further ones are asked for until there are enough."""
    wanted = FIRST_LOOK * limit
    while True:
        near = gallery.nearest(embedding, wanted, exclude=excluded)
        allowed = searchable_among(shelf.workspace_id, [cast("int", one.id) for one in near])
        if len(allowed) >= limit or len(near) < wanted:
            return tuple(one for one in near if one.id in allowed)[:limit]
        wanted *= FURTHER_LOOK


def _refreshed(shelf: Shelf, *, dimensions: int) -> _Held:
    with _refreshing:
        held = _held.setdefault(shelf, _Held(Gallery(dimensions)))
        # Asked before the rows: what changes in between is a difference that the next search sees.
        standing = standing_read(shelf.workspace_id)
        if standing != held.standing:
            _take_over(shelf, held, standing)
        return held


def _take_over(shelf: Shelf, held: _Held, standing: Standing) -> None:
    """Bring a gallery up to date: by what is new, or by everything where rows were deleted."""
    rows = FaceTemplate.objects.filter(
        workspace_id=shelf.workspace_id, pk__gt=held.standing.highest, pk__lte=standing.highest
    )
    fresh = list(rows.values_list("pk", flat=True))
    kept, gone = np.append(held.kept, np.array(fresh, np.int64)), frozenset[int]()
    if (standing.erased, standing.against) != (held.standing.erased, held.standing.against):
        gone = barred_read(shelf.workspace_id)
    if standing.kept != len(kept):
        still = np.isin(kept, numbers_read(shelf.workspace_id))
        gone |= frozenset(kept[~still].tolist())
        kept = kept[still]
    removed = sum(held.gallery.remove(pk) for pk in gone)
    _load(rows.filter(engine=shelf.engine, engine_version=shelf.engine_version), gone, held.gallery)
    held.missing = (held.missing - gone) | {
        pk for pk in fresh if pk not in gone and pk not in held.gallery
    }
    held.kept, held.standing = kept, standing
    logger.info("face_gallery_refreshed", removed=removed, size=len(held.gallery))


def _load(templates: QuerySet[FaceTemplate], barred: Collection[int], gallery: Gallery) -> None:
    # Row by row from the server: all at once would hold 100,000 objects for one moment.
    rows = templates.select_related("data_key").iterator(chunk_size=LOAD_BATCH)
    while batch := list(islice(rows, LOAD_BATCH)):
        opened = [(row.pk, _opened(row)) for row in batch if row.pk not in barred]
        faces = {pk: face for pk, face in opened if face is not None}
        if faces:
            gallery.add_many(list(faces), np.stack(list(faces.values())))


def _opened(template: FaceTemplate) -> Embedding | None:
    """Return a face; None when its key went in this moment or its bytes were altered."""
    try:
        return template_embedding(template)
    except (DataKeyDestroyed, SealBroken) as trouble:
        logger.error(
            "face_template_unreadable", template_id=template.pk, error_type=type(trouble).__name__
        )
        return None
