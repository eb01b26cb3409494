"""What features must be, counted the slow way from the whole list of earlier transactions."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from statistics import fmean, stdev
from typing import Any

import numpy as np

from tests.scoring.features.making import DAY, DEPOSIT, HOUR, TRANSFER, WITHDRAWAL

WINDOWS = {"1h": HOUR, "24h": DAY, "7d": 7 * DAY, "30d": 30 * DAY}


@dataclass
class Oracle:
    """Remembers every transaction for ever."""

    past: list[dict[str, Any]] = field(default_factory=list)

    def expect(self, event: Any) -> dict[str, float]:
        """Return the features of a transaction that the oracle knows."""
        second = int(event["time_us"]) // 1_000_000
        amount = float(event["amount"])
        expected: dict[str, float] = {}
        if event["customer"]:
            mine, now = self._of("customer", event, second)
            expected |= _windows(mine, now) | _sizes(mine, now) | _flow(mine, now, event)
            expected |= _against_habit(mine, amount) | _novelty(mine, event, now)
        if event["merchant"]:
            theirs, now = self._of("merchant", event, second)
            expected |= _merchant(theirs, now, event)
        for kind in ("device", "ip", "card"):
            if event[kind]:
                uses, now = self._of(kind, event, second)
                expected |= _sharing(kind, uses, now, event)
        return expected

    def learn(self, event: Any) -> None:
        """Take a transaction in."""
        second = int(event["time_us"]) // 1_000_000
        entry = {name: event[name].item() for name in event.dtype.names} | {"at": {}}
        for kind in ("customer", "merchant", "device", "ip", "card"):
            # A clock that never runs back: late transactions count as happening now.
            entry["at"][kind] = self._of(kind, event, second)[1]
        self.past.append(entry)

    def _of(self, kind: str, event: Any, second: int) -> tuple[list[dict[str, Any]], int]:
        mine = [entry for entry in self.past if entry[kind] == event[kind]]
        for entry in mine:
            entry["t"] = entry["at"][kind]
        return [dict(entry) for entry in mine], max([second, *(entry["t"] for entry in mine)])


def _within(entries: list[dict[str, Any]], now: int, window: int) -> list[dict[str, Any]]:
    return [entry for entry in entries if now - entry["t"] < window]


def _different(entries: list[dict[str, Any]], name: str) -> int:
    return len({entry[name] for entry in entries} - {0})


def _amount(entry: dict[str, Any]) -> float:
    return float(np.float32(entry["amount"]))


def _total(entries: list[dict[str, Any]]) -> float:
    return math.fsum(_amount(entry) for entry in entries)


def _windows(mine: list[dict[str, Any]], now: int) -> dict[str, float]:
    expected: dict[str, float] = {}
    for name, window in WINDOWS.items():
        recent = _within(mine, now, window)
        expected[f"tx_count_{name}"] = len(recent)
        expected[f"tx_sum_{name}"] = _total(recent)
        expected[f"merchants_{name}"] = _different(recent, "merchant")
        expected[f"devices_{name}"] = _different(recent, "device")
        expected[f"countries_{name}"] = _different(recent, "country")
    return expected


def _sizes(mine: list[dict[str, Any]], now: int) -> dict[str, float]:
    week = _within(mine, now, 7 * DAY)
    below = [entry for entry in week if 7_000 <= entry["amount"] < 10_000]
    return {
        "small_count_1h": sum(entry["amount"] < 5 for entry in _within(mine, now, HOUR)),
        "small_count_24h": sum(entry["amount"] < 5 for entry in _within(mine, now, DAY)),
        "below_limit_count_7d": len(below),
        "below_limit_sum_7d": _total(below),
        "split_sum_7d": _total([entry for entry in week if 1_000 <= entry["amount"] < 10_000]),
    }


def _flow(mine: list[dict[str, Any]], now: int, event: Any) -> dict[str, float]:
    expected: dict[str, float] = {}
    is_out = event["transaction_kind"] in {TRANSFER, WITHDRAWAL}
    for name, window in {"24h": DAY, "48h": 2 * DAY}.items():
        recent = _within(mine, now, window)
        inward = _total([entry for entry in recent if entry["transaction_kind"] == DEPOSIT])
        outward = _total(
            [entry for entry in recent if entry["transaction_kind"] in {TRANSFER, WITHDRAWAL}]
        )
        leaving = outward + (float(event["amount"]) if is_out else 0.0)
        expected[f"deposits_{name}"] = inward
        expected[f"outflow_{name}"] = outward
        expected[f"passed_through_{name}"] = leaving / inward if inward else math.nan
    return expected


def _against_habit(mine: list[dict[str, Any]], amount: float) -> dict[str, float]:
    amounts = [entry["amount"] for entry in mine]
    if not amounts:
        names = ("amount_to_mean", "amount_to_max", "customer_std", "customer_max", "amount_z")
        return dict.fromkeys(names, math.nan) | {"tx_number": 0}
    deviation = stdev(amounts) if len(amounts) > 1 else math.nan
    floor = max(deviation, 0.01 * fmean(amounts))
    return {
        "amount_to_mean": amount / fmean(amounts),
        "amount_to_max": amount / max(amounts),
        "customer_mean": fmean(amounts),
        "customer_std": deviation,
        "customer_max": max(amounts),
        "amount_z": (amount - fmean(amounts)) / floor,
        "tx_number": len(amounts),
    }


def _novelty(mine: list[dict[str, Any]], event: Any, now: int) -> dict[str, float]:
    if not mine:
        return {"is_merchant_new": math.nan, "is_device_new": math.nan, "is_ip_new": math.nan}
    expected = {
        "days_since_last": (now - mine[-1]["t"]) / DAY,
        "history_days": (now - mine[0]["t"]) / DAY,
    }
    for name, kind in {"merchant": "merchant", "device": "device", "ip": "ip"}.items():
        known = [entry for entry in mine if entry[kind] == event[kind]]
        expected[f"is_{name}_new"] = float(not known) if event[kind] else math.nan
    known = [entry for entry in mine if entry["merchant"] == event["merchant"]]
    if known and event["merchant"]:
        expected["days_since_merchant"] = (now - known[-1]["t"]) / DAY
        expected["merchant_share"] = len(known) / len(mine)
    if event["country"] and _different(mine, "country"):
        seen = [entry for entry in mine if entry["country"] == event["country"]]
        expected["is_country_new"] = float(not seen)
        expected["country_share"] = len(seen) / len(mine)
    return expected


def _others(entries: list[dict[str, Any]], event: Any) -> int:
    return len({entry["customer"] for entry in entries} - {0, int(event["customer"])})


def _merchant(theirs: list[dict[str, Any]], now: int, event: Any) -> dict[str, float]:
    hours = [entry for entry in theirs if now // HOUR - entry["t"] // HOUR < 24]
    return {
        "merchant_customers": _different(theirs, "customer"),
        "merchant_customers_24h": _others(_within(theirs, now, DAY), event),
        "merchant_count_24h": len(hours),
        "merchant_sum_24h": _total(hours),
        "merchant_small_1h": sum(entry["amount"] < 5 for entry in _within(theirs, now, HOUR)),
        "merchant_known_days": (now - theirs[0]["t"]) / DAY if theirs else math.nan,
    }


def _sharing(kind: str, uses: list[dict[str, Any]], now: int, event: Any) -> dict[str, float]:
    hour, day = _within(uses, now, HOUR), _within(uses, now, DAY)
    expected = {
        f"{kind}_customers": _others(uses, event),
        f"{kind}_count_1h": len(hour),
        f"{kind}_count_24h": len(day),
        f"{kind}_known_days": (now - uses[0]["t"]) / DAY if uses else math.nan,
    }
    if kind != "card":
        expected[f"{kind}_customers_24h"] = _others(day, event)
    if kind != "ip":
        expected[f"{kind}_small_1h"] = sum(entry["amount"] < 5 for entry in hour)
    if kind == "device":
        expected["device_cards_1h"] = _different(hour, "card")
        expected["device_cards_24h"] = _different(day, "card")
    return expected
