"""The page on a customer: how much risk they are, since when and why."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from unfold.decorators import display

from kyc.admin.erasure import ErasureAdmin, erasure_context
from kyc.admin.gates import found
from kyc.choices_screening import CustomerRisk
from kyc.models import Customer, RiskAssessment, ScreeningHit

RISK_COLOURS = {
    CustomerRisk.LOW: "success",
    CustomerRisk.MEDIUM: "warning",
    CustomerRisk.HIGH: "danger",
    CustomerRisk.PROHIBITED: "danger",
}
# The badges of static/css/evidence.css.
RISK_BADGES = {
    CustomerRisk.LOW: "clear",
    CustomerRisk.MEDIUM: "consider",
    CustomerRisk.HIGH: "conflict",
    CustomerRisk.PROHIBITED: "conflict",
}
SHOWN = 50


@admin.register(Customer)
class CustomerAdmin(ErasureAdmin):
    """Customers by their handle; nothing here says who they are."""

    list_display = ("reference", "external_id", "shown_risk", "created_at")
    search_fields = ("id__startswith", "external_id__exact")
    search_help_text = "First characters of a customer's id, or an integrator's whole id"
    ordering = ("-created_at",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Customer]:
        """Read everybody's newest assessment with the list."""
        customers: QuerySet[Customer] = super().get_queryset(request)
        newest = RiskAssessment.objects.filter(customer=OuterRef("pk")).order_by("-id")
        return customers.annotate(risk_level=Subquery(newest.values("level")[:1]))

    @display(description="Risk", label=RISK_COLOURS)
    def shown_risk(self, customer: Any) -> tuple[str, str] | None:
        """Return the level with its colour."""
        level = customer.risk_level
        return (level, str(CustomerRisk(level).label)) if level else None

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show a customer's risk with its history, hits and verifications."""
        rows = Customer.objects.select_related("data_key")
        customer = found(request, rows, "kyc.view_customer", object_id)
        assessments = list(RiskAssessment.objects.filter(customer=customer).order_by("-id")[:SHOWN])
        context = {
            **self.admin_site.each_context(request),
            "title": f"Customer {customer.reference}",
            "opts": self.model._meta,
            "customer": customer,
            "current": assessments[0] if assessments else None,
            "badge": RISK_BADGES[CustomerRisk(assessments[0].level)] if assessments else "",
            "assessments": assessments,
            "hits": _hits(customer),
            **erasure_context(request, customer),
            "verifications": customer.verifications.order_by("-created_at")[:SHOWN],
        }
        return TemplateResponse(request, "admin/kyc/screening/customer.html", context)


def _hits(customer: Customer) -> QuerySet[ScreeningHit]:
    hits = ScreeningHit.objects.filter(customer=customer).select_related("entry")
    return hits.order_by("-found_at")[:SHOWN]
