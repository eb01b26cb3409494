"""Addresses of a customer's accounts. No id of a person appears in any of them."""

from __future__ import annotations

from django.urls import path

from transactions.views import accounts

app_name = "transactions"
urlpatterns = [
    path("money/", accounts.overview, name="overview"),
    path("money/accounts/<uuid:account_id>/", accounts.account, name="account"),
]
