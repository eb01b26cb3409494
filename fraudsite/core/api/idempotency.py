"""The `Idempotency-Key` header: what a client sends so that a repeated request is carried out once.

The frame reads the key and tells one body from another; what was answered is kept by the endpoint,
in the transaction of what it did.

References
----------
IETF draft-ietf-httpapi-idempotency-key-header-06 ("Syntax", "Idempotency Fingerprint", "Error
Scenarios": 400 for a malformed key, 422 for one used with another body, 409 for a request that is
still being carried out).
"""

from __future__ import annotations

import hashlib
import re
from decimal import Decimal

import msgspec
from rest_framework import status
from rest_framework.request import Request

from fraudsite.core.api.errors import RequestRefused

HEADER = "Idempotency-Key"
# On an answer that was given before, and is given again.
REPLAYED_HEADER = "Idempotency-Replayed"
REPLAYED = "true"
CONFLICT_CODE = "idempotency_conflict"
IN_PROGRESS_CODE = "idempotency_in_progress"

MAX_LENGTH = 255
VISIBLE_ASCII = re.compile(rf"[\x21-\x7e]{{1,{MAX_LENGTH}}}")

# Decimals instead of floats: two amounts that differ in the 18th digit are two requests.
_DECODER = msgspec.json.Decoder(float_hook=Decimal)
_CANONICAL = msgspec.json.Encoder(order="deterministic", decimal_format="number")


def idempotency_key_of(request: Request) -> str | None:
    """Return the request's key, None if it has none; a malformed one is refused with 400.

    The draft writes the key as a quoted string, most clients write it bare: both name one key.
    """
    sent = request.headers.get(HEADER)
    if sent is None:
        return None
    is_quoted = len(sent) > 2 and sent[0] == sent[-1] == '"'
    key = sent[1:-1] if is_quoted else sent
    if not VISIBLE_ASCII.fullmatch(key):
        sentence = f"`{HEADER}` must be 1 to {MAX_LENGTH} visible ASCII characters, such as a UUID."
        raise RequestRefused("invalid_idempotency_key", sentence)
    return key


def request_fingerprint(body: bytes) -> str:
    """Return the SHA-256 of a JSON body in canonical form, in hexadecimal.

    Order of names and space do not count; numbers count as they are written (1.50 is not 1.5).
    What is no JSON stands for itself.

    Examples
    --------
    >>> request_fingerprint(b'{"a": 1, "b": 2}') == request_fingerprint(b'{"b":2,"a":1}')
    True
    """
    try:
        canonical = _CANONICAL.encode(_DECODER.decode(body))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        canonical = body
    return hashlib.sha256(canonical).hexdigest()


def key_reused() -> RequestRefused:
    """Return the refusal of a key that came with another body before."""
    return RequestRefused(
        CONFLICT_CODE,
        f"This `{HEADER}` was used for another request. Send a new key with a new request.",
        status_code=status.HTTP_422_UNPROCESSABLE_ENTITY,
    )


def key_in_progress() -> RequestRefused:
    """Return the refusal of a request whose first sending is still being carried out."""
    return RequestRefused(
        IN_PROGRESS_CODE,
        f"The first request with this `{HEADER}` is not finished. Try again in a moment.",
        status_code=status.HTTP_409_CONFLICT,
    )
