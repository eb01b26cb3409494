"""Makes the staff site the default admin site."""

from __future__ import annotations

from django.contrib.admin.apps import AdminConfig


class FraudAdminConfig(AdminConfig):
    """Django's admin, with our site in place of its own."""

    default_site = "fraudsite.admin_site.FraudAdminSite"
