"""A small model with a status, known to no app: what the platform does to any model."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from fraudsite.core.transitions import TransitionTable


class Parcel(models.Model):
    """A parcel: packed -> sent -> delivered, or packed -> lost."""

    transitions: ClassVar[TransitionTable] = TransitionTable(
        {
            "packed": {"sent", "lost"},
            "sent": {"delivered"},
            "delivered": set(),
            "lost": set(),
        }
    )

    status = models.CharField(max_length=20, default="packed")
    carrier = models.CharField(max_length=20, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[models.Manager[Parcel]] = models.Manager()

    class Meta:
        app_label = "parcels"
