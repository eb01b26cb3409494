"""JSON bodies, decoded straight into typed, checked structures.

msgspec checks types, ranges and lengths while it reads, and keeps decimals exact. What it lets
through and nobody may send is refused here: a name given twice (it takes the last one, another
reader may take the first), the character U+0000 (PostgreSQL stores none), and numbers and times
that nothing further on can hold.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from functools import cache
from typing import Annotated, Any, NoReturn, TypeVar, cast

import msgspec
from rest_framework import status
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.request import Request

from fraudsite.core.api.errors import TOO_LARGE, ApiError, RequestRefused
from fraudsite.core.api.invalid_body import describe_invalid, must, shown_name
from fraudsite.core.api.unusable import find_unusable

T = TypeVar("T")

# A time that says its zone; for fields of structures.
Instant = Annotated[datetime, msgspec.Meta(tz=True)]

# A batch of 1,000 transactions of 370 bytes is 0.37 MB. Django's own bound on a body in memory,
# DATA_UPLOAD_MAX_MEMORY_SIZE, is the same and applies while it is read.
MAX_BODY_BYTES = 1_000_000
# An escape is one only after an even number of backslashes.
ESCAPED_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


class _Duplicate(Exception):
    """An object of the body gives this name twice."""


def decode_request(request: Request, structure: type[T], *, max_bytes: int = MAX_BODY_BYTES) -> T:
    """Return the body of a request as `structure`, or refuse it; 415 unless it is JSON."""
    media_type = (request.content_type or "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise UnsupportedMediaType(media_type, "Send JSON, with `Content-Type: application/json`.")
    return decode(request.body, structure, max_bytes=max_bytes)


def decode(body: bytes, structure: type[T], *, max_bytes: int = MAX_BODY_BYTES) -> T:
    """Return a JSON body as `structure`.

    Parameters
    ----------
    body : bytes
        JSON in UTF-8.
    structure : type
        What the body must be: a `msgspec.Struct`, or any type msgspec knows.
    max_bytes : int
        A longer body is refused unread.

    Raises
    ------
    RequestRefused
        With the code `too_large` (413), or with 400 and `invalid_json`, `duplicate_field`,
        `out_of_range` or one of `invalid_body.describe_invalid`; its field is the dotted path.

    Examples
    --------
    >>> decode(b'{"amount_minor": 1250}', dict[str, int])
    {'amount_minor': 1250}
    """
    if len(body) > max_bytes:
        raise RequestRefused(
            TOO_LARGE.code,
            TOO_LARGE.message,
            status_code=status.HTTP_413_REQUEST_ENTITY_TOO_LARGE,
        )
    decoded = _decode_typed(body, structure)
    _refuse_hidden(body)
    found = find_unusable(decoded)
    if found is not None:
        path, wanted = found
        _refuse(must("out_of_range", list(path), wanted))
    return decoded


def _decode_typed(body: bytes, structure: type[T]) -> T:
    try:
        return cast("T", _decoder(cast("Any", structure)).decode(body))
    except msgspec.ValidationError as error:
        _refuse(describe_invalid(str(error), structure))
    except RecursionError:
        _refuse(ApiError("invalid_json", "The body is nested too deeply."))
    except (msgspec.DecodeError, UnicodeDecodeError):
        _refuse(ApiError("invalid_json", "The body is not JSON in UTF-8."))


@cache
def _decoder(structure: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(structure)


def _refuse_hidden(body: bytes) -> None:
    """Refuse what the typed decoder reads over."""
    if b"\\u0000" in body and ESCAPED_NUL.search(body):
        sentence = "A text holds the character U+0000, which cannot be stored."
        _refuse(ApiError("invalid_json", sentence))
    try:
        _NAMES.decode(body.decode())
    except _Duplicate as duplicate:
        name = shown_name(str(duplicate))
        _refuse(ApiError("duplicate_field", f"`{name}` is given twice in one object.", name))
    except RecursionError:
        _refuse(ApiError("invalid_json", "The body is nested too deeply."))


def _require_once(pairs: list[tuple[str, Any]]) -> None:
    """Refuse an object that gives a name twice; its values are of no interest."""
    if len(dict(pairs)) == len(pairs):
        return
    seen: set[str] = set()
    for name, _ in pairs:
        if name in seen:
            raise _Duplicate(name)
        seen.add(name)


def _refuse(error: ApiError) -> NoReturn:
    raise RequestRefused(error.code, error.message, field=error.field) from None


# Numbers stay text: their values are of no interest, and a very long one would be refused.
_NAMES = json.JSONDecoder(object_pairs_hook=_require_once, parse_int=str, parse_float=str)
