"""What the request middleware's log lines say beside the request's id."""

from __future__ import annotations

from typing import Any

import structlog
from django.http import HttpRequest
from django_structlog.signals import bind_extra_request_metadata

from fraudsite.core.client_ip import client_ip


def bind_client_ip(request: HttpRequest, **_: Any) -> None:
    """Bind the client's address; redaction keeps only its network."""
    structlog.contextvars.bind_contextvars(ip=client_ip(request))


bind_extra_request_metadata.connect(bind_client_ip)
