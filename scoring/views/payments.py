"""One payment of a customer as it stands, and the wish that a person looks at it."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from kyc.models import Customer
from scoring.models import Decision
from scoring.views.payment_words import payment_words
from transactions.choices import TransactionStatus
from transactions.models import Transaction
from transactions.services.human_reviews import (
    REVIEWABLE,
    NothingToReview,
    human_review_is_requested,
    human_review_request,
)
from transactions.views.amounts import account_number_text, amount_text
from transactions.views.gate import actor_of, own_customer, own_transaction
from transactions.views.movements import counterparty_name


@require_safe
@own_customer
def payment(request: HttpRequest, customer: Customer, transaction_id: uuid.UUID) -> HttpResponse:
    """Tell how a payment stands, in plain words."""
    made = own_transaction(customer, transaction_id)
    if made.status == TransactionStatus.RECORDED:
        raise Http404  # history that nobody judged here has no result
    decision = Decision.objects.filter(transaction=made).select_related("model").first()
    is_reviewable = made.status in REVIEWABLE
    context = {
        "words": payment_words(made, decision),
        "payment": made,
        "is_held": made.status == TransactionStatus.HELD,
        "name": counterparty_name(made),
        "amount": amount_text(made.amount_minor, made.currency),
        "account": made.account,
        "account_number": account_number_text(made.account.external_id) if made.account else "",
        "balance": _balance(made),
        "is_demo_model": decision is not None and bool(decision.model and decision.model.is_demo),
        "review_is_possible": is_reviewable,
        "review_is_requested": is_reviewable and human_review_is_requested(made),
    }
    return render(request, "scoring/payment.html", context)


@require_POST
@own_customer
def human_review(
    request: HttpRequest, customer: Customer, transaction_id: uuid.UUID
) -> HttpResponse:
    """Ask for a person to look at a payment."""
    made = own_transaction(customer, transaction_id)
    try:
        human_review_request(judged=made, actor=actor_of(request))
    except NothingToReview:
        messages.info(request, "This payment has been decided. Here is how it stands.")
    return redirect("scoring:payment", made.pk)


def _balance(made: Transaction) -> str:
    account = made.account
    if account is None or not account.keeps_balance:
        return ""
    return amount_text(account.balance_minor, account.currency)
