"""What the customer's payments look like: a line of their amounts, and from where they came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from cases.models import Case
from transactions.admin.masking import masked_address, masked_id
from transactions.models import Transaction

Context = dict[str, Any]
LENGTH = 60
SHOWN_SOURCES = 6
# In units of the picture.
WIDTH, HEIGHT = 300.0, 48.0


def payments_context(case: Case, marked: object = None) -> Context | None:
    """Return a line of the newest amounts, the marked payment in it, and devices and networks.

    One query, over the newest 60 payments. None where there is no customer, or no payment.
    """
    if case.customer_id is None:
        return None
    rows = list(
        Transaction.objects.filter(customer_id=case.customer_id)
        .order_by("-occurred_at", "-id")
        .only("amount_reference_minor", "occurred_at", "device_reference", "ip_address", "country")[
            :LENGTH
        ]
    )
    if not rows:
        return None
    rows.reverse()
    return {
        "count": len(rows),
        "line": _line(rows, marked),
        "devices": _sources(rows, lambda row: masked_id(row.device_reference)),
        "networks": _sources(rows, lambda row: masked_address(row.ip_address)),
        "countries": _sources(rows, lambda row: row.country),
        "largest": f"{max(_euros(row) for row in rows):,.2f} EUR",
        "since": rows[0].occurred_at,
    }


def _line(rows: Sequence[Transaction], marked: object) -> Context:
    """Return the points of the line; the amounts count against the largest one."""
    largest = max(_euros(row) for row in rows) or 1.0
    step = WIDTH / max(len(rows) - 1, 1)
    points = [
        (round(at * step, 1), round(HEIGHT * (1 - _euros(row) / largest), 1))
        for at, row in enumerate(rows)
    ]
    shown = next((at for at, row in zip(points, rows, strict=True) if row.pk == marked), None)
    return {
        "points": " ".join(f"{x},{y}" for x, y in points),
        "marked": {"x": shown[0], "y": shown[1]} if shown else None,
        "view_box": f"-4 -4 {WIDTH + 8:.0f} {HEIGHT + 8:.0f}",
    }


def _sources(rows: Sequence[Transaction], of: Callable[[Transaction], str]) -> list[Context]:
    """Return from where payments came, the most usual first, and since when each is known."""
    counts: Counter[str] = Counter()
    first: dict[str, datetime] = {}
    for row in rows:
        if name := of(row):
            counts[name] += 1
            first.setdefault(name, row.occurred_at)
    return [
        {"name": name, "count": count, "since": first[name]}
        for name, count in counts.most_common(SHOWN_SOURCES)
    ]


def _euros(row: Transaction) -> float:
    return (row.amount_reference_minor or 0) / 100
