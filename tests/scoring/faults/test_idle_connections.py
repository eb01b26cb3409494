"""A caller that pauses between two payments is not hung up on."""

from __future__ import annotations

import time

import pytest

from tests.scoring.faults.site import URL, Site, a_payment

pytestmark = pytest.mark.slow  # gunicorn starts, about 6 s

# Well beyond the 2 s after which gunicorn by itself, and the second at which it looks, hangs up.
PAUSE_S = 5


def test_a_connection_outlives_a_pause(site: Site) -> None:
    caller = site.caller()
    port = caller.local_port()

    first = caller.post(URL, a_payment())
    time.sleep(PAUSE_S)
    second = caller.post(URL, a_payment())

    assert (first.status, second.status) == (201, 201)
    assert caller.local_port() == port
    caller.close()
