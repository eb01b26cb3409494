"""Erasing a customer: what says who they are goes, what was decided stays.

Destroying the data key makes everything that was sealed under it unreadable at once, in backups'
copies of the rows too. What is kept beside it, in clear or hashed, is deleted in the same
transaction. Decisions, risk history, payments and the audit trail stay: codes and ids.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from fraudsite.core.actors import Actor
from fraudsite.core.choices import ActorKind
from fraudsite.core.erasure import ErasureObjection, erasure_forget, erasure_objection
from fraudsite.core.outbox import publish
from fraudsite.core.services.audit import audit_record
from fraudsite.core.services.data_keys import data_key_destroy
from fraudsite.core.services.files import files_delete_all
from fraudsite.core.services.users import user_erase
from kyc.choices import VerificationStatus
from kyc.choices_erasure import ErasureReason
from kyc.choices_screening import HitStatus
from kyc.models import Customer, Device, DeviceSighting, ScreeningHit, Verification
from kyc.refusals import Refusal
from kyc.services.consent_withdrawal import consent_withdraw
from kyc.services.document_fingerprints import fingerprints_forget
from kyc.services.face_templates import templates_forget

# Tells other systems that this customer is nobody any more; its payload holds the reason.
CUSTOMER_ERASED = "kyc.customer.erased"
UNDER_WAY = [VerificationStatus.PROCESSING, VerificationStatus.IN_REVIEW]


@dataclass(frozen=True, slots=True)
class ErasureReport:
    """What an erasure did.

    Attributes
    ----------
    was_erased : bool
        Whether the customer had been erased before; what was left is deleted all the same.
    deleted : mapping of str to int
        How many rows and files, by what they were.
    """

    was_erased: bool
    deleted: Mapping[str, int]


def customer_erase(
    *, customer: Customer, actor: Actor, reason: str, is_dry_run: bool = False
) -> ErasureReport:
    """Erase a customer, all or nothing; a dry run does the same and takes it back.

    Raises `Refusal` where something has to be kept, or the reason is none.
    """
    if reason not in ErasureReason.values:
        raise Refusal("reason_missing", "Choose why the customer is erased.", field="reason")
    with transaction.atomic():
        current = _held(customer.pk)
        was_erased = current.data_key.is_destroyed
        if not was_erased:
            _require_no_objection(current, actor)
        # First, so that whoever still works for this customer keeps nothing any more.
        data_key_destroy(data_key=current.data_key, actor=actor)
        deleted = _forget(current, actor)
        if not was_erased or any(deleted.values()):
            _record(current, actor, reason, deleted)
        transaction.set_rollback(is_dry_run)
    return ErasureReport(was_erased, deleted)


def objection_to_erasing(customer_id: uuid.UUID) -> ErasureObjection | None:
    """Return what stands against erasing a customer now, None if nothing does."""
    if Verification.objects.filter(customer_id=customer_id, status__in=UNDER_WAY).exists():
        words = "A verification waits for its decision: decide it first."
        return ErasureObjection("verification_under_way", words)
    confirmed = ScreeningHit.objects.filter(customer_id=customer_id, status=HitStatus.CONFIRMED)
    if confirmed.exists():
        words = "The customer is a listed person, and what shows it has to be kept."
        return ErasureObjection("listed_person", words)
    return erasure_objection(customer_id)


def _held(customer_id: uuid.UUID) -> Customer:
    """Return the customer as they are now; verifications are locked first, as everywhere."""
    locked = Verification.objects.select_for_update(no_key=True, of=("self",))
    list(locked.filter(customer_id=customer_id).order_by("pk").values_list("pk", flat=True))
    Customer.objects.select_for_update(no_key=True).get(pk=customer_id)
    return Customer.objects.select_related("data_key", "user").get(pk=customer_id)


def _require_no_objection(customer: Customer, actor: Actor) -> None:
    if actor.kind == ActorKind.USER and actor.id == str(customer.user_id):
        raise Refusal("own_customer", "Nobody erases themselves here.")
    objection = objection_to_erasing(customer.pk)
    if objection is not None:
        raise Refusal(objection.code, objection.sentence)


def _forget(customer: Customer, actor: Actor) -> dict[str, int]:
    customer_id = customer.pk
    deleted = {
        "files": files_delete_all(data_key=customer.data_key, actor=actor),
        "faces": templates_forget(customer_id=customer_id),
        "documents": fingerprints_forget(customer_id=customer_id),
        "hits": _deleted(ScreeningHit.objects.filter(customer_id=customer_id)),
        "sightings": _devices_forget(customer_id),
        "details": _details_forget(customer_id),
        "logins": _login_forget(customer, actor),
    }
    consent_withdraw(customer=customer, actor=actor)
    return deleted | erasure_forget(customer_id, actor)


def _devices_forget(customer_id: uuid.UUID) -> int:
    """Delete where the customer was seen, and the browsers that nobody else used."""
    seen = DeviceSighting.objects.filter(customer_id=customer_id)
    devices = list(seen.values_list("device_id", flat=True).distinct())
    deleted, _ = seen.delete()
    Device.objects.filter(pk__in=devices, sightings__isnull=True).delete()
    return deleted


def _details_forget(customer_id: uuid.UUID) -> int:
    declared = Customer.objects.filter(pk=customer_id, details_sealed__isnull=False)
    return declared.update(details_sealed=None)


def _login_forget(customer: Customer, actor: Actor) -> int:
    """Erase the login of a customer; one of staff is their own, and only let go of."""
    user = customer.user
    if user is None:
        return 0
    Customer.objects.filter(pk=customer.pk).update(user=None)
    if not user.is_staff:
        user_erase(user=user, actor=actor)
    return 1


def _record(customer: Customer, actor: Actor, reason: str, deleted: Mapping[str, int]) -> None:
    audit_record(
        actor=actor,
        action="customer.erased",
        target=customer,
        details={"reason": reason, "deleted": dict(deleted)},
    )
    publish(kind=CUSTOMER_ERASED, aggregate=customer, payload={"reason": reason})


def _deleted(hits: QuerySet[ScreeningHit]) -> int:
    # Which entries somebody was compared with says what they are called.
    deleted, _ = hits.delete()
    return deleted
