"""Addresses of the API's first version."""

from __future__ import annotations

from django.urls import path

from scoring.api.labels import TransactionLabelsApi
from scoring.api.transactions import TransactionApi, TransactionBatchApi, TransactionsApi

app_name = "scoring_api"
urlpatterns = [
    path("transactions/", TransactionsApi.as_view(), name="transactions"),
    path("transactions/batch/", TransactionBatchApi.as_view(), name="batch"),
    path("transactions/<uuid:transaction_id>/", TransactionApi.as_view(), name="transaction"),
    path(
        "transactions/<uuid:transaction_id>/labels/",
        TransactionLabelsApi.as_view(),
        name="labels",
    ),
]
