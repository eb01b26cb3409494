"""Rules that do not act on one customer for a while."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from unfold.decorators import display

from fraudsite.core.admin.read_only import ReadOnlyAdmin
from fraudsite.core.models import User, Workspace
from kyc.models import Customer
from kyc.refusals import Refusal
from scoring.admin.gates import found, staff
from scoring.admin.pages import InstantInput, do_or_say, form_page, staff_page
from scoring.models import Rule, RuleSnooze
from scoring.services.customer_lookup import customer_named
from scoring.services.snoozes import MAX_SNOOZE, rule_snooze, snooze_end


class SnoozeForm(forms.Form):
    """Which rule leaves which customer alone, until when and why."""

    rule = forms.ModelChoiceField(Rule.objects.order_by("title"))
    workspace = forms.ModelChoiceField(Workspace.objects.all())
    customer = forms.CharField(max_length=100, help_text="The customer’s id or handle")
    until = forms.DateTimeField(
        widget=InstantInput(), help_text=f"UTC, at most {MAX_SNOOZE.days} days from now"
    )
    reason = forms.CharField(max_length=200, help_text="For whoever reads this later")


@admin.register(RuleSnooze)
class RuleSnoozeAdmin(ReadOnlyAdmin):
    """Begun with a reason, ended early by a button; the row stays as history."""

    list_display = (
        *("rule", "shown_customer", "shown_state", "until", "reason", "created_by", "created_at"),
    )
    list_filter = ("rule",)
    list_select_related = ("rule", "customer", "created_by")
    ordering = ("-pk",)

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Whether the user snoozes rules."""
        return staff(request).has_perm("scoring.add_rulesnooze")

    @display(description="Customer")
    def shown_customer(self, snooze: RuleSnooze) -> str:
        """Return the short handle."""
        return snooze.customer.reference

    @display(description="State", label={"running": "warning", "over": "info"})
    def shown_state(self, snooze: RuleSnooze) -> tuple[str, str]:
        """Return whether the rule is quiet at the moment."""
        return ("running", "running") if snooze.until > timezone.now() else ("over", "over")

    def get_urls(self) -> list[URLPattern]:
        """Add the button that ends one."""
        view = self.admin_site.admin_view(self.end_view)
        own = [path("<int:key>/end/", view, name="scoring_rulesnooze_end")]
        return own + list(super().get_urls())

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Begin a snooze."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        initial = {"workspace": Workspace.objects.live()}
        return form_page(
            self,
            request,
            SnoozeForm(request.POST or None, initial=initial),
            _snooze,
            title="Snooze a rule for a customer",
            button="Snooze",
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show one snooze, with the button that ends it for who may."""
        rows = RuleSnooze.objects.select_related("rule", "customer", "created_by")
        shown = found(request, rows, "scoring.view_rulesnooze", pk=object_id)
        may_end = staff(request).has_perm("scoring.change_rulesnooze")
        acts = [_end(shown)] if may_end and _runs(shown) else []
        context = {"rows": _rows(shown), "acts": acts}
        title = f"{shown.rule.title}, snoozed"
        return staff_page(self, request, "admin/scoring/form.html", title, context)

    def end_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """Let the rule act again."""
        rows = RuleSnooze.objects.select_related("rule")
        snooze = found(request, rows, "scoring.change_rulesnooze", pk=key)
        if request.method == "POST":
            done = f"{snooze.rule.title} acts on this customer again."
            do_or_say(self, request, lambda: snooze_end(snooze=snooze, user=staff(request)), done)
        return redirect("admin:scoring_rulesnooze_changelist")


def _snooze(form: SnoozeForm, user: User) -> tuple[str, str]:
    data = form.cleaned_data
    snooze = rule_snooze(
        rule=data["rule"],
        customer=_customer(data["customer"], data["workspace"]),
        until=data["until"],
        reason=data["reason"],
        user=user,
    )
    words = f"{snooze.rule.title} does not act on this customer until {_day(snooze)}."
    return words, reverse("admin:scoring_rulesnooze_changelist")


def _customer(reference: str, workspace: Workspace) -> Customer:
    """Return who is meant; a refusal belongs to this form's own field."""
    try:
        return customer_named(reference, workspace)
    except Refusal as refusal:
        raise Refusal(refusal.code, refusal.sentence, field="customer") from refusal


def _runs(snooze: RuleSnooze) -> bool:
    return snooze.until > timezone.now()


def _day(snooze: RuleSnooze) -> str:
    return f"{snooze.until:%-d %B %Y}"


def _rows(shown: RuleSnooze) -> list[tuple[str, str]]:
    return [
        ("Rule", shown.rule.title),
        ("Customer", shown.customer.reference),
        ("Until", f"{shown.until:%-d %b %Y, %H:%M} UTC"),
        ("Reason", shown.reason),
        ("By", str(shown.created_by or "")),
    ]


def _end(shown: RuleSnooze) -> dict[str, str]:
    return {
        "name": "end",
        "label": "End it now",
        "tone": "warning",
        "words": "The rule acts on this customer again, from the next transaction on.",
        "url": reverse("admin:scoring_rulesnooze_end", args=[shown.pk]),
    }
