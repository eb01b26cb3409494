"""One message to one address, within a time limit, without a secret in any log."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable

from apprise import Apprise, NotifyBase, NotifyFormat, NotifyType
from apprise.result import AppriseResult

from cases.notifications.addresses import Address
from cases.notifications.deadline import DeadlinePassed, done_within
from cases.notifications.outcomes import (
    NO_ANSWER,
    SENT,
    TIMED_OUT,
    UNUSABLE,
    Outcome,
    host_refused,
    http_outcome,
)
from cases.notifications.public_hosts import HostRefused
from cases.notifications.services import ASSET, AddressUnusable, require_host_allowed, service_for
from cases.notifications.site_mail import SiteMail
from cases.notifications.webhook import SignedWebhook
from cases.notifications.words import Words

# For the whole message. A socket's own limit starts anew with every byte, so a server that sends
# one a second would hold the worker for as long as it likes.
DEADLINE_S = 10.0
LEVELS = {
    1: NotifyType.INFO,
    2: NotifyType.INFO,
    3: NotifyType.WARNING,
    4: NotifyType.FAILURE,
}
# What apprise's services end their line with when the other side answered with a status.
ANSWERED = re.compile(r"error=(\d{3})\b")


def keep_wires_out_of_logs() -> None:
    """Have no record of the libraries reach a handler that shows addresses.

    apprise names tokens when it refuses them and whole URLs at DEBUG, urllib3 the path of every
    request at DEBUG. What is worth knowing is in the `Outcome`.
    """
    wires = logging.getLogger("apprise")
    wires.propagate = False
    wires.addHandler(logging.NullHandler())
    logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)


keep_wires_out_of_logs()


def send(
    address: Address,
    words: Words,
    *,
    delivery_id: str,
    is_private_allowed: bool,
    deadline_s: float = DEADLINE_S,
) -> Outcome:
    """Send a message and return how that ended; nothing is raised for what is wrong out there."""
    try:
        service = service_for(
            address,
            words,
            delivery_id=delivery_id,
            timeout_s=deadline_s,
            is_private_allowed=is_private_allowed,
        )
    except AddressUnusable:
        return UNUSABLE

    def act() -> AppriseResult:
        if not is_private_allowed:
            require_host_allowed(service)
        return _notify(service, words)

    try:
        result = done_within(deadline_s, act, _abort_of(service))
    except DeadlinePassed:
        return TIMED_OUT
    except HostRefused as refused:
        return host_refused(str(refused))
    except OSError:
        return NO_ANSWER
    return _outcome(service, result)


def _notify(service: NotifyBase, words: Words) -> AppriseResult:
    wire = Apprise(asset=ASSET)
    wire.add(service)
    return wire.notify(
        body=words.text,
        title=words.title,
        notify_type=LEVELS[words.severity],
        body_format=NotifyFormat.TEXT,
        log_level=logging.WARNING,
    )


def _abort_of(service: NotifyBase) -> Callable[[], object]:
    """Return what ends a service of our own; the others hold their connections to themselves."""
    return service.abort if isinstance(service, SiteMail | SignedWebhook) else bool


def _outcome(service: NotifyBase, result: AppriseResult) -> Outcome:
    if isinstance(service, SiteMail | SignedWebhook):
        return service.outcome
    if result:
        return SENT
    lines = [entry.message for one in result for attempt in one for entry in attempt]
    statuses = [int(found.group(1)) for line in lines for found in ANSWERED.finditer(line)]
    return http_outcome(statuses[-1]) if statuses else NO_ANSWER
