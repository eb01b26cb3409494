"""The project package. Importing it makes the Celery application known to every process."""

from __future__ import annotations

from fraudsite.celery import app as celery_app

__all__ = ["celery_app"]
