"""What an analyst finds: made in a running site's database by `manage.py shell`."""

from __future__ import annotations

import uuid
from datetime import timedelta

from cases.models import Case
from cases.services.alert_sources import alert_of_transaction
from cases.services.alerts import alert_open
from cases.services.links import links_gather
from fraudsite.core.models import Workspace
from kyc.models import Customer
from scoring.choices import DecisionOutcome
from tests.browser.payments_to_review import CAUSES, FACTORS
from tests.cases.raised import a_verification_case
from tests.scoring.decided import NOW, a_customer, a_transaction, decide
from transactions.choices import MerchantKind
from transactions.models import Merchant, Transaction


def make() -> uuid.UUID:
    """Make a customer with two held payments, four related ones; return the case."""
    payee = _payee()
    customer = a_customer(f"user-{uuid.uuid4().hex[:6]}")
    usual = _address()
    for number in range(20, 0, -1):
        _usual(customer, number, usual)
    device = f"device-{uuid.uuid4().hex[:8]}"
    for other in range(3):
        related = a_customer(f"user-{uuid.uuid4().hex[:6]}")
        _pay(related, 300_00, device_reference=device, merchant=payee if other else None)
        if other == 2:
            far = a_customer(f"user-{uuid.uuid4().hex[:6]}")
            shared = _address()
            _pay(related, 20_00, ip_address=shared)
            _pay(far, 25_00, ip_address=shared)
    case = _raise(customer, device, payee, 1_499_00)
    _raise(customer, device, payee, 820_00)
    links_gather(since=NOW - timedelta(days=40))
    return case.pk


def make_verification() -> uuid.UUID:
    """Return a case about a verification that waits for a person."""
    return a_verification_case(a_customer(f"user-{uuid.uuid4().hex[:6]}")).pk


def _address() -> str:
    """Return an address of nobody else on the site, out of the range for examples (RFC 3849)."""
    made = uuid.uuid4().hex
    return f"2001:db8:{made[:4]}:{made[4:8]}::1"


def _payee() -> Merchant:
    return Merchant.objects.create(
        workspace=Workspace.objects.live(),
        external_id=f"payee-{uuid.uuid4().hex[:8]}",
        name="Not shown",
        kind=MerchantKind.PAYEE,
    )


def _usual(customer: Customer, number: int, address: str) -> None:
    at = NOW - timedelta(days=number)
    row = a_transaction(
        customer,
        amount_minor=15_00 + 400 * (number * 7 % 11),
        occurred_at=at,
        arrived_at=at,
        device_reference=f"device-of-{customer.reference}",
        ip_address=address,
        country="PT",
    )
    decide(row, DecisionOutcome.APPROVE, score=0.02, causes=[])


def _pay(customer: Customer, amount_minor: int, **fields: object) -> Transaction:
    given = {name: value for name, value in fields.items() if value is not None}
    return a_transaction(customer, amount_minor=amount_minor, **given)


def _raise(customer: Customer, device: str, payee: Merchant, amount_minor: int) -> Case:
    row = _pay(
        customer,
        amount_minor,
        device_reference=device,
        merchant=payee,
        kind="transfer",
        ip_address=_address(),
        country="RO",
    )
    factors = [{"code": code, "text": text, "contribution": part} for code, text, part in FACTORS]
    rules = [
        {
            "rule": "new_device_high_amount@1",
            "outcome": "hit",
            "effect": "block_and_review",
            "is_snoozed": False,
            "is_on_trial": False,
        }
    ]
    decide(
        row,
        DecisionOutcome.BLOCK_AND_REVIEW,
        score=0.834,
        causes=[{"code": "rule.new_device_high_amount@1", "text": CAUSES[0]["text"]}, CAUSES[1]],
        factors=factors,
        rules=rules,
    )
    new = alert_of_transaction(str(row.pk))
    assert new is not None
    return alert_open(new)[0].case
