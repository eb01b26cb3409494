"""One message to one address, within a time limit, without a secret in any log."""

from __future__ import annotations

import logging
import re

from apprise import Apprise, NotifyFormat, NotifyType
from apprise.result import AppriseResult, AppriseResultStatus

from cases.notifications.addresses import Address
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
from cases.notifications.services import ASSET, AddressUnusable, service_for
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
    except HostRefused as refused:
        return host_refused(str(refused))
    except OSError:
        return NO_ANSWER
    wire = Apprise(asset=ASSET)
    wire.add(service)
    result = wire.notify(
        body=words.text,
        title=words.title,
        notify_type=LEVELS[words.severity],
        body_format=NotifyFormat.TEXT,
        timeout=deadline_s,
        log_level=logging.WARNING,
    )
    if isinstance(service, SiteMail | SignedWebhook) and not _is_timeout(result):
        return service.outcome
    return _outcome(result)


def _outcome(result: AppriseResult) -> Outcome:
    if result:
        return SENT
    if _is_timeout(result):
        return TIMED_OUT
    lines = [entry.message for one in result for attempt in one for entry in attempt]
    statuses = [int(found.group(1)) for line in lines for found in ANSWERED.finditer(line)]
    return http_outcome(statuses[-1]) if statuses else NO_ANSWER


def _is_timeout(result: AppriseResult) -> bool:
    return result.status == AppriseResultStatus.TIMEOUT
