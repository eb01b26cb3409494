"""Devices, IP addresses and cards: who shares them, how fast they are used."""

from __future__ import annotations

from typing import Any

from scoring.features.amounts import is_small
from scoring.features.clock import DAY, HOUR, days_between
from scoring.features.kernel import compiled, whole
from scoring.features.layout import USES
from scoring.features.slots import drop_first, others_within, seen, seen_within

EVER = 2**40  # seconds; longer than any history


@compiled
def describe_device(device: Any, customer: int, now: int, out: Any) -> None:
    """Write who else uses this device, with how many cards, and how often."""
    if device.number > 0:
        out.device_known_days = days_between(device.first, now)
    used = whole(device.customer_used)
    keys, lasts = device.customer_key, device.customer_last
    out.device_customers = others_within(keys, lasts, used, customer, now, EVER)
    out.device_customers_24h = others_within(keys, lasts, used, customer, now, DAY)
    out.device_cards_1h = seen_within(device.card_last, whole(device.card_used), now, HOUR)
    out.device_cards_24h = seen_within(device.card_last, whole(device.card_used), now, DAY)
    out.device_count_1h = uses_within(device, now, HOUR)
    out.device_count_24h = uses_within(device, now, DAY)
    out.device_small_1h = smalls_within(device, now, HOUR)
    out.device_frauds = device.frauds


@compiled
def describe_ip(ip: Any, customer: int, now: int, out: Any) -> None:
    """Write who else is at this IP address, and how often it is used."""
    if ip.number > 0:
        out.ip_known_days = days_between(ip.first, now)
    used = whole(ip.customer_used)
    out.ip_customers = others_within(ip.customer_key, ip.customer_last, used, customer, now, EVER)
    out.ip_customers_24h = others_within(
        ip.customer_key, ip.customer_last, used, customer, now, DAY
    )
    out.ip_count_1h = uses_within(ip, now, HOUR)
    out.ip_count_24h = uses_within(ip, now, DAY)
    out.ip_frauds = ip.frauds


@compiled
def describe_card(card: Any, customer: int, now: int, out: Any) -> None:
    """Write who else uses this card, and how often."""
    if card.number > 0:
        out.card_known_days = days_between(card.first, now)
    out.card_customers = others_within(
        card.customer_key, card.customer_last, whole(card.customer_used), customer, now, EVER
    )
    out.card_count_1h = uses_within(card, now, HOUR)
    out.card_count_24h = uses_within(card, now, DAY)
    out.card_small_1h = smalls_within(card, now, HOUR)
    out.card_frauds = card.frauds


@compiled
def uses_within(instrument: Any, now: int, window: int) -> int:
    """Count the uses within a window, up to 32."""
    return seen_within(instrument.use_second, whole(instrument.use_used), now, window)


@compiled
def smalls_within(instrument: Any, now: int, window: int) -> int:
    """Count the uses for a small amount within a window, among the last 32 uses."""
    count = 0
    for place in range(whole(instrument.use_used)):
        if now - whole(instrument.use_second[place]) < window:
            count += whole(instrument.use_small[place])
    return count


@compiled
def learn_use(instrument: Any, customer: int, card: int, now: int, amount: float) -> None:
    """Note a use; 0 stands for a customer or card that is not named."""
    if instrument.number == 0:
        instrument.first = now
    instrument.number += 1
    instrument.clock = now
    if customer != 0:
        instrument.customer_used = seen(
            instrument.customer_key,
            instrument.customer_last,
            whole(instrument.customer_used),
            customer,
            now,
        )
    if card != 0:
        instrument.card_used = seen(
            instrument.card_key, instrument.card_last, whole(instrument.card_used), card, now
        )
    _remember_use(instrument, now, amount)


@compiled
def _remember_use(instrument: Any, now: int, amount: float) -> None:
    used = whole(instrument.use_used)
    gone = 0
    while gone < used and now - whole(instrument.use_second[gone]) >= DAY:
        gone += 1
    if gone == 0 and used == USES:
        gone = 1
    if gone > 0:
        drop_first(instrument.use_second, used, gone)
        drop_first(instrument.use_small, used, gone)
    instrument.use_second[used - gone] = now
    instrument.use_small[used - gone] = 1 if is_small(amount) else 0
    instrument.use_used = used - gone + 1
