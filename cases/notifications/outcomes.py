"""How a try to deliver a message ended, in words that hold no secret."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of one try.

    Attributes
    ----------
    is_sent : bool
        The other side took the message.
    code : str
        Stable, for logs and metrics: "sent", "timeout", "no_answer", "http_503", "host_refused",
        "rejected", "unusable".
    sentence : str
        For the delivery log; empty when it was sent.
    """

    is_sent: bool
    code: str
    sentence: str = ""


SENT = Outcome(is_sent=True, code="sent")
TIMED_OUT = Outcome(is_sent=False, code="timeout", sentence="The server took too long to answer.")
NO_ANSWER = Outcome(
    is_sent=False, code="no_answer", sentence="The server could not be reached or did not answer."
)
REJECTED = Outcome(
    is_sent=False, code="rejected", sentence="The mail server refused the message or a recipient."
)
UNUSABLE = Outcome(
    is_sent=False,
    code="unusable",
    sentence="The channel's address cannot be read; enter it again.",
)


def http_outcome(status: int) -> Outcome:
    """Return how a try ended that was answered with an HTTP status.

    Examples
    --------
    >>> http_outcome(204).is_sent
    True
    >>> http_outcome(503).sentence
    'The server answered 503 Service Unavailable.'
    >>> http_outcome(302).sentence
    'The server answered 302 Found. Redirects are not followed; enter the final address.'
    """
    if 200 <= status < 300:
        return SENT
    phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else "(no known status)"
    sentence = f"The server answered {status} {phrase}."
    if 300 <= status < 400:
        sentence += " Redirects are not followed; enter the final address."
    return Outcome(is_sent=False, code=f"http_{status}", sentence=sentence)


def host_refused(sentence: str) -> Outcome:
    """Return that nothing was sent because of where it would have gone."""
    return Outcome(is_sent=False, code="host_refused", sentence=sentence)
