"""Rules: the list, and the addresses of the pages of their versions."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from unfold.decorators import display

from fraudsite.core.admin.read_only import ReadOnlyAdmin
from scoring.admin.gates import staff
from scoring.admin.later import later
from scoring.choices import RuleStatus
from scoring.models import Rule, RuleVersion

S = RuleStatus
STATUS_COLOURS = {S.ACTIVE: "success", S.SHADOW: "info", S.DRAFT: "warning", S.RETIRED: "danger"}
ACTS = ("edit", "backtest", "shadow", "activate", "retire")


@admin.register(Rule)
class RuleAdmin(ReadOnlyAdmin):
    """Nothing is edited in place: what a rule says is in its versions, each with a life."""

    list_display = ("title", "id", "active_version", "effect", "hits", "newest_version")
    search_fields = ("id", "title")
    ordering = ("title",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Rule]:
        """Read the versions of all rules at once, newest first."""
        rules: QuerySet[Rule] = super().get_queryset(request)
        newest_first = RuleVersion.objects.order_by("-number")
        return rules.prefetch_related(Prefetch("versions", newest_first))

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Whether the user writes rules."""
        return staff(request).has_perm("scoring.add_rule")

    @display(description="Acting")
    def active_version(self, rule: Rule) -> str:
        """Return the version in force."""
        active = _active(rule)
        return f"@{active.number}" if active is not None else "none"

    @display(description="Effect")
    def effect(self, rule: Rule) -> str:
        """Return what a hit of the version in force leads to."""
        active = _active(rule)
        return active.get_effect_display() if active is not None else ""

    @display(description="Hits in the last backtest")
    def hits(self, rule: Rule) -> str:
        """Return hits of how many, of the newest version that was tested."""
        tested = next((one for one in rule.versions.all() if one.backtest), None)
        if tested is None or tested.backtest is None:
            return ""
        matched, evaluated = tested.backtest["matched"], tested.backtest["evaluated"]
        return f"{matched:,} of {evaluated:,} (@{tested.number})"

    @display(description="Newest", label=STATUS_COLOURS)
    def newest_version(self, rule: Rule) -> tuple[str, str] | None:
        """Return the newest version's status with its colour."""
        newest = next(iter(rule.versions.all()), None)
        if newest is None:
            return None
        return newest.status, f"@{newest.number} {newest.get_status_display()}"

    def get_urls(self) -> list[URLPattern]:
        """Put the pages of versions before the admin's own."""
        wrap, version = self.admin_site.admin_view, "<slug:rule_id>/<int:number>/"
        draft_view = wrap(later(self, "rule_views.draft_view"))
        version_view = wrap(later(self, "rule_views.version_view"))
        own = [
            path("<slug:rule_id>/draft/", draft_view, name="scoring_rule_draft"),
            path(version, version_view, name="scoring_rule_version"),
            *(
                path(
                    f"{version}{act}/",
                    wrap(later(self, f"rule_views.{act}_view")),
                    name=f"scoring_rule_{act}",
                )
                for act in ACTS
            ),
        ]
        return own + list(super().get_urls())

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Write a new rule's first draft."""
        return later(self, "rule_views.new_view")(request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show a rule with its versions."""
        return later(self, "rule_views.rule_view")(request, object_id)


def _active(rule: Rule) -> RuleVersion | None:
    return next((one for one in rule.versions.all() if one.status == S.ACTIVE), None)
