"""Tables of accounts, their counterparties and what moved between them."""

from __future__ import annotations

from transactions.models.account import Account
from transactions.models.card import Card
from transactions.models.device import Device, DeviceAddress
from transactions.models.label import Label
from transactions.models.merchant import Merchant
from transactions.models.transaction import Transaction

__all__ = ["Account", "Card", "Device", "DeviceAddress", "Label", "Merchant", "Transaction"]
