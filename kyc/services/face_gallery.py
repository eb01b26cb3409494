"""The faces of customers, held in the memory of each process that searches them.

Held are the faces of approved verifications, and of those that the pipeline is at work on: of two
customers with one face who come at the same moment, the second must find the first.

The database stays the only truth. Every search first asks it, in one statement, how many faces
there are and how many of them may not be searched, with a checksum of which; when that differs from
what is in memory, the difference is fetched. So a customer whose data key is destroyed, who
withdraws consent or whose approval is taken back is out of a process's memory before its next
answer.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
import structlog
from django.db.models import Q, QuerySet

from fraudsite.core.crypto.envelope import SealBroken
from fraudsite.core.services.data_keys import DataKeyDestroyed
from kyc.models import FaceTemplate
from kyc.services.face_standing import Standing, barred_read, searchable, standing_read
from kyc.services.face_templates import Embedding, template_embedding
from kyc.vision.faces.gallery import Gallery, Neighbour

logger = structlog.get_logger(__name__)

# Rows at a time: 5,000 are some 4 MB, and loading 100,000 is not quicker with more.
LOAD_BATCH = 5000


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
        Faces that were compared.
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
    barred: frozenset[int] = frozenset()


_held: dict[Shelf, _Held] = {}
_refreshing = threading.Lock()


def faces_nearest(
    shelf: Shelf, embedding: Embedding, *, passed_over: Iterable[int], limit: int
) -> Nearest:
    """Return the faces nearest to a face, but for those passed over.

    The first call of a process loads them all; measured in docs/duplicates.md.
    """
    with _refreshing:
        gallery, standing = _refreshed(shelf, dimensions=len(embedding))
    excluded: set[Hashable] = {pk for pk in passed_over if pk in gallery}
    neighbours = gallery.nearest(embedding, limit, exclude=excluded) if len(gallery) else ()
    return Nearest(neighbours, len(gallery) - len(excluded), standing.searchable - len(gallery))


def galleries_drop() -> None:
    """Let go of every face in this process's memory; the next search loads them again."""
    with _refreshing:
        _held.clear()


def _refreshed(shelf: Shelf, *, dimensions: int) -> tuple[Gallery, Standing]:
    held = _held.setdefault(shelf, _Held(Gallery(dimensions)))
    # Asked before the rows: what changes in between is a difference that the next search sees.
    standing = standing_read(shelf.workspace_id)
    if standing != held.standing:
        _take_over(shelf, held, standing)
    return held.gallery, standing


def _take_over(shelf: Shelf, held: _Held, standing: Standing) -> None:
    """Bring a gallery up to date: by what is new, or by everything where rows were deleted."""
    rows = FaceTemplate.objects.filter(workspace_id=shelf.workspace_id)
    fresh = rows.filter(pk__gt=held.standing.highest, pk__lte=standing.highest).count()
    barred = barred_read(shelf.workspace_id)
    if standing.kept == held.standing.kept + fresh:
        gone: frozenset[Hashable] = held.gallery.ids & barred
        back = held.barred - barred
        news = _on(shelf).filter(Q(pk__gt=held.standing.highest) | Q(pk__in=back))
    else:
        ids = set(_on(shelf).values_list("pk", flat=True))
        gone = held.gallery.ids - ids
        news = _on(shelf).filter(pk__in=ids - held.gallery.ids)
    for pk in gone:
        held.gallery.remove(pk)
    _load(news, held.gallery)
    held.standing, held.barred = standing, barred
    logger.info("face_gallery_refreshed", removed=len(gone), size=len(held.gallery))


def _on(shelf: Shelf) -> QuerySet[FaceTemplate]:
    return searchable(shelf.workspace_id).filter(
        engine=shelf.engine, engine_version=shelf.engine_version
    )


def _load(templates: QuerySet[FaceTemplate], gallery: Gallery) -> None:
    # Row by row from the server: all at once would hold 100,000 objects for one moment.
    rows = templates.select_related("data_key").iterator(chunk_size=LOAD_BATCH)
    while batch := list(islice(rows, LOAD_BATCH)):
        opened = [(template.pk, _opened(template)) for template in batch]
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
