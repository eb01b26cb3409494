"""The transactions app."""

from __future__ import annotations

from django.apps import AppConfig


class TransactionsConfig(AppConfig):
    """Accounts, cards, devices, merchants, transactions and their labels."""

    name = "transactions"
    verbose_name = "Transactions"
