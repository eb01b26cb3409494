"""The WSGI entry point, for gunicorn."""

from __future__ import annotations

from django.core.wsgi import get_wsgi_application

from fraudsite.environment import load_environment

load_environment()
application = get_wsgi_application()
