"""The list of transactions, and the page on which a person decides and labels."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from unfold.decorators import display

from fraudsite.core.admin.read_only import ReadOnlyAdmin
from fraudsite.core.decision_guards import objection_to
from fraudsite.core.models import Workspace
from kyc.admin.refusal_words import linked
from scoring.admin.explaining import factors_now
from scoring.admin.gates import found, staff
from scoring.admin.pages import do_or_say, staff_page
from scoring.admin.transaction_page import NOT_LISTED, money_of, score_of, transaction_context
from scoring.choices import DecisionOutcome
from scoring.services.customer_lookup import customers_named
from scoring.services.reviews import held_decide, transaction_label
from transactions.admin.masking import shown_counterparty
from transactions.admin.paging import BoundedPaginator
from transactions.choices import TransactionStatus
from transactions.models import Transaction

S, D = TransactionStatus, DecisionOutcome
STATUS_COLOURS = {
    S.APPROVED: "success",
    S.RELEASED: "success",
    S.HELD: "warning",
    S.DECLINED: "danger",
    S.REFUSED: "danger",
    S.RECORDED: "info",
}
DECISION_COLOURS = {
    D.APPROVE: "success",
    D.REVIEW: "warning",
    D.BLOCK_AND_REVIEW: "warning",
    D.DECLINE: "danger",
}
LOST = "This score cannot be explained any more: its model, or the features it knew, are gone."
DONE = {"release": "is released", "refuse": "is refused"}


@admin.register(Transaction)
class TransactionAdmin(ReadOnlyAdmin):
    """Newest first, found by whole ids, never counted to the end."""

    list_display = (
        *("shown_reference", "shown_time", "shown_customer", "kind", "shown_amount"),
        *("shown_counterparty", "channel", "shown_status", "shown_decision", "shown_score"),
    )
    list_filter = ("status", "kind", "channel", "decision__outcome", "workspace")
    search_fields = ("external_id",)
    search_help_text = "A whole transaction id, or a customer's id or handle"
    # Ids rise with time, so the primary key's index alone gives the order.
    ordering = ("-pk",)
    list_select_related = ("customer", "merchant", "decision")
    paginator = BoundedPaginator
    show_facets = admin.ShowFacets.NEVER

    def get_queryset(self, request: HttpRequest) -> QuerySet[Transaction]:
        """Leave in the database what the list does not show."""
        rows: QuerySet[Transaction] = super().get_queryset(request)
        return rows.defer(*(f"decision__{name}" for name in NOT_LISTED))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Transaction], search_term: str
    ) -> tuple[QuerySet[Transaction], bool]:
        """Compare exactly, each id through its index."""
        term = search_term.strip()
        if not term:
            return queryset, False
        customers = list(customers_named(term).values_list("pk", flat=True)[:100])
        same = Q(workspace__in=Workspace.objects.all(), external_id=term)
        same |= Q(customer__in=customers)
        if (key := _uuid(term)) is not None:
            same |= Q(pk=key)
        return queryset.filter(same), False

    @display(description="Transaction")
    def shown_reference(self, row: Transaction) -> str:
        """Return the short handle."""
        return row.reference

    @display(description="Happened")
    def shown_time(self, row: Transaction) -> str:
        """Return when it happened, on one line."""
        return _unbroken(f"{row.occurred_at:%-d %b %Y, %H:%M}")

    @display(description="Customer")
    def shown_customer(self, row: Transaction) -> str:
        """Return the short handle."""
        return row.customer.reference

    @display(description="Amount")
    def shown_amount(self, row: Transaction) -> str:
        """Return the amount with its currency."""
        return _unbroken(money_of(row))

    @display(description="Counterparty")
    def shown_counterparty(self, row: Transaction) -> str:
        """Return a shop's name, or a handle."""
        return shown_counterparty(row.merchant)

    @display(description="Status", label=STATUS_COLOURS)
    def shown_status(self, row: Transaction) -> tuple[str, str]:
        """Return the status with its colour."""
        return row.status, row.get_status_display()

    @display(description="Decision", label=DECISION_COLOURS)
    def shown_decision(self, row: Transaction) -> tuple[str, str] | None:
        """Return the decision with its colour; history was never judged."""
        decision = getattr(row, "decision", None)
        return (decision.outcome, decision.get_outcome_display()) if decision is not None else None

    @display(description="Score")
    def shown_score(self, row: Transaction) -> str | None:
        """Return the score in per cent."""
        return score_of(getattr(row, "decision", None)) or None

    def get_urls(self) -> list[URLPattern]:
        """Add what a person may do to the admin's own pages."""
        wrap = self.admin_site.admin_view
        own = [
            path(f"<uuid:key>/{name}/", wrap(view), name=f"transactions_transaction_{name}")
            for name, view in (("decide", self.decide_view), ("label", self.label_view))
        ]
        return own + list(super().get_urls())

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show one transaction with everything that led to its decision."""
        shown = self._gate(request, object_id, "transactions.view_transaction")
        viewer = staff(request)
        objection = objection_to(shown)
        if objection is not None:
            self.message_user(request, linked(objection.sentence, objection.url), messages.WARNING)
        may_act = objection is None and shown.customer.user_id != viewer.pk
        context = transaction_context(
            shown,
            self._factors(request, shown),
            can_decide=may_act and viewer.has_perm("transactions.decide_transaction"),
            can_label=may_act and viewer.has_perm("transactions.label_transaction"),
        )
        title = f"Transaction {shown.reference}"
        template = "admin/transactions/transaction/page.html"
        return staff_page(self, request, template, title, context)

    def _factors(self, request: HttpRequest, shown: Transaction) -> list[dict[str, Any]] | None:
        """Return factors worked out now, None where nobody asks or it cannot be done."""
        decision = getattr(shown, "decision", None)
        if "explain" not in request.GET or decision is None:
            return None
        factors = factors_now(decision)
        if factors is None:
            self.message_user(request, LOST, messages.ERROR)
        return factors

    def decide_view(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        """Release or refuse."""
        held = self._gate(request, str(key), "transactions.decide_transaction")
        if request.method == "POST":
            act = request.POST.get("act", "")
            do_or_say(
                self,
                request,
                lambda: held_decide(held=held, act=act, **_form(request)),
                f"Transaction {held.reference} {DONE.get(act, '')}.",
            )
        return redirect(_page_of(held))

    def label_view(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        """Say whether it was fraud."""
        labelled = self._gate(request, str(key), "transactions.label_transaction")
        if request.method == "POST":
            act = request.POST.get("act", "")
            do_or_say(
                self,
                request,
                lambda: transaction_label(labelled=labelled, act=act, **_form(request)),
                f"Transaction {labelled.reference} is labelled as {act}.",
            )
        return redirect(_page_of(labelled))

    def _gate(self, request: HttpRequest, object_id: str, permission: str) -> Transaction:
        rows = Transaction.objects.select_related(
            *("customer", "account", "card", "merchant", "workspace"),
            *("decision", "decision__model"),
        ).defer("decision__model__manifest")
        return found(request, rows, permission, pk=object_id)


def _form(request: HttpRequest) -> dict[str, Any]:
    return {
        "reason": request.POST.get("reason", ""),
        "seen": request.POST.get("seen", ""),
        "analyst": staff(request),
    }


def _unbroken(text: str) -> str:
    """Return a text that no narrow column breaks."""
    return text.replace(" ", "\u00a0")


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _page_of(row: Transaction) -> str:
    return reverse("admin:transactions_transaction_change", args=[row.pk])
