"""Whom a customer pays: rows that say who is meant, and tell nobody else's words to anybody."""

from __future__ import annotations

import base64
import hashlib
import unicodedata
import uuid
from dataclasses import dataclass

from transactions.choices import MerchantKind
from transactions.models import Account, Merchant
from transactions.selectors import payee_named, payee_with_id

SHOWN_END = 4


@dataclass(frozen=True, slots=True)
class Payee:
    """Whom a payment is for: known from the customer's history, or as they describe them."""

    name: str
    account_number: str = ""
    merchant: Merchant | None = None

    @property
    def is_new(self) -> bool:
        """Whether the customer has not paid them yet."""
        return self.merchant is None

    @property
    def label(self) -> str:
        """The name as it is shown; the number's end keeps payees of one name apart."""
        if self.merchant is not None:
            return self.merchant.name
        end = compact(self.account_number)[-SHOWN_END:]
        return f"{self.name} ({end})" if end else self.name


def payee_described(*, customer_id: uuid.UUID, name: str, account_number: str) -> Payee:
    """Return whom the customer means: somebody they have paid before, else a new payee.

    A number decides where one is given: two that end alike are not the same.
    """
    described = Payee(name, account_number)
    if compact(account_number):
        known = payee_with_id(customer_id, _external_id(customer_id, described))
    else:
        known = payee_named(customer_id, name)
    return Payee(name, account_number, known)


def payee_ensure(*, workspace_id: uuid.UUID, customer_id: uuid.UUID, payee: Payee) -> Merchant:
    """Return the payee's row, made on the first payment.

    Customers who give the same name and account number pay the same counterparty, which is how a
    mule's account shows. A name alone is nobody in particular: that row is the customer's own. So
    nobody ever reads a name that another customer chose.
    """
    if payee.merchant is not None:
        return payee.merchant
    merchant, _ = Merchant.objects.get_or_create(
        workspace_id=workspace_id,
        external_id=_external_id(customer_id, payee),
        defaults={"name": payee.label, "kind": MerchantKind.PAYEE},
    )
    return merchant


def is_own_account(customer_id: uuid.UUID, account_number: str) -> bool:
    """Whether the number is that of an account of the customer's."""
    wanted = compact(account_number)
    numbers = Account.objects.filter(customer_id=customer_id).values_list("external_id", flat=True)
    return bool(wanted) and wanted in {compact(number) for number in numbers}


def compact(text: str) -> str:
    """Return a name or number as it is compared: without spaces, dashes and capitals.

    Examples
    --------
    >>> compact("DE89 3704-0044"), compact("Ａnna  Meier")
    ('de8937040044', 'annameier')
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in plain if character.isalnum())


def _external_id(customer_id: uuid.UUID, payee: Payee) -> str:
    number = compact(payee.account_number)
    scope = number or f"customer {customer_id}"
    told = f"{compact(payee.name)}\n{scope}"
    digest = hashlib.sha256(told.encode()).digest()[:20]
    # Letters and few digits, so that no id ever looks like a card number.
    return f"payee-{base64.b32encode(digest).decode().lower()}"
