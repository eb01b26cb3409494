"""Two customers' pictures beside each other, for whoever compares by eye.

Addresses only: a picture is opened through the gate of captures, and each look is written down with
the customer whose picture it is.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from kyc.choices import CaptureKind
from kyc.models import Capture, Verification

# What is compared, by the first kind that there is.
KINDS = {
    "Faces": (CaptureKind.SELFIE_FRAME, CaptureKind.SELFIE_STILL),
    "Documents": (CaptureKind.DOCUMENT_FRONT,),
}


@dataclass(frozen=True, slots=True)
class Compared:
    """What to compare, a key of `KINDS`, and with which verification of whom."""

    what: str
    reference: str
    verification_id: str


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture, and where it is served."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Pair:
    """The customer's own picture and the other one's."""

    what: str
    reference: str
    own: Picture
    other: Picture

    @property
    def pictures(self) -> tuple[Picture, Picture]:
        """Both, the customer's own first."""
        return self.own, self.other


def pictures_beside(verification: Verification, compared: Iterable[Compared]) -> list[Pair]:
    """Return the pairs of which both pictures are there, each once. At most one query."""
    wanted = list(dict.fromkeys(compared))
    if not wanted:
        return []
    found = _captures([verification.pk, *(uuid.UUID(one.verification_id) for one in wanted)])
    pairs = []
    for one in wanted:
        own = _picture(found, verification.pk, one.what, "This customer")
        other = _picture(
            found, uuid.UUID(one.verification_id), one.what, f"Customer {one.reference}"
        )
        if own and other:
            pairs.append(Pair(one.what, one.reference, own, other))
    return pairs


def _captures(keys: Iterable[uuid.UUID]) -> dict[tuple[uuid.UUID, str], uuid.UUID]:
    kinds = [kind for several in KINDS.values() for kind in several]
    rows = Capture.objects.filter(
        verification_id__in=keys, kind__in=kinds, superseded_at=None, file__deleted_at=None
    )
    return {(row.verification_id, row.kind): row.pk for row in rows}


def _picture(
    found: dict[tuple[uuid.UUID, str], uuid.UUID], key: uuid.UUID, what: str, label: str
) -> Picture | None:
    capture = next((found[key, kind] for kind in KINDS[what] if (key, kind) in found), None)
    if capture is None:
        return None
    return Picture(label, reverse("admin:kyc_verification_capture", args=[key, capture]))
