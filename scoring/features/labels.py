"""What became known of earlier transactions, at the merchant, the customer and the instruments.

A first label counts. A repeated one changes nothing. A correction takes the count back exactly;
shares and streaks take it as one more outcome, because what came between is not kept: a streak of
frauds loses one, and the last fraud's time falls back to the one before among the last 16.
"""

from __future__ import annotations

from typing import Any

from scoring.features.clock import DAY, days_between
from scoring.features.customer_windows import mark_outcome
from scoring.features.kernel import compiled, whole
from scoring.features.layout import FRAUDS
from scoring.features.merchant_run import describe_run, end_run, lengthen_run, shorten_run
from scoring.features.slots import U2_MAX, drop_first

# Values of `Known`.
NOTHING = 0
FRAUD = 2

SHARE_WEIGHT = 0.2

# A merchant without history is taken to have one fraud in fifty, worth ten outcomes.
PRIOR_OUTCOMES = 10.0
PRIOR_FRAUDS = 0.2


@compiled
def describe_merchant_labels(merchant: Any, now: int, out: Any) -> None:
    """Write what is known of this merchant's earlier transactions."""
    out.merchant_labels = merchant.labels
    out.merchant_frauds = merchant.frauds
    out.merchant_ordinary_frauds = merchant.ordinary_frauds
    out.merchant_fraud_streak = merchant.fraud_streak
    out.merchant_honest_streak = merchant.honest_streak
    out.merchant_ordinary_streak = merchant.ordinary_streak
    out.days_since_merchant_ordinary = days_between(merchant.last_ordinary, now)
    describe_run(merchant, now, out)
    used = whole(merchant.fraud_used)
    if used > 0:
        out.days_since_merchant_fraud = days_between(whole(merchant.fraud_second[used - 1]), now)
    if merchant.fraud_streak > 0:
        out.days_since_merchant_outbreak = days_between(merchant.outbreak, now)
    if merchant.labels == 0:
        return
    frauds = merchant.frauds + PRIOR_FRAUDS
    out.merchant_fraud_rate = frauds / (merchant.labels + PRIOR_OUTCOMES)
    out.merchant_fraud_rate_recent = merchant.fraud_share
    out.merchant_ordinary_rate_recent = merchant.ordinary_share
    out.merchant_last_label = merchant.last_label
    out.merchant_frauds_7d = _frauds_before_newest(merchant)


@compiled
def _frauds_before_newest(merchant: Any) -> int:
    count = 0
    for place in range(whole(merchant.fraud_used)):
        if whole(merchant.newest_labelled) - whole(merchant.fraud_second[place]) < 7 * DAY:
            count += 1
    return count


@compiled
def describe_customer_labels(customer: Any, now: int, out: Any) -> None:
    """Write what is known of this customer's earlier transactions."""
    out.customer_labels = customer.labels
    out.customer_frauds = customer.frauds
    out.days_since_customer_fraud = days_between(customer.last_fraud, now)
    if customer.labels > 0:
        out.customer_fraud_rate_recent = customer.fraud_share


@compiled
def learn_customer_label(customer: Any, event: Any, second: int) -> None:
    """Take a label into the customer's record."""
    if event.previous_label == NOTHING:
        customer.labels += 1
    customer.frauds = _corrected(whole(customer.frauds), event)
    customer.fraud_share = _moved(customer.fraud_share, event.is_fraud, whole(customer.labels))
    if event.is_fraud:
        customer.last_fraud = max(whole(customer.last_fraud), second)
    elif customer.frauds == 0:
        customer.last_fraud = 0
    mark_outcome(customer, event)


@compiled
def learn_instrument_label(instrument: Any, event: Any) -> None:
    """Take a label into the record of a device, IP address or card."""
    instrument.frauds = _corrected(whole(instrument.frauds), event)


@compiled
def learn_merchant_label(
    merchant: Any,
    event: Any,
    second: int,
    deviations: float,
    ordinary: bool,  # noqa: FBT001 - compiled code takes no keyword-only arguments
    explained: bool,  # noqa: FBT001
) -> None:
    """Take a label into the merchant's record; the last three are those of `lengthen_run`."""
    if event.previous_label == NOTHING:
        merchant.labels += 1
    merchant.frauds = _corrected(whole(merchant.frauds), event)
    labels = whole(merchant.labels)
    merchant.fraud_share = _moved(merchant.fraud_share, event.is_fraud, labels)
    is_ordinary_fraud = 1 if event.is_fraud and ordinary else 0
    merchant.ordinary_share = _moved(merchant.ordinary_share, is_ordinary_fraud, labels)
    if event.is_fraud:
        lengthen_run(merchant, second, deviations, ordinary, explained)
        _learn_merchant_fraud(merchant, second, ordinary)
    elif event.previous_label == FRAUD:
        _take_back_fraud(merchant, second, ordinary)
        merchant.last_honest = max(whole(merchant.last_honest), second)
    else:
        end_run(merchant, second)
        merchant.fraud_streak = 0
        merchant.ordinary_streak = 0
        merchant.honest_streak = min(U2_MAX, whole(merchant.honest_streak) + 1)
    if second >= whole(merchant.newest_labelled):
        merchant.newest_labelled = second
        merchant.last_label = event.is_fraud


@compiled
def _corrected(frauds: int, event: Any) -> int:
    taken_back = 1 if event.previous_label == FRAUD else 0
    return max(0, frauds + whole(event.is_fraud) - taken_back)


@compiled
def _moved(share: float, outcome: int, labels: int) -> float:
    weight = max(SHARE_WEIGHT, 1.0 / max(1, labels))
    return share + weight * (outcome - share)


@compiled
def _learn_merchant_fraud(merchant: Any, second: int, ordinary: bool) -> None:  # noqa: FBT001
    if merchant.fraud_streak == 0:
        merchant.outbreak = second
    merchant.fraud_streak = min(U2_MAX, whole(merchant.fraud_streak) + 1)
    merchant.honest_streak = 0
    if ordinary:
        merchant.ordinary_frauds += 1
        merchant.ordinary_streak = min(U2_MAX, whole(merchant.ordinary_streak) + 1)
        merchant.last_ordinary = max(whole(merchant.last_ordinary), second)
    _insert_fraud(merchant, second)


@compiled
def _insert_fraud(merchant: Any, second: int) -> None:
    used = whole(merchant.fraud_used)
    if used == FRAUDS:
        if second <= whole(merchant.fraud_second[0]):
            return
        drop_first(merchant.fraud_second, used, 1)
        used -= 1
    place = used
    while place > 0 and whole(merchant.fraud_second[place - 1]) > second:
        merchant.fraud_second[place] = merchant.fraud_second[place - 1]
        place -= 1
    merchant.fraud_second[place] = second
    merchant.fraud_used = used + 1


@compiled
def _take_back_fraud(merchant: Any, second: int, ordinary: bool) -> None:  # noqa: FBT001
    merchant.fraud_streak = max(0, whole(merchant.fraud_streak) - 1)
    if ordinary:
        merchant.ordinary_frauds = max(0, whole(merchant.ordinary_frauds) - 1)
        merchant.ordinary_streak = max(0, whole(merchant.ordinary_streak) - 1)
        shorten_run(merchant)
        if merchant.ordinary_frauds == 0:
            merchant.last_ordinary = 0
    used = whole(merchant.fraud_used)
    for place in range(used):
        if whole(merchant.fraud_second[place]) == second:
            for later in range(place, used - 1):
                merchant.fraud_second[later] = merchant.fraud_second[later + 1]
            merchant.fraud_used = used - 1
            return


@compiled
def is_news(event: Any) -> bool:
    """Tell whether a label says something else than what was known."""
    if event.previous_label == NOTHING:
        return True
    was_fraud: bool = event.previous_label == FRAUD
    is_fraud: bool = event.is_fraud != 0
    return was_fraud != is_fraud
