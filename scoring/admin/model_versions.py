"""Models: the list, and the addresses of their pages."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from unfold.decorators import display

from fraudsite.core.admin.read_only import ReadOnlyAdmin
from scoring.admin.later import later
from scoring.choices import ModelStatus
from scoring.models import ModelVersion

S = ModelStatus
STATUS_COLOURS = {S.CHAMPION: "success", S.SHADOW: "info", S.CANDIDATE: "info", S.RETIRED: "danger"}


@admin.register(ModelVersion)
class ModelVersionAdmin(ReadOnlyAdmin):
    """Newest first; training registers them, a person promotes them."""

    list_display = (
        *("version", "shown_status", "shown_demo", "shown_average_precision"),
        *("created_at", "promoted_at"),
    )
    list_filter = ("status", "is_demo")
    ordering = ("-created_at", "-pk")

    @display(description="Status", label=STATUS_COLOURS)
    def shown_status(self, model: ModelVersion) -> tuple[str, str]:
        """Return the status with its colour."""
        return model.status, model.get_status_display()

    @display(description="Trained on", label={"demo": "warning", "own": "success"})
    def shown_demo(self, model: ModelVersion) -> tuple[str, str]:
        """Return whether it learned from generated data."""
        return ("demo", "generated data") if model.is_demo else ("own", "own labels")

    @display(description="Average precision")
    def shown_average_precision(self, model: ModelVersion) -> str:
        """Return the honest figure: of the slice nothing was fitted on."""
        value = average_precision_of(model)
        return "" if value is None else f"{value:.3f}"

    def get_urls(self) -> list[URLPattern]:
        """Add the two things a person may do."""
        wrap = self.admin_site.admin_view
        own = [
            path(
                f"<uuid:key>/{act}/",
                wrap(later(self, f"model_views.{act}_view")),
                name=f"scoring_modelversion_{act}",
            )
            for act in ("promote", "rollback")
        ]
        return own + list(super().get_urls())

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show one model with its measurements and its history."""
        return later(self, "model_views.model_view")(request, object_id)


def average_precision_of(model: ModelVersion) -> float | None:
    """Return the average precision on the test slice, None if it was not measured."""
    test = (model.manifest.get("metrics") or {}).get("test") or {}
    value = test.get("average_precision")
    return None if value is None else float(value)
