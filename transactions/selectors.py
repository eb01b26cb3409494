"""What pages and other apps may ask about accounts and what moved on them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Max, Q, QuerySet, Sum
from django.db.models.functions import TruncWeek
from django.utils import timezone

from transactions.choices import MerchantKind, TransactionKind, TransactionStatus
from transactions.models import Account, Merchant, Transaction

S = TransactionStatus
SETTLED = [status for status in S if status.is_settled]
OUTGOING = [kind for kind in TransactionKind if not kind.is_incoming]
# What a customer is told about without asking.
NEWSWORTHY = (S.HELD, S.RELEASED, S.REFUSED, S.DECLINED)
NEWS_AGE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """Which of an account's transactions are wanted; empty: all."""

    kind: str = ""
    text: str = ""
    month: date | None = None


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Part of an account's history, newest first; `next_before` names where the next one begins."""

    transactions: Sequence[Transaction]
    next_before: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class WeekFlow:
    """What came in and went out within one week, in the account's minor units."""

    monday: date
    in_minor: int
    out_minor: int


def accounts_of(customer_id: uuid.UUID) -> list[Account]:
    """Return a customer's accounts, the oldest first."""
    return list(Account.objects.filter(customer_id=customer_id).order_by("opened_at", "id"))


def transactions_newest(customer_id: uuid.UUID, *, limit: int) -> list[Transaction]:
    """Return what moved last on any of a customer's accounts."""
    return list(_of_customer(customer_id).order_by("-occurred_at", "-id")[:limit])


def transactions_newsworthy(customer_id: uuid.UUID, *, limit: int) -> list[Transaction]:
    """Return what is held now, and what was released, refused or declined lately."""
    lately = Q(occurred_at__gte=timezone.now() - NEWS_AGE)
    wanted = _of_customer(customer_id).filter(lately | Q(status=S.HELD), status__in=NEWSWORTHY)
    return list(wanted.order_by("-occurred_at", "-id")[:limit])


def transaction_of(customer_id: uuid.UUID, transaction_id: uuid.UUID) -> Transaction | None:
    """Return a customer's own transaction; None for anybody else's."""
    return _of_customer(customer_id).filter(pk=transaction_id).first()


def history_page(
    account: Account, wanted: HistoryFilter, *, before: uuid.UUID | None, limit: int
) -> HistoryPage:
    """Return transactions of an account that follow after `before`, one of its transactions.

    A `before` that is none of the account's begins at the newest.
    """
    found = _filtered(_of_account(account), wanted)
    last = _of_account(account).filter(pk=before).first() if before else None
    if last is not None:
        # Many rows of a loaded history share one time, so that the id decides.
        earlier = Q(occurred_at__lt=last.occurred_at)
        found = found.filter(earlier | Q(occurred_at=last.occurred_at, pk__lt=last.pk))
    rows = list(found.order_by("-occurred_at", "-id")[: limit + 1])
    page = rows[:limit]
    return HistoryPage(page, page[-1].pk if len(rows) > limit else None)


def first_month(account: Account) -> date | None:
    """Return the first day of the month in which the account's history begins."""
    oldest = (
        _of_account(account).order_by("occurred_at", "id").values_list("occurred_at", flat=True)
    )
    first = oldest.first()
    return first.date().replace(day=1) if first else None


def weekly_flow(account: Account, *, weeks: int, today: date) -> list[WeekFlow]:
    """Return what moved in each of the last weeks, the present one last; quiet weeks are zeros."""
    this_monday = today - timedelta(days=today.weekday())
    mondays = [this_monday - timedelta(weeks=back) for back in reversed(range(weeks))]
    begins = datetime.combine(
        mondays[0], datetime.min.time(), tzinfo=timezone.get_default_timezone()
    )
    moved = (
        Transaction.objects.filter(
            customer_id=account.customer_id,
            account=account,
            currency=account.currency,
            status__in=SETTLED,
            occurred_at__gte=begins,
        )
        .annotate(week=TruncWeek("occurred_at"))
        .values("week")
        .annotate(
            into=Sum("amount_minor", filter=~Q(kind__in=OUTGOING), default=0),
            out=Sum("amount_minor", filter=Q(kind__in=OUTGOING), default=0),
        )
        .order_by("week")
    )
    by_monday = {row["week"].date(): (row["into"], row["out"]) for row in moved}
    return [WeekFlow(monday, *by_monday.get(monday, (0, 0))) for monday in mondays]


def payees_of(customer_id: uuid.UUID, *, limit: int) -> list[Merchant]:
    """Return whom a customer has paid, the last one first."""
    return list(_payees(customer_id)[:limit])


def payee_named(customer_id: uuid.UUID, name: str) -> Merchant | None:
    """Return the payee of this name whom the customer paid last, None for a new one."""
    return _payees(customer_id).filter(name__iexact=name).first()


def payee_with_id(customer_id: uuid.UUID, external_id: str) -> Merchant | None:
    """Return the payee of this id if the customer has paid them, else None."""
    return _payees(customer_id).filter(external_id=external_id).first()


def _payees(customer_id: uuid.UUID) -> QuerySet[Merchant]:
    paid = Q(
        transactions__customer_id=customer_id,
        transactions__kind__in=(TransactionKind.PAYMENT, TransactionKind.TRANSFER),
    )
    named = Merchant.objects.filter(paid).exclude(name="").exclude(kind=MerchantKind.OWN_ACCOUNT)
    return named.annotate(last_paid_at=Max("transactions__occurred_at")).order_by(
        "-last_paid_at", "pk"
    )


def _of_customer(customer_id: uuid.UUID) -> QuerySet[Transaction]:
    own = Transaction.objects.filter(customer_id=customer_id)
    return own.select_related("merchant", "account")


def _of_account(account: Account) -> QuerySet[Transaction]:
    # The customer leads the index by which this is read.
    return _of_customer(account.customer_id).filter(account=account)


def _filtered(found: QuerySet[Transaction], wanted: HistoryFilter) -> QuerySet[Transaction]:
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.text:
        found = found.filter(merchant__name__icontains=wanted.text)
    if wanted.month:
        found = found.filter(
            occurred_at__year=wanted.month.year, occurred_at__month=wanted.month.month
        )
    return found
