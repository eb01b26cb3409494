"""The closed sets of words that the app's tables, forms and API share."""

from __future__ import annotations

from django.db import models


class AccountKind(models.TextChoices):
    """What an account is for."""

    CURRENT = "current", "Current account"
    SAVINGS = "savings", "Savings account"
    WALLET = "wallet", "Wallet"
    BUSINESS = "business", "Business account"


class MerchantKind(models.TextChoices):
    """What stands at the other end."""

    SHOP = "shop", "Shop"
    PAYEE = "payee", "Payee"
    OWN_ACCOUNT = "own_account", "Own account"


class TransactionKind(models.TextChoices):
    """Which way the money goes; the words of `transactions.columns.KINDS`."""

    PAYMENT = "payment", "Payment"
    TRANSFER = "transfer", "Transfer"
    WITHDRAWAL = "withdrawal", "Withdrawal"
    DEPOSIT = "deposit", "Deposit"

    @property
    def is_incoming(self) -> bool:
        """Whether the account gains by it."""
        return self is TransactionKind.DEPOSIT


class Channel(models.TextChoices):
    """Through what it came; the words of `transactions.columns.CHANNELS`."""

    WEB = "web", "Web"
    MOBILE = "mobile", "Mobile app"
    POS = "pos", "Point of sale"
    ATM = "atm", "Cash machine"
    API = "api", "API"


class TransactionStatus(models.TextChoices):
    """Where a transaction stands; see `Transaction` for how it moves."""

    RECORDED = "recorded", "Recorded"
    APPROVED = "approved", "Approved"
    HELD = "held", "Held"
    DECLINED = "declined", "Declined"
    RELEASED = "released", "Released"
    REFUSED = "refused", "Refused"

    @property
    def is_settled(self) -> bool:
        """Whether the money moved."""
        return self in {
            TransactionStatus.RECORDED,
            TransactionStatus.APPROVED,
            TransactionStatus.RELEASED,
        }


class LabelSource(models.TextChoices):
    """Who said what a transaction was."""

    ANALYST = "analyst", "Analyst"
    CHARGEBACK = "chargeback", "Chargeback"
    CUSTOMER = "customer", "Customer"
    API = "api", "API"
    IMPORT = "import", "Import"
