"""The scoring app."""

from __future__ import annotations

from django.apps import AppConfig


class ScoringConfig(AppConfig):
    """Features, models, rules and decisions about transactions."""

    name = "scoring"
    verbose_name = "Scoring"
