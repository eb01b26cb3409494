"""What keeps a customer from paying at all, and what they can do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from kyc.models import Customer
from scoring.services.pay import payment_in_the_way
from transactions.models import Account
from transactions.views.verification_words import verification_banner


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why, and the one thing to do."""

    code: str
    headline: str
    text: str
    url: str
    button: str


def obstacle_page(
    request: HttpRequest, customer: Customer, accounts: Sequence[Account]
) -> HttpResponse | None:
    """Return the page that says why this customer cannot pay now, None when they can."""
    obstacle = _obstacle(customer, accounts)
    if obstacle is None:
        return None
    status = 422 if request.method == "POST" else 200
    return render(request, "scoring/pay_obstacle.html", {"obstacle": obstacle}, status=status)


def _obstacle(customer: Customer, accounts: Sequence[Account]) -> Obstacle | None:
    banner = verification_banner(customer.pk)
    if banner is not None:
        where = reverse("kyc:overview")
        return Obstacle("not_verified", banner.headline, banner.text, where, banner.button)
    if not accounts:
        return Obstacle(
            "no_account",
            "There is no account to pay from",
            "You can pay as soon as an account with a balance is opened for you.",
            reverse("transactions:overview"),
            "Back to your accounts",
        )
    in_the_way = payment_in_the_way(customer.pk)
    if in_the_way is not None:
        return Obstacle(
            "payment_being_checked",
            "A payment of yours is being checked",
            "You can pay again when that is done, usually within a working day. What you entered "
            "here is kept while you stay signed in.",
            reverse("scoring:payment", args=[in_the_way.pk]),
            "See that payment",
        )
    return None
