"""Where a customer is seen: on which device, from which address."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from fraudsite.core.client_ip import client_ip
from kyc.forms import DeviceForm
from kyc.models import Verification
from kyc.services.devices import sighting_record
from kyc.views.gate import own_verification


@require_POST
@own_verification
def device_sighting(request: HttpRequest, verification: Verification) -> HttpResponse:
    """Note a visit with the fingerprint the page's script made."""
    form = DeviceForm(request.POST)
    fingerprint = form.cleaned_data["fingerprint"] if form.is_valid() else ""
    note_sighting(request, verification, fingerprint=fingerprint)
    return HttpResponse(status=204)


def note_sighting(request: HttpRequest, verification: Verification, *, fingerprint: str) -> None:
    """Note a visit; sending a verification does so too, so that no script is needed for it."""
    sighting_record(
        device_id=request.device_id,  # type: ignore[attr-defined]  # set by DeviceMiddleware
        customer=verification.customer,
        ip_address=client_ip(request),
        fingerprint=fingerprint,
    )
