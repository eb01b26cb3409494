"""The cases app."""

from __future__ import annotations

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Alerts, cases and the analysts who work them."""

    name = "cases"
    verbose_name = "Cases"
