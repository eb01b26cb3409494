from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from tests.cases.notifications.http_sink import HttpSink, http_sink
from tests.cases.notifications.smtp_sink import SmtpSink, smtp_sink


@pytest.fixture
def http() -> Iterator[HttpSink]:
    """An HTTP server on this machine."""
    with http_sink() as sink:
        yield sink


@pytest.fixture
def smtp() -> Iterator[SmtpSink]:
    """An SMTP server on this machine."""
    with smtp_sink() as sink:
        yield sink


@pytest.fixture
def site_mail(smtp: SmtpSink, settings: object) -> SmtpSink:
    """The same SMTP server as the one the whole site sends its mail through."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", smtp.port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    return smtp


@pytest.fixture
def closed_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])
