"""Mail over the server that the whole site uses (EMAIL_URL), as a service of apprise."""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from apprise import AppriseAsset, NotifyBase
from django.core.mail import EmailMultiAlternatives, get_connection

from cases.notifications.outcomes import NO_ANSWER, REJECTED, SENT, TIMED_OUT, Outcome
from cases.notifications.words import Words


class SiteMail(NotifyBase):
    """Sends one message to some addresses, each of which sees only itself."""

    service_name = "Site mail"
    secure_protocol = "sitemail"
    request_rate_per_sec = 0

    def __init__(
        self,
        *,
        recipients: Sequence[str],
        words: Words,
        timeout_s: float,
        asset: AppriseAsset,
    ) -> None:
        super().__init__(asset=asset, schema="sitemail")
        self._recipients = tuple(recipients)
        self._words = words
        # Django's own setting has no time-out; without one a silent server holds the thread.
        self._connection = get_connection(timeout=timeout_s)
        self.outcome: Outcome = NO_ANSWER

    def abort(self) -> None:
        """End a session that is open; backends that talk to no server have none."""
        session = getattr(self._connection, "connection", None)
        sock = getattr(session, "sock", None)
        if isinstance(sock, socket.socket):
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def send(self, body: str, title: str = "", **_: Any) -> bool:
        """Send the mail; whether the server took it."""
        self.outcome = self._try(title, body)
        return self.outcome.is_sent

    def url(self, *_: Any, **__: Any) -> str:
        """Return no address: they are people's."""
        return "sitemail://"

    def _try(self, title: str, body: str) -> Outcome:
        try:
            self._connection.send_messages(
                [self._mail(one, title, body) for one in self._recipients]
            )
        except TimeoutError:
            return TIMED_OUT
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError, smtplib.SMTPSenderRefused):
            return REJECTED
        except (OSError, smtplib.SMTPException) as fault:
            # smtplib reports a server that fell silent as one that hung up.
            return TIMED_OUT if isinstance(fault.__context__, TimeoutError) else NO_ANSWER
        return SENT

    def _mail(self, recipient: str, title: str, body: str) -> EmailMultiAlternatives:
        headers = {"Auto-Submitted": "auto-generated"}
        if self._words.incident:
            # One conversation a case, in whatever order its mails arrive.
            headers["References"] = f"<case-{self._words.incident}@fraudsite.invalid>"
        mail = EmailMultiAlternatives(title, body, to=[recipient], headers=headers)
        if self._words.html:
            mail.attach_alternative(self._words.html, "text/html")
        return mail
