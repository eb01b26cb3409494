"""Generated payments sent to a site's API at a steady rate, as an integrator would send them.

Knows no Django: it stands on the other side of the API.
"""

from __future__ import annotations

from transactions.traffic.poster import Answer, TrafficRefused, TransactionPoster
from transactions.traffic.requests import live_requests
from transactions.traffic.sender import send_traffic
from transactions.traffic.tally import Tally, TrafficReport

__all__ = [
    "Answer",
    "Tally",
    "TrafficRefused",
    "TrafficReport",
    "TransactionPoster",
    "live_requests",
    "send_traffic",
]
