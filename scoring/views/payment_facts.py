"""What a request tells about where a payment is ordered."""

from __future__ import annotations

from django.http import HttpRequest

from fraudsite.core.client_ip import client_ip
from kyc.middleware import COOKIE
from kyc.models import Customer
from scoring.services.pay import PaymentFacts


def payment_facts(request: HttpRequest, customer: Customer) -> PaymentFacts:
    """Return device, fingerprint and address. No country: nothing here knows where one is."""
    device_id = request.device_id  # type: ignore[attr-defined]  # set by DeviceMiddleware
    # Without the cookie the number is new at each request and names no device.
    if COOKIE not in request.COOKIES:
        return PaymentFacts(ip_address=client_ip(request))
    seen = customer.device_sightings.filter(device_id=device_id).exclude(fingerprint="")
    newest = seen.order_by("-seen_at").values_list("fingerprint", flat=True).first()
    return PaymentFacts(
        device_reference=str(device_id),
        device_fingerprint=newest or "",
        ip_address=client_ip(request),
    )
