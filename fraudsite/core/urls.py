"""Addresses for machines that watch the site."""

from __future__ import annotations

from django.urls import path

from fraudsite.core.health import health, readyz

urlpatterns = [
    path("health", health, name="health"),
    path("healthz", health, name="healthz"),
    path("readyz", readyz, name="readyz"),
]
