"""Paying: the form, the look before it is sent, and sending it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from kyc.models import Customer
from scoring.services.pay import (
    PaymentRefused,
    accounts_to_pay_from,
    payment_find,
    payment_make,
)
from scoring.views.drafts import (
    draft_drop,
    draft_keep,
    draft_read,
    kept_over_login,
    seal_fits,
)
from scoring.views.obstacles import obstacle_page
from scoring.views.payment_facts import payment_facts
from scoring.views.payment_form import PaymentForm
from scoring.views.payment_pages import check_page, form_page
from transactions.selectors import accounts_of
from transactions.services.payees import payee_described
from transactions.views.gate import actor_of, own_customer

TOO_OLD = "This page was open for too long. Nothing was paid; please check what you entered."
PAID_ALREADY = "This payment had been made already. It was made once only."


@require_safe
@own_customer
def pay_new(request: HttpRequest, customer: Customer) -> HttpResponse:
    """Begin a payment under an address of its own, so that tabs keep out of each other's way."""
    where = reverse("scoring:pay", args=[uuid.uuid4()])
    query = request.GET.urlencode()
    return redirect(f"{where}?{query}" if query else where)


@require_http_methods(["GET", "HEAD", "POST"])
@kept_over_login
@own_customer
def pay(request: HttpRequest, customer: Customer, draft: uuid.UUID) -> HttpResponse:
    """Ask for account, payee and amount."""
    is_sent = request.method == "POST"
    if is_sent:
        draft_keep(request.session, draft, request.user.pk, request.POST)
    accounts = accounts_to_pay_from(accounts_of(customer.pk))
    elsewhere = _paid_page(request, customer, draft) or obstacle_page(request, customer, accounts)
    if elsewhere is not None:
        return elsewhere
    if not is_sent:
        kept = draft_read(request.session, draft, request.user.pk)
        # The account whose page led here, else the oldest.
        initial = kept or {"account": request.GET.get("account", str(accounts[0].pk))}
        form = PaymentForm(initial=initial, accounts=accounts)
        return form_page(request, customer, draft, form)
    form = PaymentForm(request.POST, accounts=accounts)
    if not form.is_valid():
        return form_page(request, customer, draft, form)
    return redirect("scoring:pay_check", draft)


@require_http_methods(["GET", "HEAD", "POST"])
@kept_over_login
@own_customer
def pay_check(request: HttpRequest, customer: Customer, draft: uuid.UUID) -> HttpResponse:
    """Show what will be paid, and pay exactly what was shown."""
    accounts = accounts_to_pay_from(accounts_of(customer.pk))
    elsewhere = _paid_page(request, customer, draft) or obstacle_page(request, customer, accounts)
    if elsewhere is not None:
        return elsewhere
    fields = _fields_shown(request, draft)
    if fields is None:
        messages.warning(request, TOO_OLD)
        return redirect("scoring:pay", draft)
    form = PaymentForm(fields, accounts=accounts)
    if not form.is_valid():
        return form_page(request, customer, draft, form)
    if request.method != "POST":
        return check_page(request, customer, draft, form)
    return _send(request, customer, draft, form)


def _fields_shown(request: HttpRequest, draft: uuid.UUID) -> Mapping[str, str] | None:
    """Return what the page shows or showed; another tab may have changed the draft since."""
    if request.method != "POST":
        return draft_read(request.session, draft, request.user.pk)
    is_ours = seal_fits(request.POST.get("seal", ""), draft, request.user.pk)
    return request.POST if is_ours else None


def _send(
    request: HttpRequest, customer: Customer, draft: uuid.UUID, form: PaymentForm
) -> HttpResponse:
    cleaned = form.cleaned_data
    try:
        payment = payment_make(
            account=form.payer,
            payee=payee_described(
                customer_id=customer.pk,
                name=cleaned["payee_name"],
                account_number=cleaned["payee_account"],
            ),
            amount=form.money,
            facts=payment_facts(request, customer),
            payment_key=str(draft),
            actor=actor_of(request),
        )
    except PaymentRefused as refused:
        form.add_error(refused.field or None, refused.sentence)
        return form_page(request, customer, draft, form)
    draft_drop(request.session, draft)
    if payment.is_replay:
        messages.info(request, PAID_ALREADY)
    return redirect("scoring:payment", payment.transaction.pk)


def _paid_page(request: HttpRequest, customer: Customer, draft: uuid.UUID) -> HttpResponse | None:
    """Lead from a draft that was paid to the payment it made."""
    paid = payment_find(customer_id=customer.pk, payment_key=str(draft))
    if paid is None:
        return None
    draft_drop(request.session, draft)
    if request.method == "POST":
        messages.info(request, PAID_ALREADY)
    return redirect("scoring:payment", paid.transaction.pk)
