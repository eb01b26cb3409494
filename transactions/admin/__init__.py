"""Staff pages of accounts and counterparties; transactions are shown with their decisions."""

from __future__ import annotations

from transactions.admin.entities import AccountAdmin, CardAdmin, DeviceAdmin, MerchantAdmin

__all__ = ["AccountAdmin", "CardAdmin", "DeviceAdmin", "MerchantAdmin"]
