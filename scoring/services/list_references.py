"""The entity that staff mean by an id, and the key under which lists keep it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import suppress

from fraudsite.core.models import Workspace
from kyc.refusals import Refusal
from scoring.choices import ListSubject
from scoring.entity_names import customer_name, name_in, stored_key
from scoring.services.customer_lookup import customer_named
from transactions.incoming import plain_address
from transactions.models import Card, Merchant
from transactions.money import looks_like_pan

S = ListSubject
MAX_REFERENCE_LENGTH = 100


def key_of_reference(subject: str, reference: str, workspace: Workspace) -> int:
    """Return the key of the entity that callers of a workspace know by a reference.

    A merchant that nobody has seen is known from now on.

    Raises
    ------
    Refusal
        When there is no such customer or card, or the reference cannot be one.
    """
    return stored_key(_entity_name(subject, reference, workspace))


def keys_of_reference(reference: str) -> set[int]:
    """Return the keys an id can stand for: each kind of entity, in each workspace."""
    return {
        stored_key(name)
        for workspace in Workspace.objects.all()
        for name in _possible_names(reference.strip(), workspace)
    }


def _entity_name(subject: str, reference: str, workspace: Workspace) -> str:
    reference = _reference_checked(reference)
    match subject:
        case S.CUSTOMER:
            return customer_name(customer_named(reference, workspace).pk)
        case S.MERCHANT:
            return name_in(workspace.pk, _merchant_ensure(reference, workspace.pk))
        case S.CARD:
            return name_in(workspace.pk, _card_known(reference, workspace.pk))
        case S.IP:
            return name_in(workspace.pk, _address(reference))
        case S.DEVICE:
            return name_in(workspace.pk, reference)
    raise Refusal("unknown_subject", "Choose what the entry names.", field="subject")


def _reference_checked(reference: str) -> str:
    reference = reference.strip()
    if not reference or len(reference) > MAX_REFERENCE_LENGTH:
        sentence = f"Enter an id of 1 to {MAX_REFERENCE_LENGTH} characters."
        raise Refusal("reference_missing", sentence, field="reference")
    if looks_like_pan(reference):
        sentence = "This looks like a card number. Enter your processor's token instead."
        raise Refusal("card_number_refused", sentence, field="reference")
    return reference


def _merchant_ensure(external_id: str, workspace_id: uuid.UUID) -> int:
    merchant, _ = Merchant.objects.get_or_create(workspace_id=workspace_id, external_id=external_id)
    return merchant.pk


def _card_known(token: str, workspace_id: uuid.UUID) -> int:
    card = Card.objects.filter(workspace_id=workspace_id, token=token).first()
    if card is None:
        sentence = "No card with this token has been seen in this workspace."
        raise Refusal("unknown_card", sentence, field="reference")
    return card.pk


def _address(text: str) -> str:
    """Return an address as the database writes it: an IPv6 address has many spellings."""
    try:
        return plain_address(text)
    except ValueError:
        sentence = "This is no IPv4 or IPv6 address; networks are not listed."
        raise Refusal("invalid_ip_address", sentence, field="reference") from None


def _possible_names(reference: str, workspace: Workspace) -> Iterator[str]:
    yield name_in(workspace.pk, reference)
    merchants = Merchant.objects.filter(workspace=workspace, external_id=reference)
    cards = Card.objects.filter(workspace=workspace, token=reference)
    for pk in (*merchants.values_list("pk", flat=True), *cards.values_list("pk", flat=True)):
        yield name_in(workspace.pk, pk)
    with suppress(Refusal):
        yield name_in(workspace.pk, _address(reference))
    with suppress(Refusal):
        yield customer_name(customer_named(reference, workspace).pk)
