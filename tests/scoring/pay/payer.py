"""A customer who pays, and what is read from the pages."""

from __future__ import annotations

import re

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.transactions.accounts import moved
from transactions.models import Account, Transaction


class Payer:
    """A signed-in customer with a payment's form open."""

    def __init__(self, client: Client, account: Account) -> None:
        self.client = client
        self.account = account
        self.form = client.get(reverse("scoring:pay_new")).url
        self.check = f"{self.form}check/"

    @property
    def fields(self) -> dict[str, str]:
        return {
            "account": str(self.account.pk),
            "payee_name": "Oskar Berg",
            "payee_account": "DE89 3704 0044",
            "amount": "12.34",
        }

    @property
    def seal(self) -> str:
        page = self.client.get(self.form).content.decode()
        return re.search(r'name="seal" value="([^"]+)"', page)[1]

    def fills_in(self, **changed: str) -> HttpResponse:
        return self.client.post(self.form, {**self.fields, "seal": self.seal, **changed})

    def looks(self) -> dict[str, str]:
        """Return the fields of the check page's own form, as a browser without scripts has them."""
        page = self.client.get(self.check).content.decode()
        return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))

    def confirms(self) -> HttpResponse:
        return self.client.post(self.check, self.looks())

    def pays(self, **changed: str) -> HttpResponse:
        assert self.fills_in(**changed).url == self.check
        return self.confirms()

    def balance(self) -> int:
        self.account.refresh_from_db()
        return self.account.balance_minor


def words_of(response: HttpResponse) -> str:
    """Return a page's words, with one space between them."""
    body = response.content.decode().replace("\N{NO-BREAK SPACE}", " ").replace("&#x27;", "'")
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def nothing_was_paid(payer: Payer) -> bool:
    return not Transaction.objects.exists() and payer.balance() == 100_000


def addresses(payer: Payer) -> dict[str, str]:
    made = moved(payer.account, status="held")
    return {
        "pay_new": reverse("scoring:pay_new"),
        "pay": payer.form,
        "pay_check": payer.check,
        "payment": reverse("scoring:payment", args=[made.pk]),
        "human_review": reverse("scoring:human_review", args=[made.pk]),
    }
