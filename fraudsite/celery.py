"""The Celery application: worker and scheduler."""

from __future__ import annotations

from celery import Celery

from fraudsite.environment import load_environment

load_environment()

app = Celery("fraudsite", task_cls="fraudsite.core.base_task:BaseTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
