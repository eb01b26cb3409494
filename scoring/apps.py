"""The scoring app."""

from __future__ import annotations

from django.apps import AppConfig

from scoring import load_hooks


class ScoringConfig(AppConfig):
    """Features, models, rules and decisions about transactions."""

    name = "scoring"
    verbose_name = "Scoring"

    def ready(self) -> None:
        """Take part in loads of history, and register the system checks."""
        load_hooks.register()
        from scoring import checks  # noqa: F401, PLC0415 - imported for what it registers
