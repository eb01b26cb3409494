"""A transaction as a caller tells of it: the fields of the API, typed and checked, and no more.

Knows no Django: the REST API decodes bodies into it, the in-process detector builds it from a
dict. What the caller leaves out is None.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from transactions.money import AmountRefused, Money, looks_like_pan, parse_money

Id = Annotated[
    str,
    Meta(min_length=1, max_length=100, pattern=r"^[\x21-\x7e]+$", description="Visible ASCII"),
]
# A clock may run ahead of ours, but not by much; what is older is history and welcome.
MAX_AHEAD = timedelta(minutes=5)
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


class IncomingRefused(ValueError):
    """A field is well-formed but cannot be; `code` and `field` for programs, text for people."""

    def __init__(self, code: str, sentence: str, field: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.field = field


class IncomingTransaction(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One transaction to be scored. Money is exact: minor units, or a decimal with its currency."""

    user_id: Id
    transaction_id: Id | None = None
    amount_minor: Annotated[int, Meta(gt=0, le=10**15)] | None = None
    amount: Decimal | None = None
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$", description="ISO 4217")]
    timestamp: Annotated[datetime, Meta(tz=True, description="ISO 8601 with offset")]
    kind: Literal["payment", "transfer", "withdrawal", "deposit"] = "payment"
    channel: Literal["web", "mobile", "pos", "atm", "api"] = "api"
    merchant_id: Id | None = None
    account_id: Id | None = None
    card_token: Id | None = None
    device_id: Id | None = None
    device_fingerprint: Annotated[str, Meta(max_length=64, pattern="^[0-9a-f]*$")] | None = None
    ip_address: Annotated[str, Meta(max_length=45)] | None = None
    country: Annotated[str, Meta(pattern="^[A-Z]{2}$", description="ISO 3166-1 alpha-2")] | None = (
        None
    )
    latitude: Annotated[float, Meta(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Meta(ge=-180, le=180)] | None = None
    mcc: Annotated[int, Meta(ge=0, le=9999, description="ISO 18245")] | None = None


class IncomingBatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Up to 1,000 transactions, applied in the order given."""

    transactions: Annotated[list[IncomingTransaction], Meta(min_length=1, max_length=1000)]


@dataclass(frozen=True, slots=True)
class CheckedTransaction:
    """A transaction whose every field was found possible."""

    told: IncomingTransaction
    money: Money
    occurred_at: datetime
    ip_address: str | None


def check(told: IncomingTransaction, *, arrived_at: datetime) -> CheckedTransaction:
    """Return the transaction with its money exact and its time in UTC.

    Raises
    ------
    IncomingRefused
        For an amount that is missing, given twice or impossible in its currency, a time in the
        future, an address that is none, or anything that looks like a card number.
    """
    _refuse_card_numbers(told)
    occurred_at = _occurred_at(told.timestamp, arrived_at)
    return CheckedTransaction(told, _money(told), occurred_at, _address(told.ip_address))


def _money(told: IncomingTransaction) -> Money:
    if (told.amount is None) == (told.amount_minor is None):
        sentence = "Give either `amount_minor` or `amount`, not both and not neither."
        raise IncomingRefused("amount_unclear", sentence, "amount_minor")
    field = "amount" if told.amount_minor is None else "amount_minor"
    try:
        if told.amount is not None:
            return parse_money(told.amount, told.currency)
        return Money(told.amount_minor or 0, told.currency)
    except AmountRefused as error:
        blamed = "currency" if error.code == "unknown_currency" else field
        raise IncomingRefused(error.code, str(error), blamed) from None


def _occurred_at(timestamp: datetime, arrived_at: datetime) -> datetime:
    occurred_at = timestamp.astimezone(UTC)
    if occurred_at > arrived_at + MAX_AHEAD:
        sentence = "`timestamp` lies in the future; send when it happened, with its UTC offset."
        raise IncomingRefused("timestamp_in_future", sentence, "timestamp")
    if occurred_at < EARLIEST:
        sentence = "`timestamp` lies before the year 2000."
        raise IncomingRefused("timestamp_too_old", sentence, "timestamp")
    return occurred_at


def _address(text: str | None) -> str | None:
    if text is None:
        return None
    try:
        return plain_address(text)
    except ValueError:
        sentence = "`ip_address` is no IPv4 or IPv6 address."
        raise IncomingRefused("invalid_ip_address", sentence, "ip_address") from None


def plain_address(text: str) -> str:
    """Return an address in the one way it is written here.

    Examples
    --------
    >>> plain_address("2001:DB8:0::1"), plain_address("::ffff:192.0.2.1")
    ('2001:db8::1', '192.0.2.1')
    """
    address = ipaddress.ip_address(text)
    if "%" in text:
        raise ValueError("An address with a zone means nothing on another machine.")
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)


# Whatever a caller may fill with text of their own.
TEXT_FIELDS = (
    "transaction_id",
    "user_id",
    "merchant_id",
    "account_id",
    "card_token",
    "device_id",
    "device_fingerprint",
)


def _refuse_card_numbers(told: IncomingTransaction) -> None:
    for name in TEXT_FIELDS:
        value = getattr(told, name)
        if value is not None and looks_like_pan(value):
            sentence = (
                f"`{name}` looks like a card number. Send your processor's token instead; "
                "nothing of this request was kept."
            )
            raise IncomingRefused("card_number_refused", sentence, name)
