"""Watchlists and their versions; the hits on them, and the page on which a person decides one."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from unfold.decorators import display

from fraudsite.core.actors import Actor
from fraudsite.core.admin.read_only import ReadOnlyAdmin
from fraudsite.core.services.audit import audit_record
from fraudsite.core.services.data_keys import DataKeyDestroyed
from kyc.admin.gates import found, staff
from kyc.choices_screening import HitReason, HitStatus
from kyc.models import ScreeningHit, Watchlist, WatchlistEntry
from kyc.refusals import Refusal
from kyc.services.screening_hits import hit_decide, hit_features
from kyc.services.watchlists import list_state, watchlist_retire

HIT_COLOURS = {
    HitStatus.OPEN: "warning",
    HitStatus.FALSE_POSITIVE: "success",
    HitStatus.CONFIRMED: "danger",
}
VERSIONS_SHOWN = 30
# The badges of static/css/evidence.css.
HIT_BADGES = {
    HitStatus.OPEN: "consider",
    HitStatus.FALSE_POSITIVE: "clear",
    HitStatus.CONFIRMED: "conflict",
}
HIT_PAGE = "admin:kyc_screeninghit_change"
LIST_PAGE = "admin:kyc_watchlist_change"
# Decision, words on the button, tone.
DECISIONS = (
    (HitStatus.FALSE_POSITIVE, "Another person", "success"),
    (HitStatus.CONFIRMED, "The listed person", "danger"),
)


@admin.register(Watchlist)
class WatchlistAdmin(ReadOnlyAdmin):
    """Which lists are searched, how old they are, and whether they may be relied on."""

    list_display = ("name", "format", "active_version", "people", "imported", "shown_state")
    list_select_related = ("active_version",)
    ordering = ("name",)

    @display(description="People")
    def people(self, watchlist: Watchlist) -> int:
        """Return how many people are on the version in force."""
        return watchlist.active_version.entries_count if watchlist.active_version else 0

    @display(description="Imported")
    def imported(self, watchlist: Watchlist) -> object:
        """Return when the version in force came."""
        return watchlist.active_version.created_at if watchlist.active_version else None

    @display(
        description="State",
        label={"in order": "success", "retired": "info", "not to be relied on": "danger"},
    )
    def shown_state(self, watchlist: Watchlist) -> str:
        """Return whether what is not found means anything."""
        if watchlist.retired_at is not None:
            return "retired"
        return "not to be relied on" if list_state(watchlist).trouble else "in order"

    def get_urls(self) -> list[URLPattern]:
        """Add the address of the button that takes a list out of use."""
        retire = self.admin_site.admin_view(self.retire_view)
        own = [path("<slug:name>/retire/", retire, name="kyc_watchlist_retire")]
        return own + list(super().get_urls())

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show a list with its versions."""
        rows = Watchlist.objects.select_related("active_version")
        watchlist = found(request, rows, "kyc.view_watchlist", object_id)
        may_retire = staff(request).has_perm("kyc.change_policy") and not watchlist.retired_at
        context = {
            **self.admin_site.each_context(request),
            "title": f"Watchlist {watchlist.name}",
            "opts": self.model._meta,
            "watchlist": watchlist,
            "state": list_state(watchlist),
            "versions": watchlist.versions.order_by("-number")[:VERSIONS_SHOWN],
            "retire_url": reverse("admin:kyc_watchlist_retire", args=[watchlist.pk])
            if may_retire
            else "",
        }
        return TemplateResponse(request, "admin/kyc/screening/watchlist.html", context)

    def retire_view(self, request: HttpRequest, name: str) -> HttpResponse:
        """Take a list out of use."""
        watchlist = found(request, Watchlist.objects.all(), "kyc.change_policy", name)
        if request.method == "POST":
            try:
                watchlist_retire(name=watchlist.pk, analyst=staff(request))
            except Refusal as refusal:
                messages.error(request, refusal.sentence)
            else:
                messages.success(request, f"{watchlist.pk} is searched no more.")
        return redirect(reverse(LIST_PAGE, args=[watchlist.pk]))


@admin.register(ScreeningHit)
class ScreeningHitAdmin(ReadOnlyAdmin):
    """Customers who may be on a list; the page behind a row explains it and takes the decision."""

    list_display = (
        "reference",
        "customer_reference",
        "shown_entry",
        "score",
        "source",
        "shown_status",
        "found_at",
    )
    list_filter = ("status", "source")
    list_select_related = ("entry",)
    search_fields = ("id__startswith", "customer__id__startswith")
    search_help_text = "First characters of a hit's or customer's id"
    ordering = ("-found_at",)

    @display(description="Hit")
    def reference(self, hit: ScreeningHit) -> str:
        """Return a short handle."""
        return hit.reference

    @display(description="Customer")
    def customer_reference(self, hit: ScreeningHit) -> str:
        """Return the customer's handle."""
        return str(hit.customer_id)[:8]

    @display(description="Entry")
    def shown_entry(self, hit: ScreeningHit) -> str:
        """Return list and number; the name is on the page, for those who may see evidence."""
        return str(hit.entry)

    @display(description="Status", ordering="status", label=HIT_COLOURS)
    def shown_status(self, hit: ScreeningHit) -> tuple[str, str]:
        """Return the status with its colour."""
        return hit.status, hit.get_status_display()

    def get_urls(self) -> list[URLPattern]:
        """Add the address that takes the decision."""
        decide = self.admin_site.admin_view(self.decide_view)
        own = [path("<uuid:hit_id>/decide/", decide, name="kyc_screeninghit_decide")]
        return own + list(super().get_urls())

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show a hit, with what was compared for those who may see evidence."""
        rows = ScreeningHit.objects.select_related("entry", "customer__data_key", "decided_by")
        hit = found(request, rows, "kyc.view_screeninghit", object_id)
        viewer = staff(request)
        can_see = viewer.has_perm("kyc.reveal_evidence")
        can_decide = can_see and viewer.has_perm("kyc.decide_verification")
        context = {
            **self.admin_site.each_context(request),
            "title": str(hit),
            "opts": self.model._meta,
            "hit": hit,
            "badge": HIT_BADGES[HitStatus(hit.status)],
            "rows": _rows(hit),
            "features": _features(hit) if can_see else [],
            "listed": _listed(hit.entry) if can_see else [],
            "actions": _actions(hit) if can_decide else [],
            "decide_url": reverse("admin:kyc_screeninghit_decide", args=[hit.pk]),
            "verification_url": reverse(
                "admin:kyc_verification_change", args=[hit.verification_id]
            ),
        }
        if can_see:
            with transaction.atomic():
                audit_record(actor=Actor.of_user(viewer), action="screening.hit_viewed", target=hit)
        return TemplateResponse(request, "admin/kyc/screening/hit.html", context)

    def decide_view(self, request: HttpRequest, hit_id: object) -> HttpResponse:
        """Take a person's decision."""
        hit = found(request, ScreeningHit.objects.all(), "kyc.decide_verification", str(hit_id))
        if request.method == "POST":
            try:
                hit_decide(
                    hit=hit,
                    decision=request.POST.get("decision", ""),
                    reason=request.POST.get("reason", ""),
                    seen=request.POST.get("seen", ""),
                    analyst=staff(request),
                )
            except Refusal as refusal:
                messages.error(request, refusal.sentence)
            else:
                messages.success(request, "Decided. As it stands, this entry does not come again.")
        return redirect(reverse(HIT_PAGE, args=[hit.pk]))


def _rows(hit: ScreeningHit) -> list[tuple[str, object]]:
    rows: list[tuple[str, object]] = [
        ("Customer", str(hit.customer_id)[:8]),
        ("Entry", str(hit.entry)),
        ("Score", f"{hit.score:.2f}"),
        ("Found by", hit.get_source_display()),
        ("Found", hit.found_at),
    ]
    if hit.entry.ended_in_id is not None:
        rows.append(("Entry now", "changed or removed since"))
    if hit.decided_at is not None:
        rows += [("Reason", hit.get_reason_display()), ("Decided", hit.decided_at)]
    return rows


def _features(hit: ScreeningHit) -> list[dict[str, Any]]:
    try:
        return hit_features(hit)
    except DataKeyDestroyed:
        return []


def _listed(entry: WatchlistEntry) -> list[tuple[str, str]]:
    labels = {
        "names": "Names",
        "birth_dates": "Born",
        "countries": "Countries",
        "programmes": "Listed for",
    }
    rows = [(label, "; ".join(entry.content[key])) for key, label in labels.items()]
    return [(label, words) for label, words in [*rows, ("Note", entry.content["note"])] if words]


def _actions(hit: ScreeningHit) -> list[dict[str, Any]]:
    return [
        {
            "name": str(decision),
            "label": label,
            "tone": tone,
            "reasons": HitReason.of_decision(decision),
        }
        for decision, label, tone in DECISIONS
        if ScreeningHit.transitions.permits(hit.status, decision)
    ]
