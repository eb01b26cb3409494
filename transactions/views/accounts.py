"""A customer's accounts: the overview, and one account with its history."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from kyc.models import Customer
from transactions.forms import HistoryForm, months_between
from transactions.models import Account
from transactions.selectors import (
    accounts_of,
    first_month,
    history_page,
    transactions_newest,
    transactions_newsworthy,
    weekly_flow,
)
from transactions.views.amounts import account_number_text, amount_text
from transactions.views.gate import own_account, own_customer
from transactions.views.history_chart import flow_chart
from transactions.views.movements import line_of, notice_of
from transactions.views.verification_words import verification_banner

NEWEST_SHOWN = 8
NOTICES_SHOWN = 6
HISTORY_SHOWN = 25
CHART_WEEKS = 16


@dataclass(frozen=True, slots=True)
class AccountLine:
    """An account as it is shown; `balance` is empty where another keeps it."""

    id: uuid.UUID
    name: str
    number: str
    balance: str
    can_pay: bool


@require_safe
@own_customer
def overview(request: HttpRequest, customer: Customer) -> HttpResponse:
    """Show what there is, what moved last, and what needs to be known."""
    accounts = [account_line(account) for account in accounts_of(customer.pk)]
    newest = transactions_newest(customer.pk, limit=NEWEST_SHOWN)
    news = transactions_newsworthy(customer.pk, limit=NOTICES_SHOWN)
    banner = verification_banner(customer.pk)
    context = {
        "accounts": accounts,
        "lines": [line_of(moved) for moved in newest],
        "notices": [notice_of(moved) for moved in news],
        "banner": banner,
        "can_pay": banner is None and any(account.can_pay for account in accounts),
    }
    return render(request, "transactions/overview.html", context)


@require_safe
@own_customer
def account(request: HttpRequest, customer: Customer, account_id: uuid.UUID) -> HttpResponse:
    """Show one account's history, a page at a time."""
    shown = own_account(customer, account_id)
    today = timezone.now().date()
    begins = first_month(shown)
    form = HistoryForm(request.GET, months=months_between(begins or today, today))
    before = _uuid(request.GET.get("before", ""))
    page = history_page(shown, form.wanted, before=before, limit=HISTORY_SHOWN)
    chart = flow_chart(weekly_flow(shown, weeks=CHART_WEEKS, today=today), shown.currency)
    context = {
        "account": account_line(shown),
        "has_history": begins is not None,
        "form": form,
        "is_filtered": form.wanted != HistoryForm({}, months=[]).wanted,
        "is_continued": before is not None,
        "lines": [line_of(moved) for moved in page.transactions],
        "next_query": _query(request.GET, before=page.next_before) if page.next_before else "",
        "first_query": _query(request.GET, before=None),
        "chart": chart,
        "chart_weeks": CHART_WEEKS,
        "is_verified": verification_banner(customer.pk) is None,
    }
    return render(request, "transactions/account.html", context)


def account_line(account: Account) -> AccountLine:
    """Return an account in a customer's words."""
    balance = amount_text(account.balance_minor, account.currency) if account.keeps_balance else ""
    return AccountLine(
        id=account.pk,
        name=account.get_kind_display(),
        number=account_number_text(account.external_id),
        balance=balance,
        can_pay=account.keeps_balance,
    )


def _query(asked: Mapping[str, str], *, before: uuid.UUID | None) -> str:
    """Return the filters of the address, continued from another place."""
    kept = {name: asked[name] for name in ("q", "kind", "month") if asked.get(name)}
    return "?" + urlencode(kept | ({"before": str(before)} if before else {}))


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
