"""The cases app."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.apps import apps as global_apps
from django.db.models.signals import post_migrate

from fraudsite.core.decision_guards import guard_register
from fraudsite.core.erasure import erasure_register


class CasesConfig(AppConfig):
    """Alerts, cases and the analysts who work them."""

    name = "cases"
    verbose_name = "Casework"

    def ready(self) -> None:
        """Have the queues there after every `migrate` and `flush`; guard what two people decide."""
        post_migrate.connect(make_shipped_queues, sender=self)
        # Its models are ready only now.
        from cases.services.erasure import casework_forget, casework_objection  # noqa: PLC0415
        from cases.services.second_look_guard import second_look_objection  # noqa: PLC0415

        guard_register(second_look_objection)
        erasure_register(guard=casework_objection, hook=casework_forget)


def make_shipped_queues(apps: Any = global_apps, **_kwargs: Any) -> None:
    """Make the queues that are missing of those every installation has."""
    from cases.queue_defaults import SHIPPED_QUEUES  # noqa: PLC0415 - needs the apps to be ready

    try:
        queue = apps.get_model("cases", "Queue")
    except LookupError:
        return  # the app was migrated to nothing
    for shipped in SHIPPED_QUEUES:
        queue.objects.get_or_create(pk=str(shipped.name), defaults=shipped.columns())
