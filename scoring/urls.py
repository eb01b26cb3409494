"""Addresses of a customer's payments. No id of a person appears in any of them."""

from __future__ import annotations

from django.urls import path

from scoring.views import pay, payments

app_name = "scoring"
urlpatterns = [
    path("money/pay/", pay.pay_new, name="pay_new"),
    path("money/pay/<uuid:draft>/", pay.pay, name="pay"),
    path("money/pay/<uuid:draft>/check/", pay.pay_check, name="pay_check"),
    path("money/payments/<uuid:transaction_id>/", payments.payment, name="payment"),
    path(
        "money/payments/<uuid:transaction_id>/human-review/",
        payments.human_review,
        name="human_review",
    ),
]
