"""The page on which a customer is erased, after it was said what goes and what stays."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.cache import never_cache

from fraudsite.core.actors import Actor
from fraudsite.core.admin.read_only import ReadOnlyAdmin
from kyc.admin.gates import found, staff
from kyc.choices_erasure import ErasureReason
from kyc.models import Customer
from kyc.refusals import Refusal
from kyc.services.erasure import customer_erase, objection_to_erasing

PERMISSION = "kyc.erase_customer"


class ErasureAdmin(ReadOnlyAdmin):
    """Customers who can be erased by whoever has the permission for it."""

    def get_urls(self) -> list[URLPattern]:
        """Add the page to the admin's own."""
        view = self.admin_site.admin_view(never_cache(self.erase_view))
        own = [path("<uuid:customer_id>/erase/", view, name="kyc_customer_erase")]
        return own + list(super().get_urls())

    def erase_view(self, request: HttpRequest, customer_id: uuid.UUID) -> HttpResponse:
        """Show what would go and stay; erase when it is confirmed with a reason."""
        rows = Customer.objects.select_related("data_key")
        customer = found(request, rows, PERMISSION, str(customer_id))
        if request.method == "POST":
            return self._erase(request, customer)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Erase customer {customer.reference}",
            "opts": self.model._meta,
            "customer": customer,
            "is_erased": customer.data_key.is_destroyed,
            "objection": objection_to_erasing(customer.pk),
            "reasons": ErasureReason.choices,
        }
        return TemplateResponse(request, "admin/kyc/erasure/confirm.html", context)

    def _erase(self, request: HttpRequest, customer: Customer) -> HttpResponse:
        try:
            customer_erase(
                customer=customer,
                actor=Actor.of_user(staff(request)),
                reason=request.POST.get("reason", ""),
            )
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return redirect(reverse("admin:kyc_customer_erase", args=[customer.pk]))
        messages.success(request, f"Customer {customer.reference} is erased.")
        return redirect(reverse("admin:kyc_customer_change", args=[customer.pk]))


def erasure_context(request: HttpRequest, customer: Customer) -> dict[str, Any]:
    """Return what the customer's page says about erasing."""
    can_erase = staff(request).has_perm(PERMISSION)
    return {
        "erased_at": customer.data_key.destroyed_at,
        "erase_url": reverse("admin:kyc_customer_erase", args=[customer.pk]) if can_erase else "",
    }
