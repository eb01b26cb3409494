"""The addresses of channels: read as people write them, kept as one text, shown masked."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qsl, urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from cases.notifications.choices import ChannelKind

MAX_LENGTH = 2_000
MAX_RECIPIENTS = 20
MIN_SECRET_LENGTH = 16
# As https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks shows it.
SLACK_HOOK = re.compile(r"https://hooks\.slack\.com/services/(\w+)/(\w+)/(\w+)/?")
HELP = {
    ChannelKind.EMAIL: (
        "Addresses separated by commas, sent through the site’s own mail server; or "
        "mailtos://user:password@host?from=…&to=… for another one."
    ),
    ChannelKind.PERSONAL_EMAIL: "None: the address is that of whoever the news is about.",
    ChannelKind.SLACK: "The webhook’s address, https://hooks.slack.com/services/T…/B…/…",
    ChannelKind.SMS: "twilio://ACCOUNT_SID:AUTH_TOKEN@FROM/TO, further numbers after slashes",
    ChannelKind.PAGERDUTY: "pagerduty://INTEGRATION_KEY@API_KEY",
    ChannelKind.WEBHOOK: "https://… ; each message is a signed JSON POST",
}
SCHEMES = {
    ChannelKind.EMAIL: ("mailto", "mailtos"),
    ChannelKind.SLACK: ("slack",),
    ChannelKind.SMS: ("twilio",),
    ChannelKind.PAGERDUTY: ("pagerduty",),
    ChannelKind.WEBHOOK: ("https", "http"),
}
# Everything else is refused: apprise takes options that read files, fetch templates from anywhere,
# follow redirects, switch certificate checks off, or wait for ever. A webhook's query is its own.
OPTIONS = {
    ChannelKind.EMAIL: frozenset({"from", "to", "mode", "smtp", "user", "pass"}),
    ChannelKind.PAGERDUTY: frozenset({"region"}),
}


class AddressInvalid(ValueError):
    """The address is none of its kind; the text is a sentence that does not quote it."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a channel leads. Left out of ``repr``, so that it never reaches a log.

    Attributes
    ----------
    kind : ChannelKind
        The medium.
    text : str
        A URL, or mail addresses separated by commas, or empty for personal mail.
    secret : str
        Signs webhooks; may be empty.
    """

    kind: ChannelKind
    text: str = field(repr=False)
    secret: str = field(default="", repr=False)

    @property
    def is_site_mail(self) -> bool:
        """Whether it goes through the mail server of the site."""
        is_mail = self.kind in (ChannelKind.EMAIL, ChannelKind.PERSONAL_EMAIL)
        return is_mail and "://" not in self.text

    @property
    def recipients(self) -> tuple[str, ...]:
        """The mail addresses of site mail."""
        return tuple(part for part in self.text.split(",") if part)


def address_read(kind: str, text: str, secret: str = "") -> Address:
    """Return the address that somebody typed in, in the form in which it is kept.

    Raises
    ------
    AddressInvalid
        When nothing could ever be sent there.

    Examples
    --------
    >>> address_read("email", " a@example.com; b@example.com ").recipients
    ('a@example.com', 'b@example.com')
    >>> address_read("slack", "https://hooks.slack.com/services/T0/B0/s3cret").text
    'slack://T0/B0/s3cret'
    """
    known = ChannelKind(kind)
    text = text.strip()
    if len(text) > MAX_LENGTH:
        message = f"An address has at most {MAX_LENGTH} characters."
        raise AddressInvalid(message)
    if secret and len(secret) < MIN_SECRET_LENGTH:
        message = f"A secret that signs has at least {MIN_SECRET_LENGTH} characters."
        raise AddressInvalid(message)
    return Address(known, _kept(known, text), secret)


def masked(address: Address) -> str:
    """Return what may be shown of an address: enough to tell two apart, not enough to use one.

    Examples
    --------
    >>> masked(address_read("email", "ada@example.com, bob@example.com"))
    'a…@example.com, b…@example.com'
    >>> masked(address_read("webhook", "https://siem.example.com/hook?token=1"))
    'https://siem.example.com/…'
    """
    if address.kind == ChannelKind.PERSONAL_EMAIL:
        return "the person’s own"
    if address.is_site_mail:
        return ", ".join(f"{one[:1]}…@{one.rpartition('@')[2]}" for one in address.recipients)
    parts = urlsplit(address.text)
    if address.kind in (ChannelKind.WEBHOOK, ChannelKind.EMAIL):
        return f"{parts.scheme}://{_host_of(parts)}/…"
    # The last four characters of the longest secret part: as a card is told from another.
    longest = max(re.split(r"[/:@?]+", address.text.partition("://")[2]), key=len)
    return f"{parts.scheme} …{longest[-4:] if len(longest) >= 16 else ''}"


def _kept(kind: ChannelKind, text: str) -> str:
    if kind == ChannelKind.PERSONAL_EMAIL:
        return ""
    if kind == ChannelKind.EMAIL and "://" not in text:
        return _recipients(text)
    if kind == ChannelKind.SLACK and (hook := SLACK_HOOK.fullmatch(text)):
        return "slack://" + "/".join(hook.groups())
    parts = _split(text)
    if parts.scheme not in SCHEMES[kind]:
        message = f"This is no address for {kind.label}. It looks like this: {HELP[kind]}"
        raise AddressInvalid(message)
    if kind == ChannelKind.WEBHOOK:
        _check_webhook(parts)
    else:
        _check_options(parts, OPTIONS.get(kind, frozenset()))
    return text


def _recipients(text: str) -> str:
    found = [part for part in re.split(r"[,;\s]+", text) if part]
    if not 1 <= len(found) <= MAX_RECIPIENTS:
        message = f"Write one to {MAX_RECIPIENTS} mail addresses, separated by commas."
        raise AddressInvalid(message)
    try:
        for one in found:
            validate_email(one)
    except ValidationError:
        message = "One of the mail addresses is none."
        raise AddressInvalid(message) from None
    return ",".join(found)


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        # Read, because a port that is none is found only then.
        _ = parts.port
    except ValueError:
        message = "The address cannot be read."
        raise AddressInvalid(message) from None
    return parts


def _check_options(parts: SplitResult, known: frozenset[str]) -> None:
    names = {name.lower() for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    if names - known:
        allowed = f"Only these are: {', '.join(sorted(known))}." if known else "None are."
        message = f"The address has options that are not allowed. {allowed}"
        raise AddressInvalid(message)


def _check_webhook(parts: SplitResult) -> None:
    if not parts.hostname:
        message = "The address names no host."
        raise AddressInvalid(message)
    if parts.username or parts.password:
        message = "Leave user and password out of the address; the signature proves who sends."
        raise AddressInvalid(message)


def _host_of(parts: SplitResult) -> str:
    return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)
