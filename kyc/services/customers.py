"""Customers and what they declare."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db import transaction

from fraudsite.core.actors import Actor
from fraudsite.core.models import User, Workspace
from fraudsite.core.services.audit import audit_record
from fraudsite.core.services.data_keys import data_key_create, open_json, seal_json
from kyc.details import PersonDetails
from kyc.models import Customer, Verification
from kyc.services.locks import lock_collecting


def customer_of_user(user: User) -> Customer:
    """Return the customer behind a login, made with a data key of their own on first use."""
    existing = Customer.objects.select_related("data_key").filter(user=user).first()
    if existing is not None:
        return existing
    with transaction.atomic():
        # Serialises two first requests of one user; the unique constraint is the second line.
        User.objects.select_for_update().get(pk=user.pk)
        existing = Customer.objects.select_related("data_key").filter(user=user).first()
        if existing is not None:
            return existing
        customer = Customer.objects.create(
            workspace=Workspace.objects.live(), user=user, data_key=data_key_create()
        )
        audit_record(actor=Actor.of_user(user), action="customer.created", target=customer)
    return customer


def customers_ensure(
    *, workspace_id: uuid.UUID, external_ids: Iterable[str], actor: Actor
) -> dict[str, uuid.UUID]:
    """Return the customers an integrator names by ids of their own; unknown ones are made.

    A customer made here is unverified, and has a data key as every customer has.
    """
    wanted = sorted(set(external_ids))
    found = _customers_by_external_id(workspace_id, wanted)
    for external_id in wanted:
        if external_id not in found:
            _customer_create(workspace_id, external_id, actor)
    if len(found) == len(wanted):
        return found
    return _customers_by_external_id(workspace_id, wanted)


def _customers_by_external_id(
    workspace_id: uuid.UUID, external_ids: list[str]
) -> dict[str, uuid.UUID]:
    named = Customer.objects.filter(workspace_id=workspace_id, external_id__in=external_ids)
    return dict(named.values_list("external_id", "pk"))


def _customer_create(workspace_id: uuid.UUID, external_id: str, actor: Actor) -> None:
    """Make the customer unless another request does so at this moment."""
    with transaction.atomic():
        customer = Customer(
            workspace_id=workspace_id, external_id=external_id, data_key=data_key_create()
        )
        Customer.objects.bulk_create([customer], ignore_conflicts=True)
        if Customer.objects.filter(pk=customer.pk).exists():
            audit_record(actor=actor, action="customer.created", target=customer)
        else:
            customer.data_key.delete()


def details_save(*, verification: Verification, details: PersonDetails, actor: Actor) -> None:
    """Seal what the customer declares; earlier declarations are overwritten."""
    with transaction.atomic():
        customer = lock_collecting(verification).customer
        customer.details_sealed = seal_json(
            data_key=customer.data_key, value=details.to_json(), context=_context(customer)
        )
        customer.save(update_fields=["details_sealed"])
        audit_record(actor=actor, action="customer.details_saved", target=customer)


def details_read(customer: Customer) -> PersonDetails | None:
    """Return what the customer declared, None when they have not yet."""
    if customer.details_sealed is None:
        return None
    value = open_json(
        data_key=customer.data_key, sealed=customer.details_sealed, context=_context(customer)
    )
    return PersonDetails.from_json(value)


def _context(customer: Customer) -> str:
    return f"customer:{customer.id}:details"
