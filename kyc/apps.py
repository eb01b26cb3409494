"""The identity-verification app."""

from __future__ import annotations

from django.apps import AppConfig


class KycConfig(AppConfig):
    """Registers the system checks; the platform finds `probes.py` and `consumers.py` itself."""

    name = "kyc"
    verbose_name = "Identity verification"

    def ready(self) -> None:
        # Imported for what they register; models must be loaded before.
        from kyc import checks  # noqa: F401, PLC0415
