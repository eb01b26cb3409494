"""Customers and what they declare."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db import transaction

from fraudsite.core.actors import Actor
from fraudsite.core.models import DataKey, User, Workspace
from fraudsite.core.services.audit import audit_record, audit_record_each
from fraudsite.core.services.data_keys import (
    data_key_create,
    data_keys_create_many,
    open_json,
    seal_json,
)
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
    missing = [external_id for external_id in wanted if external_id not in found]
    if not missing:
        return found
    _customers_create(workspace_id, missing, actor)
    return found | _customers_by_external_id(workspace_id, missing)


def _customers_by_external_id(
    workspace_id: uuid.UUID, external_ids: list[str]
) -> dict[str, uuid.UUID]:
    named = Customer.objects.filter(workspace_id=workspace_id, external_id__in=external_ids)
    return dict(named.values_list("external_id", "pk"))


def _customers_create(workspace_id: uuid.UUID, external_ids: list[str], actor: Actor) -> None:
    """Make customers, but for those that another request makes at this moment.

    `external_ids` are sorted: two requests that make the same ones wait for each other in one
    order, never in a circle.
    """
    with transaction.atomic():
        customers = [
            Customer(workspace_id=workspace_id, external_id=external_id, data_key=data_key)
            for external_id, data_key in zip(
                external_ids, data_keys_create_many(len(external_ids)), strict=True
            )
        ]
        Customer.objects.bulk_create(customers, ignore_conflicts=True)
        ids = Customer.objects.filter(pk__in=[customer.pk for customer in customers])
        made = set(ids.values_list("pk", flat=True))
        audit_record_each(
            actor=actor,
            action="customer.created",
            targets=[customer for customer in customers if customer.pk in made],
        )
        unused = [customer.data_key_id for customer in customers if customer.pk not in made]
        if unused:
            DataKey.objects.filter(pk__in=unused).delete()


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
