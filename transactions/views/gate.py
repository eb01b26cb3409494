"""How a customer's own accounts and transactions reach a view; `scoring.views` uses it too."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache

from fraudsite.core.actors import Actor
from fraudsite.core.choices import Role
from kyc.models import Customer
from kyc.services.consents import consent_current
from kyc.services.customers import customer_of_user
from transactions.models import Account, Transaction
from transactions.selectors import accounts_of, transaction_of

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
OwnView = Callable[Concatenate[HttpRequest, Customer, P], HttpResponse]


def own_customer(view: OwnView[P]) -> View[P]:
    """Give the view the signed-in customer; a visitor goes to the log-in and comes back.

    Staff have no accounts of their own here.
    """

    @never_cache
    @wraps(view)
    def wrapped(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return _to_login(request)
        if request.user.role != Role.CUSTOMER:
            messages.info(
                request, "Staff accounts review payments; they have no money of their own."
            )
            return redirect("home")
        customer = customer_of_user(request.user)
        # The cookie is named in the consent text: not before that was answered.
        request.keeps_device = consent_current(customer) is not None  # type: ignore[attr-defined]  # read by DeviceMiddleware
        return view(request, customer, *args, **kwargs)

    return wrapped


def own_account(customer: Customer, account_id: uuid.UUID) -> Account:
    """Return a customer's account; anybody else's does not exist."""
    for account in accounts_of(customer.pk):
        if account.pk == account_id:
            return account
    raise Http404


def own_transaction(customer: Customer, transaction_id: uuid.UUID) -> Transaction:
    """Return a customer's transaction; anybody else's does not exist."""
    found = transaction_of(customer.pk, transaction_id)
    if found is None:
        raise Http404
    return found


def actor_of(request: HttpRequest) -> Actor:
    """Return the signed-in customer as an actor."""
    return Actor.of_user(request.user)  # type: ignore[arg-type]  # the gate let only users through


def _to_login(request: HttpRequest) -> HttpResponse:
    """Send a visitor to the log-in; a form that was sent cannot be sent again by coming back."""
    is_page = request.method in {"GET", "HEAD"}
    where = request.get_full_path() if is_page else reverse("transactions:overview")
    return redirect_to_login(where, str(settings.LOGIN_URL))
