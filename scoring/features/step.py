"""One event: features from the state as it stands, then the state as it is after."""

from __future__ import annotations

import math
from typing import Any

from scoring.features.amounts import (
    amount_of,
    is_ordinary,
    is_unusual,
    learn_amount,
    usual_deviations,
)
from scoring.features.clock import second_of, stored_second
from scoring.features.customer_amounts import compare_amount, describe_amount, describe_habit
from scoring.features.customer_company import (
    describe_company,
    describe_novelty,
    is_new_payer,
    learn_company,
)
from scoring.features.customer_places import (
    describe_countries,
    describe_country,
    describe_place,
    learn_country,
    learn_place,
)
from scoring.features.customer_rhythm import (
    describe_pace,
    describe_rhythm,
    describe_time,
    learn_rhythm,
)
from scoring.features.customer_windows import (
    DEPOSIT,
    UNUSUAL_BIT,
    describe_flow,
    describe_sizes,
    describe_windows,
    has_other_unusual,
    is_remembered,
    remember,
)
from scoring.features.identity import describe_identity, describe_way, learn_verification
from scoring.features.instrument import describe_card, describe_device, describe_ip, learn_use
from scoring.features.kernel import compiled, whole
from scoring.features.labels import (
    describe_customer_labels,
    describe_merchant_labels,
    is_news,
    learn_customer_label,
    learn_instrument_label,
    learn_merchant_label,
)
from scoring.features.merchant import compare_with_merchant, describe_merchant, learn_payment
from scoring.features.slots import short_key

# Values of `EventKind`.
TRANSACTION, LABEL, VERIFICATION = 0, 1, 2


@compiled
def step(
    event: Any, customer: Any, merchant: Any, device: Any, ip: Any, card: Any, out: Any
) -> None:
    """Apply one event to the states of its entities.

    Parameters
    ----------
    event : record of EVENT
    customer, merchant, device, ip, card : records of CUSTOMER, MERCHANT and INSTRUMENT
        Of an entity that the event does not name, any record: it is neither read nor written.
    out : record with one f4 a feature
        All NaN at first. Left so unless the event is a transaction.

    Notes
    -----
    A transaction that is among the customer's last 64 is a duplicate: it gets features from the
    state as it stands and changes nothing.
    """
    if event.kind == TRANSACTION:
        _describe(event, customer, merchant, device, ip, card, out)
        if event.customer == 0 or not _is_duplicate(event, customer):
            _learn(event, customer, merchant, device, ip, card)
    elif event.kind == LABEL and is_news(event):
        _learn_label(event, customer, merchant, device, ip, card)
    elif event.kind == VERIFICATION and event.customer != 0:
        customer.applied += 1
        learn_verification(customer, event)


@compiled
def _is_duplicate(event: Any, customer: Any) -> bool:
    return event.transaction != 0 and is_remembered(customer, short_key(event.transaction))


@compiled
def _now(second: int, state: Any) -> int:
    return max(second, whole(state.clock))


@compiled
def _describe(
    event: Any, customer: Any, merchant: Any, device: Any, ip: Any, card: Any, out: Any
) -> None:
    second = second_of(event)
    amount = amount_of(event)
    payer = short_key(event.customer) if event.customer != 0 else 0
    describe_time(second, out)
    describe_way(event, out)
    if amount > 0.0:
        describe_amount(amount, out)
    if event.customer != 0:
        _describe_customer(event, customer, second, amount, out)
    if event.merchant != 0:
        now = _now(second, merchant)
        describe_merchant(merchant, payer, now, out)
        describe_merchant_labels(merchant, now, out)
        if amount > 0.0:
            compare_with_merchant(merchant, amount, out)
    if event.device != 0:
        describe_device(device, payer, _now(second, device), out)
    if event.ip != 0:
        describe_ip(ip, payer, _now(second, ip), out)
    if event.card != 0:
        describe_card(card, payer, _now(second, card), out)


@compiled
def _describe_customer(event: Any, customer: Any, second: int, amount: float, out: Any) -> None:
    now = _now(second, customer)
    describe_windows(customer, now, out)
    describe_sizes(customer, now, out)
    describe_flow(customer, now, whole(event.transaction_kind), amount, out)
    describe_company(customer, now, out)
    describe_countries(customer, now, out)
    describe_identity(customer, event, second, out)
    describe_customer_labels(customer, now, out)
    describe_habit(customer, out)
    if amount > 0.0:
        compare_amount(customer, amount, out)
    describe_novelty(customer, event, now, out)
    describe_country(customer, event, out)
    describe_place(customer, event, second, out)
    if customer.number > 0:
        describe_rhythm(customer, second, now, out)
        describe_pace(customer, now, out)


@compiled
def _learn(event: Any, customer: Any, merchant: Any, device: Any, ip: Any, card: Any) -> None:
    second = second_of(event)
    amount = amount_of(event)
    payer = short_key(event.customer) if event.customer != 0 else 0
    payment_card = short_key(event.card) if event.card != 0 else 0
    if event.merchant != 0:
        is_new = event.customer != 0 and is_new_payer(customer, event)
        merchant.applied += 1
        learn_payment(merchant, payer, _now(second, merchant), amount, is_new)
    if event.device != 0:
        device.applied += 1
        learn_use(device, payer, payment_card, _now(second, device), amount)
    if event.ip != 0:
        ip.applied += 1
        learn_use(ip, payer, 0, _now(second, ip), amount)
    if event.card != 0:
        card.applied += 1
        learn_use(card, payer, 0, _now(second, card), amount)
    if event.customer != 0:
        customer.applied += 1
        _learn_customer(event, customer, second, amount)


@compiled
def _learn_customer(event: Any, customer: Any, second: int, amount: float) -> None:
    now = _now(second, customer)
    flags = whole(event.transaction_kind)
    if amount > 0.0 and is_unusual(customer, amount):
        flags |= UNUSUAL_BIT
    transaction = short_key(event.transaction) if event.transaction != 0 else 0
    remember(customer, now, transaction, amount, flags)
    learn_company(customer, event, now, amount)
    learn_country(customer, event, now)
    learn_place(customer, event, second)
    learn_rhythm(customer, second, now)
    if amount > 0.0:
        learn_amount(customer, amount)
    if event.transaction_kind == DEPOSIT:
        customer.deposit_second = now
        customer.deposit_amount = amount if amount > 0.0 else 0.0
    if customer.number == 0:
        customer.first = now
    customer.number += 1
    customer.clock = now


@compiled
def _as_seen_by_customer(event: Any, customer: Any) -> tuple[float, bool, bool]:
    """Return how unusual a labelled amount was, whether that is ordinary, and see `explained`."""
    amount = amount_of(event)
    if event.customer == 0 or not amount > 0.0:
        return math.nan, False, False
    explained = has_other_unusual(customer, event, stored_second(event.time_us))
    return usual_deviations(customer, amount), is_ordinary(customer, amount), explained


@compiled
def _learn_label(event: Any, customer: Any, merchant: Any, device: Any, ip: Any, card: Any) -> None:
    second = stored_second(event.labelled_time_us)
    if event.merchant != 0:
        deviations, ordinary, explained = _as_seen_by_customer(event, customer)
        merchant.applied += 1
        learn_merchant_label(merchant, event, second, deviations, ordinary, explained)
    if event.customer != 0:
        customer.applied += 1
        learn_customer_label(customer, event, second)
    if event.device != 0:
        device.applied += 1
        learn_instrument_label(device, event)
    if event.ip != 0:
        ip.applied += 1
        learn_instrument_label(ip, event)
    if event.card != 0:
        card.applied += 1
        learn_instrument_label(card, event)
