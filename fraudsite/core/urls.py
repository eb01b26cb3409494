"""Addresses for machines: those that watch the site, and the description of the API."""

from __future__ import annotations

from django.urls import path

from fraudsite.core.api.schema_views import ApiSchemaView, api_docs
from fraudsite.core.health import health, readyz

urlpatterns = [
    path("health", health, name="health"),
    path("healthz", health, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("api/schema/", ApiSchemaView.as_view(), name="api_schema"),
    path("api/docs/", api_docs, name="api_docs"),
]
