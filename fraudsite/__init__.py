"""The project package. Importing it makes the Celery application known to `shared_task`."""

from __future__ import annotations
