"""The two pages on which a payment is prepared."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kyc.models import Customer
from scoring.views.drafts import FIELDS, draft_seal
from scoring.views.payment_form import PaymentForm
from transactions.selectors import payees_of
from transactions.services.payees import payee_described
from transactions.views.amounts import account_number_text, amount_text

PAYEES_SUGGESTED = 30


def form_page(
    request: HttpRequest, customer: Customer, draft: uuid.UUID, form: PaymentForm
) -> HttpResponse:
    """Show the form; after one that was not accepted with the status that says so."""
    context = {
        "form": form,
        "draft": draft,
        "seal": draft_seal(draft, request.user.pk),
        "payees": payees_of(customer.pk, limit=PAYEES_SUGGESTED),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "scoring/pay.html", context, status=status)


def check_page(
    request: HttpRequest, customer: Customer, draft: uuid.UUID, form: PaymentForm
) -> HttpResponse:
    """Show what is about to be paid. The form carries all of it, so that just this is paid."""
    payer, money = form.payer, form.money
    payee = payee_described(
        customer_id=customer.pk,
        name=form.cleaned_data["payee_name"],
        account_number=form.cleaned_data["payee_account"],
    )
    context = {
        "draft": draft,
        "seal": draft_seal(draft, request.user.pk),
        "fields": [(name, form.data.get(name, "")) for name in FIELDS],
        "amount": amount_text(money.minor, money.currency),
        "payee": payee.merchant.name if payee.merchant else payee.name,
        "payee_number": payee.account_number,
        "is_new_payee": payee.is_new,
        "account_name": payer.get_kind_display(),
        "account_number": account_number_text(payer.external_id),
        "balance_after": amount_text(payer.balance_minor - money.minor, payer.currency),
    }
    return render(request, "scoring/pay_check.html", context)
