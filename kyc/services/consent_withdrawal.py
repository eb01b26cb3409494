"""Taking consent back: what was made from the face goes in the same moment.

Deleted are the numbers that describe the face, of every attempt, and the pictures of the face in
an attempt that was not sent. Those of an attempt that was sent stay as evidence of its decision,
for people's eyes only: a machine compares them with nothing any more. An attempt that is being
checked ends with a person, for the checks that need the face have no answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from fraudsite.core.actors import Actor
from fraudsite.core.services.audit import audit_record
from fraudsite.core.services.files import file_delete
from kyc.choices import ConsentPurpose, VerificationStatus
from kyc.models import Consent, Customer, Verification
from kyc.services.captures import FACE_KINDS, captures_supersede
from kyc.services.face_templates import templates_forget


@dataclass(frozen=True, slots=True)
class ConsentStanding:
    """Whether there is a consent to take back, and since when there was one that was."""

    is_granted: bool
    withdrawn_at: datetime | None


def consent_standing(customer: Customer) -> ConsentStanding:
    """Return how the customer's consent stands, to whichever text it was given."""
    granted = Consent.objects.filter(
        customer=customer, purpose=ConsentPurpose.BIOMETRICS, is_granted=True
    )
    newest = granted.order_by("-withdrawn_at").exclude(withdrawn_at=None).first()
    return ConsentStanding(
        is_granted=granted.filter(withdrawn_at=None).exists(),
        withdrawn_at=newest.withdrawn_at if newest else None,
    )


def consent_withdraw(*, customer: Customer, actor: Actor) -> bool:
    """Withdraw consent to biometrics and delete the customer's faces; False if there was none."""
    with transaction.atomic():
        unsent = _unsent(customer)
        # Whoever keeps a face holds this row too: none is kept after the consent to it went.
        Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
        granted = Consent.objects.filter(
            customer=customer,
            purpose=ConsentPurpose.BIOMETRICS,
            is_granted=True,
            withdrawn_at=None,
        )
        if not granted.update(withdrawn_at=timezone.now()):
            return False
        faces = templates_forget(customer_id=customer.pk)
        for one in unsent:
            faces_unsent_delete(one, actor=actor)
        audit_record(
            actor=actor,
            action="consent.withdrawn",
            target=customer,
            details={
                "purpose": ConsentPurpose.BIOMETRICS.value,
                "faces_deleted": faces,
            },
        )
    return True


def faces_unsent_delete(verification: Verification, *, actor: Actor) -> None:
    """Put aside all pictures of the face, and delete those of this attempt.

    Must run inside a transaction that holds the verification's row.
    """
    captures_supersede(verification, FACE_KINDS)
    shown = {one for kind in FACE_KINDS for one in (kind, *kind.derived)}
    own = verification.captures.filter(kind__in=shown, attempt=verification.attempt)
    for capture in own.select_related("file"):
        file_delete(file=capture.file, actor=actor)


def _unsent(customer: Customer) -> list[Verification]:
    """Return the attempt that the customer is still putting together, its row held.

    Before the customer's row, as everywhere; rows may be added to it meanwhile.
    """
    rows = Verification.objects.select_for_update(no_key=True, of=("self",))
    mine = rows.filter(customer=customer).order_by("pk")
    return [one for one in mine if one.status == VerificationStatus.COLLECTING]
