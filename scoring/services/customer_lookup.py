"""The customer behind what staff type: an integrator's id, the whole id, or the short handle."""

from __future__ import annotations

import re
import uuid

from django.db.models import Q, QuerySet

from fraudsite.core.models import Workspace
from kyc.models import Customer
from kyc.refusals import Refusal

HANDLE_LENGTH = 8
_HANDLE = re.compile(f"[0-9a-f]{{{HANDLE_LENGTH}}}")


def customer_named(reference: str, workspace: Workspace) -> Customer:
    """Return the one customer of a workspace that a reference means.

    Raises `Refusal` for none and, with a handle, for more than one.
    """
    found = list(customers_named(reference).filter(workspace=workspace)[:2])
    if not found:
        sentence = "There is no such customer in this workspace."
        raise Refusal("unknown_customer", sentence, field="reference")
    if len(found) > 1:
        sentence = "Several customers have this handle; enter the whole id."
        raise Refusal("ambiguous_customer", sentence, field="reference")
    return found[0]


def customers_named(reference: str) -> QuerySet[Customer]:
    """Return customers by external id, id or handle, each through an index."""
    reference = reference.strip()
    named = Q(workspace__in=Workspace.objects.all(), external_id=reference)
    bounds = _bounds(reference.lower())
    if bounds is not None:
        named |= Q(pk__gte=bounds[0], pk__lte=bounds[1])
    return Customer.objects.filter(named) if reference else Customer.objects.none()


def _bounds(text: str) -> tuple[uuid.UUID, uuid.UUID] | None:
    """Return the first and last id that begin with a handle, or the one id itself."""
    if _HANDLE.fullmatch(text):
        rest = 32 - HANDLE_LENGTH
        return uuid.UUID(text + "0" * rest), uuid.UUID(text + "f" * rest)
    try:
        whole = uuid.UUID(text)
    except ValueError:
        return None
    return whole, whole
