"""A signed JSON POST to an address of the operator's choice, as a service of apprise."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import socket
import ssl
import time
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from apprise import AppriseAsset, NotifyBase

from cases.notifications.outcomes import NO_ANSWER, TIMED_OUT, Outcome, host_refused, http_outcome
from cases.notifications.public_hosts import HostRefused, connect_to_host
from cases.notifications.words import Words

SIGNATURE_HEADER = "X-Fraudsite-Signature"
DELIVERY_HEADER = "X-Fraudsite-Delivery"


def signature(secret: str, body: bytes, timestamp: int) -> str:
    """Return what proves to the receiver who sent a body, and when.

    Parameters
    ----------
    secret : str
        Known to both sides.
    body : bytes
        As sent.
    timestamp : int
        Seconds since 1970. It is signed too, so that a recorded request can be refused as old.

    Returns
    -------
    str
        ``t=<timestamp>,v1=<hex>``: HMAC-SHA256 over the timestamp, a dot and the body.

    References
    ----------
    RFC 2104 (HMAC).

    Examples
    --------
    >>> signature("secret", b"{}", 1)[:20]
    't=1,v1=1122767b19311'
    """
    signed = f"{timestamp}.".encode() + body
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={digest}"


class SignedWebhook(NotifyBase):
    """Posts one message. Redirects are not followed, proxies of the environment not used."""

    service_name = "Signed webhook"
    secure_protocol = "https"
    # It is made for one message; the channel's own throttle decides when.
    request_rate_per_sec = 0

    def __init__(
        self,
        *,
        address: str,
        secret: str,
        words: Words,
        delivery_id: str,
        timeout_s: float,
        is_private_allowed: bool,
        asset: AppriseAsset,
    ) -> None:
        super().__init__(asset=asset, schema="https")
        self._address = urlsplit(address)
        self._secret = secret
        self._words = words
        self._delivery_id = delivery_id
        self._timeout_s = timeout_s
        self._is_private_allowed = is_private_allowed
        self._open: socket.socket | None = None
        self.outcome: Outcome = NO_ANSWER

    def abort(self) -> None:
        """End a connection that is open, so that whoever waits on it waits no longer."""
        if self._open is not None:
            with suppress(OSError):
                self._open.shutdown(socket.SHUT_RDWR)

    def send(self, body: str, title: str = "", **_: Any) -> bool:
        """Post the message; whether the other side answered with 2xx."""
        self.outcome = self._try(title, body)
        return self.outcome.is_sent

    def url(self, *_: Any, **__: Any) -> str:
        """Return the address without what may be secret in it."""
        return f"{self._address.scheme}://{self._address.hostname}/"

    def _try(self, title: str, body: str) -> Outcome:
        content = json.dumps({"title": title, "text": body, **self._words.data}).encode()
        try:
            return http_outcome(self._post(content))
        except HostRefused as refused:
            return host_refused(str(refused))
        except TimeoutError:
            return TIMED_OUT
        except (OSError, http.client.HTTPException):
            return NO_ANSWER

    def _post(self, content: bytes) -> int:
        host, is_secure = self._address.hostname or "", self._address.scheme == "https"
        port = self._address.port or (443 if is_secure else 80)
        plain = connect_to_host(
            host, port, self._timeout_s, is_private_allowed=self._is_private_allowed
        )
        with plain:
            self._open = plain
            connection = _http_over(plain, host, port, is_secure=is_secure)
            self._open = connection.sock
            if isinstance(connection.sock, ssl.SSLSocket):
                # Only now that `abort` has hold of it: a server can take for ever over this too.
                connection.sock.do_handshake()
            try:
                connection.request("POST", self._target(), content, self._headers(content))
                # The body of the answer tells nothing that is needed.
                return connection.getresponse().status
            finally:
                connection.close()

    def _target(self) -> str:
        query = f"?{self._address.query}" if self._address.query else ""
        return f"{self._address.path or '/'}{query}"

    def _headers(self, content: bytes) -> dict[str, str]:
        headers = {
            "Content-Type": "application/json",
            "User-Agent": self.app_id,
            DELIVERY_HEADER: self._delivery_id,
        }
        if self._secret:
            headers[SIGNATURE_HEADER] = signature(self._secret, content, int(time.time()))
        return headers


def _http_over(
    plain: socket.socket, host: str, port: int, *, is_secure: bool
) -> http.client.HTTPConnection:
    """Return HTTP over a connection that is open already; hands are yet to be shaken over TLS."""
    if not is_secure:
        connection = http.client.HTTPConnection(host, port)
        connection.sock = plain
        return connection
    context = ssl.create_default_context()
    secure = http.client.HTTPSConnection(host, port, context=context)
    secure.sock = context.wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False)
    return secure
