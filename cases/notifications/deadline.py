"""Work that ends in time, or is left to itself."""

from __future__ import annotations

from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TypeVar

Result = TypeVar("Result")


class DeadlinePassed(Exception):
    """The work was not done in time."""


def done_within(
    deadline_s: float, act: Callable[[], Result], abort: Callable[[], object]
) -> Result:
    """Return what `act` returns, if it does in time.

    It runs on a thread of its own. A pool, such as the one apprise would use, is empty after as
    many tries as it has threads when one server sends its answer a byte a minute, and then nobody
    is told anything any more.

    Parameters
    ----------
    deadline_s : float
        Seconds from now.
    act : callable
        The work.
    abort : callable
        Called when time is up, to have `act` end by itself: it closes a connection, for example.
        Where nothing can be closed the thread stays until the other side gives up.

    Raises
    ------
    DeadlinePassed
        When it took too long.
    """
    ended: SimpleQueue[tuple[Result | None, BaseException | None]] = SimpleQueue()

    def run() -> None:
        try:
            ended.put((act(), None))
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            ended.put((None, error))

    Thread(target=run, name="notification", daemon=True).start()
    try:
        result, error = ended.get(timeout=deadline_s)
    except Empty:
        abort()
        raise DeadlinePassed from None
    if error is not None:
        raise error
    return result  # type: ignore[return-value]  # it is the result whenever there is no error
