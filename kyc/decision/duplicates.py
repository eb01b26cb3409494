"""What a search for the same person among other customers found; ids and numbers, no names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Sign(StrEnum):
    """What besides the face two customers have in common."""

    NAME = "name"
    BIRTH_DATE = "birth_date"
    DOCUMENT = "document"
    DEVICE = "device"


class FaceSearchOutcome(StrEnum):
    """Whether the face could be searched."""

    SEARCHED = "searched"
    NO_CONSENT = "no_consent"
    NO_FACE = "no_face"


@dataclass(frozen=True, slots=True)
class FaceHit:
    """Another customer whose face is as near as one person's.

    Attributes
    ----------
    distance : float
        Of the two descriptors; smaller is more alike.
    is_strict : bool
        So near that the face alone is enough for a review.
    signs : tuple of Sign
        What else the two have in common.
    """

    customer_id: str
    verification_id: str
    distance: float
    is_strict: bool
    signs: tuple[Sign, ...] = ()

    @property
    def is_serious(self) -> bool:
        """Whether a person has to look: a face by itself only informs."""
        return self.is_strict or bool(self.signs)


@dataclass(frozen=True, slots=True)
class FaceSearch:
    """The one-to-many comparison of a face.

    Attributes
    ----------
    searched : int
        Faces of other customers that it was compared with.
    unsearched : int
        Faces that another engine or version described, which cannot be compared.
    hit_distance, strict_distance : float or None
        The limits for a gallery of that size.
    meaning : str
        What the limits mean, with the data behind them.
    """

    outcome: FaceSearchOutcome
    searched: int = 0
    unsearched: int = 0
    hit_distance: float | None = None
    strict_distance: float | None = None
    meaning: str = ""
    hits: tuple[FaceHit, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentHit:
    """Another customer who showed the same document number, or the same photograph.

    `bits` says in how many of 256 bits the photographs differ; None for a number.
    """

    customer_id: str
    verification_id: str
    bits: int | None = None


@dataclass(frozen=True, slots=True)
class DocumentSearch:
    """Where else the document turned up; `has_…` says whether there was anything to search with."""

    has_number: bool = False
    has_picture: bool = False
    same_number: tuple[DocumentHit, ...] = ()
    same_picture: tuple[DocumentHit, ...] = ()


@dataclass(frozen=True, slots=True)
class DeviceSearch:
    """Who else was seen on the customer's devices.

    Attributes
    ----------
    devices : int
        Devices of this customer.
    customer_ids : tuple of str
        Other customers on any of them, those seen last first; not all of them if there are many.
    customers : int
        How many there are in all.
    customers_alike : int
        Other customers on devices of the same make; browsers of one model are alike.
    """

    devices: int = 0
    customer_ids: tuple[str, ...] = ()
    customers: int = 0
    customers_alike: int = 0


@dataclass(frozen=True, slots=True)
class DuplicateFindings:
    """Everything that one search found.

    Examples
    --------
    >>> found = DuplicateFindings(FaceSearch(FaceSearchOutcome.NO_FACE))
    >>> DuplicateFindings.from_json(found.to_json()) == found
    True
    """

    face: FaceSearch
    document: DocumentSearch = DocumentSearch()
    device: DeviceSearch = DeviceSearch()

    def to_json(self) -> dict[str, Any]:
        """Return the findings as a stage result holds them."""
        return asdict(self)

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> DuplicateFindings:
        """Return the findings that `to_json` wrote, also after a round through JSON."""
        return cls(
            face=_face_search(found["face"]),
            document=_document_search(found["document"]),
            device=_device_search(found["device"]),
        )


def _face_search(found: Mapping[str, Any]) -> FaceSearch:
    hits = tuple(
        FaceHit(**{**hit, "signs": tuple(Sign(sign) for sign in hit["signs"])})
        for hit in found["hits"]
    )
    return FaceSearch(**{**found, "outcome": FaceSearchOutcome(found["outcome"]), "hits": hits})


def _document_search(found: Mapping[str, Any]) -> DocumentSearch:
    hits = {
        name: tuple(DocumentHit(**hit) for hit in found[name])
        for name in ("same_number", "same_picture")
    }
    return DocumentSearch(**{**found, **hits})


def _device_search(found: Mapping[str, Any]) -> DeviceSearch:
    return DeviceSearch(**{**found, "customer_ids": tuple(found["customer_ids"])})
