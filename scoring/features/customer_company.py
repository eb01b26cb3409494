"""With whom and with what this customer usually pays: counterparties, devices, IPs, categories."""

from __future__ import annotations

from typing import Any

from scoring.features.amounts import CLIP_AT
from scoring.features.clock import DAY, HOUR, days_between
from scoring.features.kernel import compiled, real, whole
from scoring.features.slots import U2_MAX, seen, seen_within, short_key, slot_for_new, slot_of

CATEGORY_WEIGHT = 0.1


@compiled
def describe_company(customer: Any, now: int, out: Any) -> None:
    """Write how many different counterparties and devices there were lately."""
    used = whole(customer.merchant_used)
    out.merchants_1h = seen_within(customer.merchant_last, used, now, HOUR)
    out.merchants_24h = seen_within(customer.merchant_last, used, now, DAY)
    out.merchants_7d = seen_within(customer.merchant_last, used, now, 7 * DAY)
    out.merchants_30d = seen_within(customer.merchant_last, used, now, 30 * DAY)
    used = whole(customer.device_used)
    out.devices_1h = seen_within(customer.device_last, used, now, HOUR)
    out.devices_24h = seen_within(customer.device_last, used, now, DAY)
    out.devices_7d = seen_within(customer.device_last, used, now, 7 * DAY)
    out.devices_30d = seen_within(customer.device_last, used, now, 30 * DAY)


@compiled
def describe_novelty(customer: Any, event: Any, now: int, out: Any) -> None:
    """Write what of this transaction is new to a customer who was seen before."""
    if customer.number == 0:
        return
    _describe_merchant(customer, event, now, out)
    _describe_device(customer, event, now, out)
    if event.ip != 0:
        slot = slot_of(customer.ip_key, whole(customer.ip_used), short_key(event.ip))
        out.is_ip_new = 1.0 if slot < 0 else 0.0
    if event.mcc > 0:
        slot = slot_of(customer.category_key, whole(customer.category_used), whole(event.mcc))
        out.is_category_new = 1.0 if slot < 0 else 0.0
        out.category_share = customer.category_count[slot] / customer.number if slot >= 0 else 0.0
        if slot >= 0 and customer.category_usual[slot] > 0.0:
            out.amount_to_category = out.amount_eur / customer.category_usual[slot]


@compiled
def _describe_merchant(customer: Any, event: Any, now: int, out: Any) -> None:
    if event.merchant == 0:
        return
    slot = slot_of(customer.merchant_key, whole(customer.merchant_used), short_key(event.merchant))
    out.is_merchant_new = 1.0 if slot < 0 else 0.0
    out.merchant_share = customer.merchant_count[slot] / customer.number if slot >= 0 else 0.0
    if slot >= 0:
        out.days_since_merchant = days_between(whole(customer.merchant_last[slot]), now)


@compiled
def _describe_device(customer: Any, event: Any, now: int, out: Any) -> None:
    if event.device == 0:
        return
    slot = slot_of(customer.device_key, whole(customer.device_used), short_key(event.device))
    out.is_device_new = 1.0 if slot < 0 else 0.0
    out.device_share = customer.device_count[slot] / customer.number if slot >= 0 else 0.0
    if slot >= 0:
        out.device_age_days = days_between(whole(customer.device_first[slot]), now)


@compiled
def is_new_payer(customer: Any, event: Any) -> bool:
    """Tell whether this customer is not known to have paid this counterparty."""
    key = short_key(event.merchant)
    return slot_of(customer.merchant_key, whole(customer.merchant_used), key) < 0


@compiled
def learn_company(customer: Any, event: Any, now: int, amount: float) -> None:
    """Note with whom and with what this transaction was made."""
    if event.merchant != 0:
        _learn_merchant(customer, short_key(event.merchant), now)
    if event.device != 0:
        _learn_device(customer, short_key(event.device), now)
    if event.ip != 0:
        used = whole(customer.ip_used)
        customer.ip_used = seen(customer.ip_key, customer.ip_last, used, short_key(event.ip), now)
    if event.mcc > 0:
        _learn_category(customer, whole(event.mcc), now, amount)


@compiled
def _learn_merchant(customer: Any, key: int, now: int) -> None:
    used = whole(customer.merchant_used)
    slot = slot_of(customer.merchant_key, used, key)
    if slot < 0:
        slot = slot_for_new(customer.merchant_last, used)
        customer.merchant_key[slot] = key
        customer.merchant_count[slot] = 0
    customer.merchant_last[slot] = now
    customer.merchant_count[slot] = min(U2_MAX, whole(customer.merchant_count[slot]) + 1)
    customer.merchant_used = max(used, slot + 1)


@compiled
def _learn_device(customer: Any, key: int, now: int) -> None:
    used = whole(customer.device_used)
    slot = slot_of(customer.device_key, used, key)
    if slot < 0:
        slot = slot_for_new(customer.device_last, used)
        customer.device_key[slot] = key
        customer.device_first[slot] = now
        customer.device_count[slot] = 0
    customer.device_last[slot] = now
    customer.device_count[slot] = min(U2_MAX, whole(customer.device_count[slot]) + 1)
    customer.device_used = max(used, slot + 1)


@compiled
def _learn_category(customer: Any, key: int, now: int, amount: float) -> None:
    used = whole(customer.category_used)
    slot = slot_of(customer.category_key, used, key)
    if slot < 0:
        slot = slot_for_new(customer.category_last, used)
        customer.category_key[slot] = key
        customer.category_count[slot] = 0
        customer.category_usual[slot] = 0.0
    customer.category_last[slot] = now
    customer.category_count[slot] = min(U2_MAX, whole(customer.category_count[slot]) + 1)
    customer.category_used = max(used, slot + 1)
    if amount > 0.0:
        usual = real(customer.category_usual[slot])
        if usual == 0.0:
            customer.category_usual[slot] = amount
        else:
            weight = max(1.0 / whole(customer.category_count[slot]), CATEGORY_WEIGHT)
            step = min(amount, CLIP_AT * usual) - usual
            customer.category_usual[slot] = usual + weight * step
