"""The platform application."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

from fraudsite.core import checks  # noqa: F401 - imported for the checks it registers


class CoreConfig(AppConfig):
    """Registers the system checks, every app's outbox consumers and every app's engine probes."""

    name = "fraudsite.core"
    label = "core"
    verbose_name = "Platform"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Import each app's `consumers` and `probes` for what they register."""
        # Not before the apps are ready: both reach models.
        import_module("fraudsite.core.account_adapter")
        import_module("fraudsite.core.request_logging")
        autodiscover_modules("consumers", "probes")
