"""Whom a case is about: masked, until somebody who may reveals it and that is written down."""

from __future__ import annotations

from django.db import transaction

from cases.models import Case
from cases.services.sealing import ERASED
from fraudsite.core.actors import Actor
from fraudsite.core.models import User
from fraudsite.core.services.audit import audit_record
from fraudsite.core.services.data_keys import DataKeyDestroyed
from kyc.models import Customer
from kyc.refusals import Refusal
from kyc.services.customers import details_read

Facts = list[tuple[str, str]]
NOT_DECLARED = "This customer has not declared who they are."


def may_reveal(case: Case, viewer: User) -> bool:
    """Whether somebody may see who the customer is."""
    return case.customer is not None and viewer.has_perm("kyc.reveal_customer")


def subject_reveal(case: Case, viewer: User) -> Facts:
    """Return what the customer declared; that somebody saw it is written down first.

    Raises `Refusal` when the viewer may not, the customer was erased, or declared nothing.
    """
    customer = case.customer
    if customer is None or not may_reveal(case, viewer):
        raise Refusal("may_not_reveal", "You may not see who this customer is.")
    with transaction.atomic():
        audit_record(
            actor=Actor.of_user(viewer),
            action="customer.revealed",
            target=customer,
            details={"case_id": str(case.pk)},
        )
    return _declared(customer)


def _declared(customer: Customer) -> Facts:
    try:
        details = details_read(customer)
    except DataKeyDestroyed:
        raise Refusal("customer_erased", ERASED) from None
    if details is None:
        raise Refusal("nothing_declared", NOT_DECLARED)
    return [
        ("Surname", details.surname),
        ("Given names", details.given_names),
        ("Date of birth", f"{details.birth_date:%-d %b %Y}"),
        ("Nationality", details.nationality),
        ("Customer", str(customer.pk)),
    ]
