"""Addresses of the whole site."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from fraudsite.home import home

urlpatterns = [
    # First, as it is asked hundreds of times a second.
    path("api/v1/", include("scoring.api.urls")),
    path("api/v1/", include("cases.api.urls")),
    path("", home, name="home"),
    path("", include("fraudsite.core.urls")),
    path("", include("kyc.urls")),
    path("", include("transactions.urls")),
    path("", include("scoring.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/cases/export/", include("cases.admin.exports")),
    path("admin/cases/reports/", include("cases.admin.reports")),
    path("admin/", admin.site.urls),
]
