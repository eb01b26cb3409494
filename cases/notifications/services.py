"""The service of apprise that carries a message to an address."""

from __future__ import annotations

from typing import Any

from apprise import AppriseAsset, NotifyBase
from apprise.exception import AppriseException
from apprise.plugins.email.base import NotifyEmail
from apprise.plugins.pagerduty import NotifyPagerDuty
from apprise.plugins.slack import NotifySlack
from apprise.plugins.twilio import NotifyTwilio

from cases.notifications.addresses import Address
from cases.notifications.choices import ChannelKind
from cases.notifications.public_hosts import require_public_host
from cases.notifications.site_mail import SiteMail
from cases.notifications.webhook import SignedWebhook
from cases.notifications.words import Words

PLUGINS = {
    ChannelKind.EMAIL: NotifyEmail,
    ChannelKind.SLACK: NotifySlack,
    ChannelKind.SMS: NotifyTwilio,
    ChannelKind.PAGERDUTY: NotifyPagerDuty,
}
# Kept in memory alone; its own files would hold addresses in clear.
ASSET = AppriseAsset(
    app_id="Fraudsite",
    app_desc="Fraudsite",
    app_url="",
    http_redirects=False,
    # Time is kept by `sending`.
    service_timeout=0,
)


class AddressUnusable(Exception):
    """Apprise makes nothing of the address; it says why only with the secret in it."""


def service_for(
    address: Address,
    words: Words,
    *,
    delivery_id: str,
    timeout_s: float,
    is_private_allowed: bool,
) -> NotifyBase:
    """Return what sends this one message there.

    Raises
    ------
    AddressUnusable
        When the address is none that its kind understands.
    """
    if address.is_site_mail:
        return SiteMail(
            recipients=address.recipients, words=words, timeout_s=timeout_s, asset=ASSET
        )
    if address.kind == ChannelKind.WEBHOOK:
        return SignedWebhook(
            address=address.text,
            secret=address.secret,
            words=words,
            delivery_id=delivery_id,
            timeout_s=timeout_s,
            is_private_allowed=is_private_allowed,
            asset=ASSET,
        )
    return _plugin_service(address, words, timeout_s)


def require_host_allowed(service: NotifyBase) -> None:
    """Raise `HostRefused` when a mail server named by a channel lies in a private network.

    A webhook looks for itself, at the moment it connects; the other hosts are not for choice.
    Raises `OSError` when the name is unknown.
    """
    if isinstance(service, NotifyEmail):
        require_public_host(service.smtp_host, service.port)


def _plugin_service(address: Address, words: Words, timeout_s: float) -> NotifyBase:
    plugin = PLUGINS[address.kind]
    try:
        read = plugin.parse_url(address.text)
        if not read:
            raise AddressUnusable
        return plugin(**{**read, **_fixed(timeout_s), **_extras(address.kind, words)})
    except (AppriseException, TypeError, ValueError):
        raise AddressUnusable from None


def _fixed(timeout_s: float) -> dict[str, Any]:
    """Return what no address decides: certificates, redirects, time-outs, tries."""
    return {
        "asset": ASSET,
        "verify": True,
        "redirect": False,
        "cto": timeout_s,
        "rto": timeout_s,
        "retry": 0,
        "wait": 0,
        "optional": False,
    }


def _extras(kind: ChannelKind, words: Words) -> dict[str, Any]:
    """Return what a medium can do beyond words: an incident that later messages add to."""
    if kind != ChannelKind.PAGERDUTY:
        return {}
    return {
        "source": "fraudsite",
        "component": "cases",
        "click": words.url or None,
        "dedup": words.incident or None,
        "include_image": False,
    }
