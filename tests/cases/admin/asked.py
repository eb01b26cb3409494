"""Requests as a browser of the workplace sends them."""

from __future__ import annotations

from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpResponse


def said(answer: Any) -> list[str]:
    """Return what the page after an answer tells the person."""
    return [str(message) for message in get_messages(answer.wsgi_request)]


def target(answer: HttpResponse) -> str:
    """Return where an answer leads."""
    return str(answer.headers["Location"])
