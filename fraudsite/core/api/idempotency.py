"""The `Idempotency-Key` header: what a client sends so that a repeated request is carried out once.

The key is read here; what was asked and answered under it is kept by the endpoint, in the
transaction of what it did.

References
----------
IETF draft-ietf-httpapi-idempotency-key-header-06 ("Syntax", "Error Scenarios": 400 for a malformed
key, 422 for one used with another body).
"""

from __future__ import annotations

import re

from rest_framework.request import Request

from fraudsite.core.api.errors import RequestRefused

HEADER = "Idempotency-Key"
# On an answer that was given before, and is given again.
REPLAYED_HEADER = "Idempotency-Replayed"
REPLAYED = "true"

MAX_LENGTH = 255
VISIBLE_ASCII = re.compile(rf"[\x21-\x7e]{{1,{MAX_LENGTH}}}")


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
