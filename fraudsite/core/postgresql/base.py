"""Named by DATABASES["default"]["ENGINE"]; Django looks for this file and this class."""

from __future__ import annotations

import select
from typing import Any

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that is kept between requests.

    A server that ends an idle connection, because it stops, fails over or was told to, says so and
    hangs up: then there is something to read. Where there is nothing, nothing happened. That costs
    a look at the socket; Django's own check is a statement before each request, one in eight of
    those that a payment takes.
    """

    # Django's own, which its stubs leave out.
    health_check_enabled: bool
    health_check_done: bool

    def close_if_health_check_failed(self) -> None:
        """Close the connection if it is dead; asks the server only when it has sent something."""
        is_asked_for = self.health_check_enabled and not self.health_check_done
        if is_asked_for and self.connection is not None and _is_silent(self.connection):
            self.health_check_done = True
            return
        super().close_if_health_check_failed()


def _is_silent(connection: Any) -> bool:
    """Whether an idle connection is open and has sent nothing."""
    if connection.closed:
        return False
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    return not waiting.poll(0)
