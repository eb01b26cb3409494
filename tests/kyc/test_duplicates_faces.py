"""One face against those of other approved customers, in a real database."""

from __future__ import annotations

import pytest

from kyc.decision.duplicates import FaceSearchOutcome
from kyc.models import Verification
from kyc.services.face_search import face_search
from tests.kyc.duplicates import (
    approve,
    customer_make,
    face,
    face_show,
)

pytestmark = pytest.mark.django_db


def known(seed: int = 1, **details: object) -> Verification:
    """Return an approved customer with a face."""
    verification = customer_make(**details)
    face_show(verification, face(seed))
    approve(verification)
    return verification


def test_a_face_that_an_approved_customer_has_is_found() -> None:
    other = known(1)
    known(2)
    mine = customer_make()
    face_show(mine, face(1, moved=0.01))

    found = face_search(mine)

    assert found.outcome is FaceSearchOutcome.SEARCHED
    assert (found.searched, found.unsearched) == (2, 0)
    (hit,) = found.hits
    assert (hit.customer_id, hit.verification_id) == (str(other.customer_id), str(other.pk))
    assert hit.distance == pytest.approx(0.01, abs=1e-5)
